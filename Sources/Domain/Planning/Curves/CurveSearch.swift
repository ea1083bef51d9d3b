/// Solves one bank's problem to a proved gap: linear program, rounding and descent, then best-first branching on
/// counts.
///
/// A branch narrows the range of one slot's count. Where the curve is not convex its hull is then taken anew over the
/// narrower range, which lifts the bound; that is all that import and export which exclude each other need.
struct CurveSearch {
  /// Nodes after which a general mixed-integer solver does better: on convex curves, and on others.
  static let nodeLimits = (convex: 60, other: 400)
  /// Share of the gap asked for below which a hull under the true cost does not matter.
  private static let smallExcess = 0.01

  let model: CurveModel
  private let session: any SolverSession
  private let relativeGap: Double
  private let nodeLimit: Int
  /// Best whole counts found.
  private(set) var best: [Int]?
  /// Cost of the best.
  private(set) var upper = Double.infinity
  /// No counts cost less.
  private(set) var lower = -Double.infinity
  private(set) var nodes = 0
  private(set) var elapsed = Duration.zero
  /// Where the relaxation ended.
  private(set) var rootBasis: SolverBasis?
  private(set) var rootCounts: [Double] = []
  private var open: [Node] = []
  /// Least bound of the nodes that could not be branched further.
  private var closedBound = Double.infinity
  /// The ranges the session holds.
  private var loaded: [ClosedRange<Int>]

  /// A subproblem with its own ranges of counts.
  private struct Node {
    var bound: Double
    var counts: [Double]
    var ranges: [ClosedRange<Int>]
    var split: Split?
  }

  /// Where a node's range is cut in two.
  private struct Split {
    let slot: Int
    /// The last count of the lower half.
    let count: Int
  }

  /// `session` holds the model already.
  init(_ model: CurveModel, session: any SolverSession, relativeGap: Double) {
    self.model = model
    self.session = session
    self.relativeGap = relativeGap
    self.loaded = model.problem.curves.map { $0.lower...$0.upper }
    self.nodeLimit =
      model.problem.curves.allSatisfy(\.isConvex) ? Self.nodeLimits.convex : Self.nodeLimits.other
  }

  var gapIsProved: Bool { self.upper.isFinite && self.upper - self.lower <= self.allowedGap }

  private var allowedGap: Double { self.relativeGap * max(1, abs(self.upper)) }

  /// Solves the relaxation and rounds it. False when it has no solution, and so the problem has none.
  mutating func solveRoot(from basis: SolverBasis? = nil) throws(SolverError) -> Bool {
    if let basis { try self.session.use(basis) }
    guard let root = try self.solve(self.loaded) else { return false }
    self.rootBasis = try self.session.basis()
    self.rootCounts = root.counts
    self.open = [root]
    self.tighten()
    return true
  }

  /// Branches until the gap is proved or a limit is reached.
  mutating func branch(timeLimit: Duration?) throws(SolverError) {
    while !self.gapIsProved, self.nodes < self.nodeLimit, !self.open.isEmpty {
      if let timeLimit, self.elapsed >= timeLimit { return }
      let index = self.open.indices.min { self.open[$0].bound < self.open[$1].bound } ?? 0
      let node = self.open.remove(at: index)
      guard let split = node.split else {
        // Whole, and priced at its true cost but for what does not matter.
        self.closedBound = min(self.closedBound, node.bound)
        continue
      }
      let range = node.ranges[split.slot]
      for half in [range.lowerBound...split.count, split.count + 1...range.upperBound] {
        var ranges = node.ranges
        ranges[split.slot] = half
        if let child = try self.solve(ranges), child.bound < self.upper {
          self.open.append(child)
        }
      }
      self.tighten()
    }
  }

  private mutating func tighten() {
    let open = self.open.reduce(Double.infinity) { min($0, $1.bound) }
    self.lower = max(self.lower, min(open, self.closedBound, self.upper))
  }

  // MARK: Where to branch

  private func split(_ counts: [Double], _ values: [Double], _ ranges: [ClosedRange<Int>]) -> Split? {
    if let split = self.splitAtExcess(counts, values, ranges) { return split }
    guard let slot = Self.fractionalSlot(counts) else { return nil }
    let count = Int(counts[slot].rounded(.down))
    let range = ranges[slot]
    return Split(slot: slot, count: min(max(range.lowerBound, count), range.upperBound - 1))
  }

