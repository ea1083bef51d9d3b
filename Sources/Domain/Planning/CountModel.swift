import Quantities

/// The planning problem as a linear model over rig counts: the textbook formulation, aggregated per bank.
///
/// Per slot and bank: rigs running, started, stopped. Per slot and scenario: import, renewables absorbed, export,
/// curtailment. Limits named in `elastic` get a slack column each, so that what they miss can be minimised.
struct CountModel {
  /// A slack column and what it stands for.
  struct Elastic {
    /// Order in which slacks are minimised.
    let stage: Int
    let limit: PlanLimit
    /// Bank or job, an index into the problem's list.
    let subject: Int?
    let slots: Range<Int>
    let column: Int
    /// Factor in the sum that is minimised.
    let weight: Double
  }

  var model = LinearModel()
  let grid: ProblemGrid
  let elasticLimits: Set<PlanLimit>
  var elastics: [Elastic] = []
  /// Column of the rigs running, by bank and slot.
  var running: [[Int]] = []
  var started: [[Int]] = []
  var stopped: [[Int]] = []
  /// By `slot * scenarioCount + scenario`.
  var imported: [Int] = []
  var absorbed: [Int] = []
  var exported: [Int] = []
  var balanceRows: [Int] = []
  /// Job columns, by job: rigs at work in a slot, or the choice of a block's first slot.
  var jobs: [[(slot: Int, column: Int)]] = []
  /// Cost terms of each scenario, kept only when its tail is priced.
  private var scenarioCost: [[(column: Int, value: Double)]] = []

  init(_ grid: ProblemGrid, elastic: Set<PlanLimit> = []) {
    self.grid = grid
    self.elasticLimits = elastic
    if grid.problem.weights.cvarWeight > 0 {
      self.scenarioCost = Array(repeating: [], count: grid.scenarioCount)
    }
    for bank in grid.banks.indices { self.addCounts(of: bank) }
    for slot in 0..<grid.slotCount {
      for scenario in 0..<grid.scenarioCount { self.addFlows(slot, scenario) }
      self.addCapSlack(slot)
      self.addRigLoadLimits(slot)
    }
    self.addWindows()
    self.addStartLimits()
    self.addJobs()
    self.addAverageCarbon()
    self.addMaximumCO2()
    self.addTailCost()
  }

  // MARK: Counts of rigs

  private mutating func addCounts(of index: Int) {
    let grid = self.grid
    let bank = grid.banks[index]
    let integral = grid.problem.solver.integral
    let tail = 1 + grid.problem.weights.cvarWeight
    let floorIsElastic = self.elasticLimits.contains(.minimumRunning)
    var running: [Int] = []
    var started: [Int] = []
    var stopped: [Int] = []
    for slot in 0..<grid.slotCount {
      let hours = grid.hours[slot]
      running.append(
        self.model.addColumn(
          cost: -bank.revenue * hours * tail, lower: floorIsElastic ? 0 : Double(bank.floor[slot]),
          upper: Double(bank.ceiling[slot]), integer: integral))
      let change = bank.ramp.map(Double.init) ?? .infinity
      let most = min(Double(bank.rigs), self.elasticLimits.contains(.ramp) ? .infinity : change)
      started.append(self.model.addColumn(cost: bank.startCost * tail, upper: most))
      stopped.append(self.model.addColumn(upper: most))
      var change0: [(column: Int, value: Double)] = [
        (running[slot], 1), (started[slot], -1), (stopped[slot], 1),
      ]
      if slot > 0 { change0.append((running[slot - 1], -1)) }
      let before = slot == 0 ? Double(bank.initial) : 0
      self.model.addRow(lower: before, upper: before, change0)
    }
    self.running.append(running)
    self.started.append(started)
    self.stopped.append(stopped)
    for slot in 0..<grid.slotCount { self.addDwell(of: index, slot) }
    self.addElasticCountLimits(of: index)
  }

