/// Improves whole-rig counts by adding or taking one rig over a stretch of slots, as long as that lowers the cost or
/// the amount by which a limit is missed. Dwell, ramp and start limits hold throughout.
struct CountSearch {
  /// Currency per unit of a missed limit: above any price, so that feasibility comes first.
  private static let penalty = 1e7

  let grid: ProblemGrid
  private(set) var running: [[Int]]
  /// Rigs that jobs need, by bank and slot.
  private let floors: [[Int]]
  private let loadRange: [(lower: Double, upper: Double)]
  /// Cost of the slot with one rig more, and with one less, by bank and slot.
  private var more: [[Double]]
  private var less: [[Double]]
  private var windowHours: [Double]

  init(_ grid: ProblemGrid, running: [[Int]], floors: [[Int]]) {
    self.grid = grid
    self.running = running
    self.floors = floors
    self.loadRange = (0..<grid.slotCount).map { grid.rigLoadRange($0) }
    self.more = running.map { $0.map { _ in 0 } }
    self.less = self.more
    self.windowHours = grid.windows.map { window in
      window.slots.reduce(0) { sum, slot in
        sum + grid.hours[slot] * Double(running.reduce(0) { $0 + $1[slot] })
      }
    }
    for slot in 0..<grid.slotCount { self.reprice(slot) }
  }

  /// Amount by which limits are missed, in kW, rigs and rig-hours together.
  var violation: Double {
    let powers = (0..<self.grid.slotCount).reduce(0) {
      $0 + self.missed($1, load: self.load($1), self.running)
    }
    return zip(self.grid.windows, self.windowHours).reduce(powers) { $0 + Self.missed($1.0, $1.1) }
  }

  /// What the counts cost, without penalties.
  var cost: Double {
    let slots = (0..<self.grid.slotCount).reduce(0) { sum, slot in
      sum + Dispatch.expectedCost(rigLoad: self.load(slot), slot: slot, in: self.grid) * self.grid.hours[slot]
    }
    return self.grid.banks.indices.reduce(slots) { sum, index in
      let bank = self.grid.banks[index]
      let counts = self.running[index].map(Double.init)
      let starts = PlanAssembly.starts(counts, from: bank.initial).reduce(0, +)
      let hours = zip(counts, self.grid.hours).reduce(0) { $0 + $1.0 * $1.1 }
      return sum + starts * bank.startCost - hours * bank.revenue
    }
  }

  /// Takes the best move again and again, at most `moves` times.
  mutating func descend(moves: Int) {
    for _ in 0..<moves {
      guard let move = self.bestMove() else { return }
      self.apply(move)
    }
  }

  // MARK: Moves

  private struct Move {
    var bank: Int
    var slots: Range<Int>
    var change: Int
    var gain: Double
  }

  private func bestMove() -> Move? {
    var best: Move?
    for bank in self.grid.banks.indices {
      for first in 0..<self.grid.slotCount {
        self.extend(bank, from: first, change: 1, &best)
        self.extend(bank, from: first, change: -1, &best)
      }
    }
    return best
  }

  /// Tries all stretches that begin with a slot.
  private func extend(_ bank: Int, from first: Int, change: Int, _ best: inout Move?) {
    let counts = self.running[bank]
    let rigs = self.grid.banks[bank].rigs
    var gain = 0.0
    var hours = [Double](repeating: 0, count: self.grid.windows.count)
    for last in first..<self.grid.slotCount {
      let count = counts[last] + change
      if count < 0 || count > rigs { return }
      gain -= change > 0 ? self.more[bank][last] : self.less[bank][last]
      var total = gain - self.switchingCost(bank, first..<last + 1, change)
      for (index, window) in self.grid.windows.enumerated()
      where window.slots.contains(first) || hours[index] != 0
        || window.slots.contains(last)
      {
        if window.slots.contains(last) { hours[index] += Double(change) * self.grid.hours[last] }
        let before = self.windowHours[index]
        total -= Self.penalty * (Self.missed(window, before + hours[index]) - Self.missed(window, before))
      }
      if total > (best?.gain ?? 1e-7), self.isAllowed(bank, first..<last + 1, change) {
        best = Move(bank: bank, slots: first..<last + 1, change: change, gain: total)
      }
    }
  }

  private func switchingCost(_ index: Int, _ slots: Range<Int>, _ change: Int) -> Double {
    let bank = self.grid.banks[index]
    guard bank.startCost > 0 else { return 0 }
    let counts = self.running[index]
    let first =
      counts[slots.lowerBound] - (slots.lowerBound == 0 ? bank.initial : counts[slots.lowerBound - 1])
    var starts = max(0, first + change) - max(0, first)
    if slots.upperBound < counts.count {
      let after = counts[slots.upperBound] - counts[slots.upperBound - 1]
      starts += max(0, after - change) - max(0, after)
    }
    return Double(starts) * bank.startCost
  }

  private func isAllowed(_ index: Int, _ slots: Range<Int>, _ change: Int) -> Bool {
    var counts = self.running[index]
    for slot in slots { counts[slot] += change }
    guard self.grid.banks[index].allows(counts) else { return false }
    return self.grid.startLimits.allSatisfy { limit in
      guard limit.bank == index else { return true }
      return limit.slots.reduce(0) { sum, slot in
        sum + max(0, counts[slot] - (slot == 0 ? self.grid.banks[index].initial : counts[slot - 1]))
      } <= limit.maximum
    }
  }

  private mutating func apply(_ move: Move) {
    for slot in move.slots {
      self.running[move.bank][slot] += move.change
      self.reprice(slot)
    }
    for (index, window) in self.grid.windows.enumerated() {
      for slot in move.slots.clamped(to: window.slots) {
        self.windowHours[index] += Double(move.change) * self.grid.hours[slot]
      }
    }
  }

  // MARK: Prices

  private mutating func reprice(_ slot: Int) {
    let load = self.load(slot)
    let now = self.price(slot, load: load, self.running)
    for bank in self.grid.banks.indices {
      let draw = self.grid.banks[bank].draw[slot]
      let revenue = self.grid.banks[bank].revenue * self.grid.hours[slot]
      self.running[bank][slot] += 1
      self.more[bank][slot] = self.price(slot, load: load + draw, self.running) - now - revenue
      self.running[bank][slot] -= 2
      let least = max(0, load - draw)
      self.less[bank][slot] = self.price(slot, load: least, self.running) - now + revenue
      self.running[bank][slot] += 1
    }
  }

  private func load(_ slot: Int) -> Double {
    self.grid.banks.indices.reduce(0) { $0 + self.grid.banks[$1].draw[slot] * Double(self.running[$1][slot]) }
  }

  private func price(_ slot: Int, load: Double, _ running: [[Int]]) -> Double {
    Dispatch.expectedCost(rigLoad: load, slot: slot, in: self.grid) * self.grid.hours[slot]
      + Self.penalty * self.missed(slot, load: load, running)
  }

  private func missed(_ slot: Int, load: Double, _ running: [[Int]]) -> Double {
    let range = self.loadRange[slot]
    var missed = max(0, load - range.upper - 1e-9, range.lower - load - 1e-9)
    for bank in running.indices { missed += Double(max(0, self.floors[bank][slot] - running[bank][slot])) }
    return missed
  }

  private static func missed(_ window: WindowGrid, _ hours: Double) -> Double {
    max(0, (window.minimum ?? 0) - hours - 1e-9, hours - (window.maximum ?? .infinity) - 1e-9)
  }
}
