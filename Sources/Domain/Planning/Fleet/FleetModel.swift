/// The linear program of several banks that share the cost curve of each slot's load.
///
/// Stops are left out: `stops = starts - change`. Rows are then inequalities, and a slack basis is a good beginning.
/// Without windows each bank on its own has a whole solution for any prices, so the relaxation is as good a bound as
/// pricing the load slot by slot could give.
struct FleetModel {
  /// The banks it decides, as indices into the problem's; the others are given.
  let banks: [Int]
  let fleet: Fleet
  private(set) var model = LinearModel()
  /// Column of the rigs running, by position in `banks` and slot.
  private(set) var running: [[Int]] = []
  private var started: [[Int]] = []

  /// `given` has the rigs that run in all banks, of which those of `banks` do not count; nil when all are decided.
  init(_ fleet: Fleet, banks: [Int], given: [[Int]]? = nil) {
    self.fleet = fleet
    self.banks = banks
    let grid = fleet.grid
    for bank in banks { self.addBank(grid.banks[bank]) }
    for slot in fleet.curves.indices {
      let load = given.map { fleet.load(slot, $0.map { Double($0[slot]) }, without: banks) } ?? 0
      self.addLoad(slot, others: load)
    }
    for limit in grid.startLimits {
      guard let position = banks.firstIndex(of: limit.bank) else { continue }
      self.model.addRow(
        upper: Double(limit.maximum), limit.slots.map { (self.started[position][$0], 1) })
    }
    for window in fleet.limits.windows {
      let hours = banks.indices.flatMap { position in
        window.slots.map { (column: self.running[position][$0], value: grid.hours[$0]) }
      }
      let others = given.map { fleet.limits.rigHours(Self.cleared($0, banks), in: window) } ?? 0
      self.model.addRow(
        lower: (window.minimum ?? -.infinity) - others, upper: (window.maximum ?? .infinity) - others, hours)
    }
  }

  private static func cleared(_ counts: [[Int]], _ banks: [Int]) -> [[Int]] {
    var counts = counts
    for bank in banks { counts[bank] = counts[bank].map { _ in 0 } }
    return counts
  }

  private mutating func addBank(_ bank: BankGrid) {
    let integral = self.fleet.grid.problem.solver.integral
    let change = Double(min(bank.rigs, bank.ramp ?? bank.rigs))
    var running: [Int] = []
    var started: [Int] = []
    for slot in self.fleet.curves.indices {
      let count = self.model.addColumn(
        cost: -bank.revenue * self.fleet.grid.hours[slot], lower: Double(bank.least(slot)),
        upper: Double(bank.most(slot)), integer: integral)
      running.append(count)
      started.append(self.model.addColumn(cost: bank.startCost, upper: change))
      // What did not start was there before, and no more stop than may.
      let before = slot > 0 ? [(column: running[slot - 1], value: -1.0)] : []
      let initial = slot > 0 ? 0 : Double(bank.initial)
      self.model.addRow(
        lower: bank.ramp.map { initial - Double($0) } ?? -.infinity, upper: initial,
        before + [(count, 1), (started[slot], -1)])
      // Dwell no longer than a slot is kept by the counts alone.
      if bank.onSince[slot] < slot {
        let starts = (bank.onSince[slot]...slot).map { (column: started[$0], value: 1.0) }
        self.model.addRow(upper: -Double(bank.heldOn[slot]), starts + [(count, -1)])
      }
      if bank.offSince[slot] < slot { self.addOffTime(of: bank, slot, running, started) }
    }
    self.running.append(running)
    self.started.append(started)
  }

  /// With stops replaced, rigs running before the window and all starts within it must leave room for those held off.
  private mutating func addOffTime(of bank: BankGrid, _ slot: Int, _ running: [Int], _ started: [Int]) {
    let since = bank.offSince[slot]
    var terms = (since...slot).map { (column: started[$0], value: 1.0) }
    var room = Double(bank.rigs - bank.heldOff[slot])
    if since > 0 { terms.append((running[since - 1], 1)) } else { room -= Double(bank.initial) }
    self.model.addRow(upper: room, terms)
  }

  private mutating func addLoad(_ slot: Int, others: Double) {
    let curve = self.fleet.curves[slot]
    self.model.objectiveOffset += curve.costs[0]
    var terms = self.banks.indices.map { position in
      (column: self.running[position][slot], value: self.fleet.grid.banks[self.banks[position]].draw[slot])
    }
    for piece in curve.pieces {
      terms.append((self.model.addColumn(cost: piece.slope, upper: piece.length), -1))
    }
    self.model.addRow(lower: curve.lower - others, upper: curve.lower - others, terms)
  }

  /// Rigs running in a solution, by position and slot.
  func counts(_ values: [Double]) -> [[Double]] { self.running.map { $0.map { values[$0] } } }
}

extension BankGrid {
  /// The fewest rigs that can run in a slot.
  func least(_ slot: Int) -> Int { max(self.floor[slot], self.heldOn[slot]) }
  /// The most rigs that can run in a slot.
  func most(_ slot: Int) -> Int { min(self.ceiling[slot], self.rigs - self.heldOff[slot]) }
}