  /// The slot whose true cost lies furthest above its hull, cut where the hull fits it worst.
  private func splitAtExcess(_ counts: [Double], _ values: [Double], _ ranges: [ClosedRange<Int>]) -> Split? {
    let curves = self.model.problem.curves
    var worst: (slot: Int, excess: Double)?
    for slot in curves.indices where !curves[slot].isConvex {
      let priced = self.model.settings(slot, range: ranges[slot]).reduce(curves[slot].hull.costs[0]) {
        $0 + $1.cost * values[$1.column]
      }
      let excess = curves[slot].cost(counts[slot]) - priced
      if excess > worst?.excess ?? 0 { worst = (slot, excess) }
    }
    let allowed = self.upper.isFinite ? self.allowedGap : self.relativeGap
    guard let worst, worst.excess > Self.smallExcess * allowed else { return nil }
    let range = ranges[worst.slot]
    let fit = curves[worst.slot].worst(over: curves[worst.slot].hull(over: range))
    return Split(slot: worst.slot, count: min(fit.count, range.upperBound - 1))
  }

  /// The middle of the longest run of slots with fractional counts.
  private static func fractionalSlot(_ counts: [Double]) -> Int? {
    var longest = 0..<0
    var first: Int?
    for slot in 0...counts.count {
      let isFractional = slot < counts.count && abs(counts[slot] - counts[slot].rounded()) > 1e-6
      if isFractional {
        first = first ?? slot
      } else if let start = first {
        if slot - start > longest.count { longest = start..<slot }
        first = nil
      }
    }
    return longest.isEmpty ? nil : longest.lowerBound + longest.count / 2
  }

  // MARK: Nodes

  /// Solves a subproblem and tries its roundings; nil when it has no solution. The solver goes on from wherever it
  /// was: some more iterations cost less than loading another node's basis.
  private mutating func solve(_ ranges: [ClosedRange<Int>]) throws(SolverError) -> Node? {
    for slot in ranges.indices where ranges[slot] != self.loaded[slot] { try self.load(ranges[slot], slot) }
    let outcome = try self.session.solve(limits: SolverLimits(presolve: false))
    self.elapsed += outcome.elapsed
    self.nodes += 1
    if outcome.status == .infeasible { return nil }
    guard outcome.status == .optimal, let values = outcome.values, values.allSatisfy(\.isFinite),
      outcome.bound.isFinite
    else { throw .failed("a linear program over curves had no optimum") }
    let counts = self.model.counts(values)
    if outcome.bound < self.upper { self.attempt(counts, bound: outcome.bound) }
    return Node(
      bound: outcome.bound, counts: counts, ranges: ranges, split: self.split(counts, values, ranges))
  }

  private mutating func load(_ range: ClosedRange<Int>, _ slot: Int) throws(SolverError) {
    let isConvex = self.model.problem.curves[slot].isConvex
    for setting in self.model.settings(slot, range: range) {
      if !isConvex { try self.session.setCost(setting.cost, column: setting.column) }
      try self.session.setBounds(lower: setting.lower, upper: setting.upper, column: setting.column)
    }
    self.loaded[slot] = range
  }

  /// Rounds a solution in several ways and keeps the best result, until one is as good as the bound proves.
  private mutating func attempt(_ counts: [Double], bound: Double) {
    let problem = self.model.problem
    let rounding = CountRounding(counts, of: problem.bank)
    var tried: [[Int]] = []
    for alpha in rounding.alphas {
      if self.upper.isFinite, self.upper - bound <= self.allowedGap { return }
      let candidate = rounding.counts(alpha: alpha)
      guard !tried.contains(candidate) else { continue }
      tried.append(candidate)
      self.improve(candidate)
    }
  }

  /// Descends from whole counts and keeps the result if it is better.
  mutating func improve(_ counts: [Int]) {
    let problem = self.model.problem
    guard problem.isWithinCurves(counts), problem.limits.allows(counts, bank: 0) else { return }
    var descent = CountDescent(
      problem.limits, pricing: CurvePricing(curves: problem.curves), counts: [counts])
    descent.descend(moves: 2 * counts.count)
    self.propose(descent.counts[0])
  }

  /// Takes counts as the best if they are allowed and cost less.
  mutating func propose(_ counts: [Int]) {
    guard self.model.problem.allows(counts) else { return }
    let cost = self.model.problem.cost(counts)
    if cost < self.upper {
      self.upper = cost
      self.best = counts
    }
  }

  /// A bound proved elsewhere.
  mutating func raise(lowerTo bound: Double) { self.lower = max(self.lower, min(bound, self.upper)) }
}