  /// Constraint 5: rigs started within the minimum on time still run, rigs stopped within the minimum off time are
  /// still off, and so are those in dwell from before the horizon.
  private mutating func addDwell(of index: Int, _ slot: Int) {
    let bank = self.grid.banks[index]
    let starts = bank.onSince[slot]...slot
    var on = starts.map { (column: self.started[index][$0], value: -1.0) }
    on.append((self.running[index][slot], 1))
    if bank.heldOn[slot] > 0, self.elasticLimits.contains(.minimumOn) {
      let slack = self.addSlack(
        .minimumOn, subject: index, slots: slot..<slot + 1, weight: self.grid.hours[slot],
        upper: Double(bank.heldOn[slot]))
      on.append((slack, 1))
    }
    self.model.addRow(lower: Double(bank.heldOn[slot]), on)
    let stops = bank.offSince[slot]...slot
    var off = stops.map { (column: self.stopped[index][$0], value: 1.0) }
    off.append((self.running[index][slot], 1))
    if self.elasticLimits.contains(.minimumOff) {
      off.append((self.addSlack(.minimumOff, subject: index, slots: slot..<slot + 1, weight: 1), -1))
    }
    self.model.addRow(upper: Double(bank.rigs - bank.heldOff[slot]), off)
  }

  private mutating func addElasticCountLimits(of index: Int) {
    let bank = self.grid.banks[index]
    for slot in 0..<self.grid.slotCount {
      if self.elasticLimits.contains(.minimumRunning), bank.floor[slot] > 0 {
        let slack = self.addSlack(.minimumRunning, subject: index, slots: slot..<slot + 1, weight: 1)
        self.model.addRow(lower: Double(bank.floor[slot]), [(self.running[index][slot], 1), (slack, 1)])
      }
      if self.elasticLimits.contains(.ramp), let ramp = bank.ramp {
        let slack = self.addSlack(.ramp, subject: index, slots: slot..<slot + 1, weight: 1)
        let change = [(column: self.started[index][slot], value: 1.0), (self.stopped[index][slot], -1)]
        self.model.addRow(upper: Double(ramp), change + [(slack, -1)])
        self.model.addRow(lower: -Double(ramp), change + [(slack, 1)])
      }
    }
  }

  // MARK: Power

  /// Constraints 1 to 3 for one scenario of a slot, and its cost.
  private mutating func addFlows(_ slot: Int, _ scenario: Int) {
    let grid = self.grid
    let renewable = grid.renewable(slot, scenario)
    let otherLoad = grid.otherLoad[slot]
    let capIsElastic =
      self.elasticLimits.contains(.importCap) || self.elasticLimits.contains(.importCarbonCeiling)
    let importCap = capIsElastic ? .infinity : min(grid.importCap(slot, scenario), grid.ceiling[slot])
    let exportPays = !grid.curtailable || grid.exportPrice[slot] > 0
    let exportCap = self.elasticLimits.contains(.exportCap) ? .infinity : grid.exportCap[slot]
    let imported = self.addFlow(grid.importPrice[slot], upper: importCap, slot, scenario)
    let absorbed = self.addFlow(otherLoad == 0 ? -grid.bonus : 0, upper: renewable, slot, scenario)
    let exported = self.addFlow(-grid.exportPrice[slot], upper: exportPays ? exportCap : 0, slot, scenario)
    self.imported.append(imported)
    self.absorbed.append(absorbed)
    self.exported.append(exported)
    let rigs = grid.banks.indices.map { (column: self.running[$0][slot], value: grid.banks[$0].draw[slot]) }
    let balance = self.model.addRow(
      lower: -otherLoad, upper: -otherLoad, rigs + [(imported, -1), (absorbed, -1)])
    self.balanceRows.append(balance)
    self.model.addRow(
      lower: grid.curtailable ? -.infinity : renewable, upper: renewable, [(absorbed, 1), (exported, 1)])
    if grid.bonus > 0, otherLoad > 0 {
      let byRigs = self.addFlow(-grid.bonus, upper: renewable, slot, scenario)
      self.model.addRow(upper: 0, [(byRigs, 1), (absorbed, -1)])
      self.model.addRow(upper: 0, [(byRigs, 1)] + rigs.map { ($0.column, -$0.value) })
    }
    if grid.importPrice[slot] < grid.exportPrice[slot] {
      self.addExclusion(imported, exported, slot, scenario)
    }
  }

