/// Solves one bank's problem to a proved gap: linear program, rounding and descent, then best-first branching on
/// counts.
struct CurveSearch {
  /// Nodes after which a general mixed-integer solver does better.
  static let nodeLimit = 60

  let model: CurveModel
  private let session: any SolverSession
  private let relativeGap: Double
  /// Best whole counts found.
  private(set) var best: [Int]?
  /// Cost of the best.
  private(set) var upper = Double.infinity
  /// No counts cost less.
  private(set) var lower = -Double.infinity
  private(set) var nodes = 0
  private(set) var elapsed = Duration.zero
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
    var basis: SolverBasis?
  }

  init(_ problem: CurveProblem, solver: some Solver, relativeGap: Double) throws(SolverError) {
    self.model = CurveModel(problem)
    self.session = try solver.session(self.model.model)
    self.relativeGap = relativeGap
    self.loaded = problem.curves.map { $0.lower...$0.upper }
  }

  var gapIsProved: Bool { self.upper - self.lower <= self.relativeGap * max(1, abs(self.upper)) }

  /// Solves the relaxation and rounds it. False when it has no solution, and so the problem has none.
  mutating func solveRoot() throws(SolverError) -> Bool {
    guard let root = try self.solve(self.loaded, from: nil) else { return false }
    self.open = [root]
    self.tighten()
    return true
  }

  /// Branches until the gap is proved or a limit is reached.
  mutating func branch(timeLimit: Duration?) throws(SolverError) {
    while !self.gapIsProved, self.nodes < Self.nodeLimit, !self.open.isEmpty {
      if let timeLimit, self.elapsed >= timeLimit { return }
      let index = self.open.indices.min { self.open[$0].bound < self.open[$1].bound } ?? 0
      let node = self.open.remove(at: index)
      guard let slot = Self.branchingSlot(node.counts) else {
        // Whole, but priced on a hull below the true cost.
        self.closedBound = min(self.closedBound, node.bound)
        continue
      }
      let range = node.ranges[slot]
      let split = min(max(range.lowerBound, Int(node.counts[slot].rounded(.down))), range.upperBound - 1)
      for half in [range.lowerBound...split, split + 1...range.upperBound] {
        var ranges = node.ranges
        ranges[slot] = half
        if let child = try self.solve(ranges, from: node.basis), child.bound < self.upper {
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

  /// The middle of the longest run of slots with fractional counts.
  private static func branchingSlot(_ counts: [Double]) -> Int? {
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

  /// Solves a subproblem and tries its roundings; nil when it has no solution.
  private mutating func solve(_ ranges: [ClosedRange<Int>], from basis: SolverBasis?) throws(SolverError)
    -> Node?
  {
    for slot in ranges.indices where ranges[slot] != self.loaded[slot] {
      for piece in self.model.pieces[slot] {
        try self.session.setBounds(
          lower: Double(min(max(0, ranges[slot].lowerBound - piece.start), piece.length)),
          upper: Double(min(max(0, ranges[slot].upperBound - piece.start), piece.length)),
          column: piece.column)
      }
      self.loaded[slot] = ranges[slot]
    }
    if let basis { try self.session.use(basis) }
    let outcome = try self.session.solve(limits: SolverLimits(presolve: false))
    self.elapsed += outcome.elapsed
    self.nodes += 1
    if outcome.status == .infeasible { return nil }
    guard outcome.status == .optimal, let values = outcome.values, values.allSatisfy(\.isFinite),
      outcome.bound.isFinite
    else { throw .failed("a linear program over curves had no optimum") }
    let counts = self.model.counts(values)
    self.attempt(counts)
    return Node(bound: outcome.bound, counts: counts, ranges: ranges, basis: try self.session.basis())
  }

  /// Rounds a solution in several ways and keeps the best result.
  private mutating func attempt(_ counts: [Double]) {
    let problem = self.model.problem
    let rounding = CountRounding(counts, of: problem.bank)
    var tried: [[Int]] = []
    for alpha in rounding.alphas {
      let candidate = rounding.counts(alpha: alpha)
      guard !tried.contains(candidate), problem.isWithinCurves(candidate),
        problem.limits.allows(candidate, bank: 0)
      else { continue }
      tried.append(candidate)
      var descent = CountDescent(
        problem.limits, pricing: CurvePricing(curves: problem.curves), counts: [candidate])
      descent.descend(moves: 2 * candidate.count)
      self.propose(descent.counts[0])
      if self.gapIsProved { return }
    }
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
