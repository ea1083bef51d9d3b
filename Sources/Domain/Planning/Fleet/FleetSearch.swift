import Quantities

/// Finds whole counts for several banks. The relaxation of all banks gives the bound. Then banks are made whole one
/// after the other, each at its optimum among what the others would do, the coarse ones first, with the relaxation
/// solved anew for the rest. At last a few banks at a time are freed and planned again among all others.
struct FleetSearch<SolverType: Solver> {
  private let fleet: Fleet
  private let solver: SolverType
  private let session: any SolverSession
  /// One bank's programs.
  private var memory = CurveMemory()
  private let pricing: LoadPricing
  private var random = SplitMix64(seed: 0)
  /// Best whole counts found, by bank and slot.
  private(set) var best: [[Int]]?
  private(set) var upper = Double.infinity
  private(set) var lower = -Double.infinity
  private(set) var elapsed = Duration.zero
  /// Counts of the relaxation, by bank and slot.
  private(set) var relaxed: [[Double]] = []

  init(_ fleet: Fleet, solver: SolverType) throws(SolverError) {
    let grid = fleet.grid
    self.fleet = fleet
    self.solver = solver
    self.session = try solver.session(LinearModel())
    self.pricing = LoadPricing(
      grid, floors: grid.banks.map { _ in Array(repeating: 0, count: grid.slotCount) })
  }

  /// Whether the best counts cost at most this share more than any others can.
  func proves(_ relativeGap: Double) -> Bool {
    self.upper.isFinite && self.upper - self.lower <= relativeGap * max(1, abs(self.upper))
  }

  /// Solves the relaxation. False when it has no solution, and so the problem has none.
  mutating func solveRoot() throws(SolverError) -> Bool {
    let model = FleetModel(self.fleet, banks: Array(self.fleet.grid.banks.indices))
    try self.session.load(model.model)
    guard let outcome = try self.solve(), let values = outcome.values else { return false }
    self.lower = outcome.bound
    self.relaxed = model.counts(values)
    return true
  }

  private mutating func solve() throws(SolverError) -> SolverOutcome? {
    let outcome = try self.session.solve(limits: SolverLimits(presolve: false))
    self.elapsed += outcome.elapsed
    if outcome.status == .infeasible { return nil }
    guard outcome.status == .optimal, let values = outcome.values, values.allSatisfy(\.isFinite),
      outcome.bound.isFinite
    else { throw .failed("a linear program over loads had no optimum") }
    return outcome
  }

  /// Makes all banks whole. To be called with the relaxation just solved.
  mutating func dive() throws(SolverError) {
    let model = FleetModel(self.fleet, banks: Array(self.fleet.grid.banks.indices))
    try self.dive(model, from: self.relaxed)
  }

  /// Frees a few banks and plans them again, all others as in the best plan.
  mutating func revise(banks count: Int) throws(SolverError) {
    guard let best = self.best else { return }
    var banks = Array(self.fleet.grid.banks.indices)
    let chosen = min(count, banks.count)
    for position in 0..<chosen {
      banks.swapAt(position, position + self.random.below(banks.count - position))
    }
    let model = FleetModel(self.fleet, banks: banks.prefix(chosen).sorted(), given: best)
    try self.session.load(model.model)
    guard let outcome = try self.solve(), let values = outcome.values, outcome.bound < self.upper - 1e-9
    else {
      return
    }
    var relaxed = best.map { $0.map(Double.init) }
    for (position, counts) in model.counts(values).enumerated() { relaxed[model.banks[position]] = counts }
    try self.dive(model, from: relaxed)
  }