  private mutating func addFlow(_ price: Double, upper: Double, _ slot: Int, _ scenario: Int) -> Int {
    let cost = price * self.grid.hours[slot]
    let column = self.model.addColumn(cost: cost * self.grid.weights[scenario], upper: upper)
    if !self.scenarioCost.isEmpty, cost != 0 { self.scenarioCost[scenario].append((column, cost)) }
    return column
  }

  /// Where exporting pays more than importing costs, only a binary keeps a plan from doing both at once.
  private mutating func addExclusion(_ imported: Int, _ exported: Int, _ slot: Int, _ scenario: Int) {
    let grid = self.grid
    let load = grid.banks.reduce(grid.otherLoad[slot]) { $0 + $1.draw[slot] * Double($1.rigs) }
    let renewable = grid.renewable(slot, scenario)
    if load == 0 || renewable == 0 { return }
    let importing = self.model.addColumn(upper: 1, integer: true)
    self.model.addRow(upper: 0, [(imported, 1), (importing, -load)])
    self.model.addRow(upper: renewable, [(exported, 1), (importing, renewable)])
  }

  /// One slack per slot stands for the caps of all scenarios.
  private mutating func addCapSlack(_ slot: Int) {
    let grid = self.grid
    let first = slot * grid.scenarioCount
    func addCap(_ limit: PlanLimit, _ columns: [Int], weight: Double, _ cap: (Int) -> Double) {
      guard (0..<grid.scenarioCount).contains(where: { cap($0).isFinite }) else { return }
      let slack =
        self.elasticLimits.contains(limit)
        ? self.addSlack(limit, subject: nil, slots: slot..<slot + 1, weight: weight) : nil
      for scenario in 0..<grid.scenarioCount where cap(scenario).isFinite {
        let column = columns[first + scenario]
        self.model.addRow(upper: cap(scenario), [(column, 1)] + (slack.map { [($0, -1)] } ?? []))
      }
    }
    if self.elasticLimits.contains(.importCap) || self.elasticLimits.contains(.importCarbonCeiling) {
      addCap(.importCap, self.imported, weight: 1) { grid.importCap(slot, $0) }
      addCap(.importCarbonCeiling, self.imported, weight: grid.hours[slot]) { _ in grid.ceiling[slot] }
    }
    if self.elasticLimits.contains(.exportCap) {
      addCap(.exportCap, self.exported, weight: 1) { _ in grid.exportCap[slot] }
    }
  }

  private mutating func addRigLoadLimits(_ slot: Int) {
    let limits = self.grid.problem.slots[slot]
    guard limits.minimumRigLoad != nil || limits.maximumRigLoad != nil else { return }
    self.model.addRow(
      lower: limits.minimumRigLoad?.value ?? -.infinity, upper: limits.maximumRigLoad?.value ?? .infinity,
      self.grid.banks.indices.map { (self.running[$0][slot], self.grid.banks[$0].draw[slot]) })
  }

  // MARK: Limits over windows

  private mutating func addWindows() {
    for window in self.grid.windows {
      let hours = self.grid.banks.indices.flatMap { bank in
        window.slots.map { (column: self.running[bank][$0], value: self.grid.hours[$0]) }
      }
      if let minimum = window.minimum {
        let isElastic = self.elasticLimits.contains(.minimumRigHours)
        let slack =
          isElastic ? self.addSlack(.minimumRigHours, subject: nil, slots: window.slots, weight: 1) : nil
        self.model.addRow(lower: minimum, hours + (slack.map { [($0, 1)] } ?? []))
      }
      if let maximum = window.maximum {
        let isElastic = self.elasticLimits.contains(.maximumRigHours)
        let slack =
          isElastic ? self.addSlack(.maximumRigHours, subject: nil, slots: window.slots, weight: 1) : nil
        self.model.addRow(upper: maximum, hours + (slack.map { [($0, -1)] } ?? []))
      }
    }
  }