  /// Makes the banks of a model whole, one after the other. The session holds the model, solved.
  private mutating func dive(_ model: FleetModel, from start: [[Double]]) throws(SolverError) {
    var relaxed = start
    let draws = model.banks.map { self.fleet.grid.banks[$0].draw[0] }
    var isOpen = true
    for position in model.banks.indices.sorted(by: { (draws[$0], $1) > (draws[$1], $0) }) {
      let bank = model.banks[position]
      let counts = try self.optimum(of: bank, among: relaxed) ?? self.rounding(of: bank, relaxed)
      relaxed[bank] = counts.map(Double.init)
      guard isOpen else { continue }
      for (slot, column) in model.running[position].enumerated() {
        try self.session.setBounds(lower: relaxed[bank][slot], upper: relaxed[bank][slot], column: column)
      }
      guard let outcome = try self.solve(), let values = outcome.values else {
        // Nothing fits any more: the rest is rounded as it is, and moves repair what they can.
        isOpen = false
        continue
      }
      if outcome.bound >= self.upper - 1e-9 { return }
      for (other, counts) in model.counts(values).enumerated() { relaxed[model.banks[other]] = counts }
    }
    self.improve(relaxed.map { $0.map { Int($0.rounded()) } })
  }

  /// Descends by moves of one rig, or of one rig for another, from counts that may still miss a limit.
  private mutating func improve(_ counts: [[Int]]) {
    var descent = CountDescent(self.fleet.limits, pricing: self.pricing, counts: counts)
    descent.descend(moves: 4 * counts[0].count)
    self.propose(descent.counts)
  }

  /// Takes counts if they are allowed and cost less; false when they are not allowed.
  @discardableResult
  private mutating func propose(_ counts: [[Int]]) -> Bool {
    let limits = self.fleet.limits
    guard counts.indices.allSatisfy({ limits.allows(counts[$0], bank: $0) }),
      self.pricing.missed(counts) < 1e-6,
      limits.windows.indices.allSatisfy({
        limits.missed($0, rigHours: limits.rigHours(counts, in: limits.windows[$0])) < 1e-6
      })
    else { return false }
    let cost = self.pricing.total(counts) + limits.startCost(counts)
    if cost < self.upper {
      self.upper = cost
      self.best = counts
    }
    return true
  }

  // MARK: One bank among others

  /// The best whole counts of one bank while all others run as they do, fractions included.
  private mutating func optimum(of index: Int, among running: [[Double]]) throws(SolverError) -> [Int]? {
    guard let problem = self.problem(of: index, among: running) else { return nil }
    let model = CurveModel(problem)
    var search = CurveSearch(
      model, session: try self.memory.session(model, solver: self.solver), relativeGap: 1e-9)
    guard try search.solveRoot() else { return nil }
    self.elapsed += search.elapsed
    return search.best
  }

  private func problem(of index: Int, among running: [[Double]]) -> CurveProblem? {
    let grid = self.fleet.grid
    let bank = grid.banks[index]
    var curves: [SlotCurve] = []
    for slot in 0..<grid.slotCount {
      let others = self.fleet.load(slot, running.map { $0[slot] }, without: [index])
      let range = grid.rigLoadRange(slot)
      let counts = (bank.least(slot)...bank.most(slot)).filter {
        let load = others + bank.draw[slot] * Double($0)
        return load <= range.upper + 1e-9 && load >= range.lower - 1e-9
      }
      if counts.isEmpty { return nil }
      let costs = counts.map {
        self.pricing.cost(slot, others + bank.draw[slot] * Double($0))
          - bank.revenue * grid.hours[slot] * Double($0)
      }
      curves.append(SlotCurve(counts: counts, costs: costs))
    }
    let windows = self.fleet.limits.windows.map { window in
      let hours = window.slots.reduce(0.0) { sum, slot in
        sum + grid.hours[slot] * running.indices.reduce(0) { $1 == index ? $0 : $0 + running[$1][slot] }
      }
      return WindowGrid(
        slots: window.slots, minimum: window.minimum.map { $0 - hours },
        maximum: window.maximum.map { $0 - hours })
    }
    return CurveProblem(
      bank: bank, curves: curves, limits: CountLimits(grid, bank: index, as: bank, windows: windows))
  }

  private func rounding(of bank: Int, _ relaxed: [[Double]]) -> [Int] {
    CountRounding(relaxed[bank], of: self.fleet.grid.banks[bank]).counts(alpha: 0)
  }
}