  private mutating func addStartLimits() {
    for limit in self.grid.startLimits {
      let starts = limit.slots.map { (column: self.started[limit.bank][$0], value: 1.0) }
      let isElastic = self.elasticLimits.contains(.startLimit)
      let slack =
        isElastic ? self.addSlack(.startLimit, subject: limit.bank, slots: limit.slots, weight: 1) : nil
      self.model.addRow(upper: Double(limit.maximum), starts + (slack.map { [($0, -1)] } ?? []))
    }
  }

  /// CO2 of expected imports, in kg, at most the cap times the energy rigs use.
  private mutating func addAverageCarbon() {
    let grid = self.grid
    guard let cap = grid.problem.limits.averageCarbonCap?.value else { return }
    var entries = self.expectedCO2
    for slot in 0..<grid.slotCount {
      for bank in grid.banks.indices {
        entries.append(
          (self.running[bank][slot], -cap / 1000 * grid.hours[slot] * grid.banks[bank].draw[slot]))
      }
    }
    if self.elasticLimits.contains(.averageCarbonCap) {
      entries.append(
        (self.addSlack(.averageCarbonCap, subject: nil, slots: 0..<grid.slotCount, weight: 1), -1))
    }
    self.model.addRow(upper: 0, entries)
  }

  /// CO2 of expected imports, in kg, as terms of a row.
  private var expectedCO2: [(column: Int, value: Double)] {
    let grid = self.grid
    return (0..<grid.slotCount).flatMap { slot in
      let factor = grid.hours[slot] * grid.carbon[slot] / 1000
      return (0..<grid.scenarioCount).map { scenario in
        (self.imported[slot * grid.scenarioCount + scenario], factor * grid.weights[scenario])
      }
    }
  }

  private mutating func addMaximumCO2() {
    guard let most = self.grid.problem.limits.maximumCO2?.value else { return }
    var entries = self.expectedCO2
    if self.elasticLimits.contains(.maximumCO2) {
      entries.append(
        (self.addSlack(.maximumCO2, subject: nil, slots: 0..<self.grid.slotCount, weight: 1), -1))
    }
    self.model.addRow(upper: most, entries)
  }

  /// Conditional value at risk as a linear program (Rockafellar and Uryasev 2000).
  private mutating func addTailCost() {
    let weights = self.grid.problem.weights
    guard weights.cvarWeight > 0 else { return }
    let quantile = self.model.addColumn(cost: weights.cvarWeight, lower: -.infinity)
    for scenario in 0..<self.grid.scenarioCount {
      let price = weights.cvarWeight * self.grid.weights[scenario] / (1 - weights.cvarAlpha)
      let excess = self.model.addColumn(cost: price)
      let cost = self.scenarioCost[scenario].map { (column: $0.column, value: -$0.value) }
      self.model.addRow(lower: 0, [(excess, 1), (quantile, 1)] + cost)
    }
  }

  mutating func addSlack(
    _ limit: PlanLimit, subject: Int?, slots: Range<Int>, weight: Double, upper: Double = .infinity,
    stage: Int? = nil
  ) -> Int {
    let column = self.model.addColumn(upper: upper)
    self.elastics.append(
      Elastic(
        stage: stage ?? Self.stage(of: limit), limit: limit, subject: subject, slots: slots, column: column,
        weight: weight))
    return column
  }

  /// Soft limits in the order in which they give way; there is room between two for a stage of their own kind.
  static func stage(of limit: PlanLimit) -> Int {
    10 * (PlanLimit.soft.firstIndex(of: limit) ?? PlanLimit.soft.count)
  }
}
