/// What whole counts must keep whatever they cost: bank sizes, dwell, ramps, start limits and rig-hours.
struct CountLimits {
  let banks: [BankGrid]
  let hours: [Double]
  var windows: [WindowGrid]
  let startLimits: [StartLimitGrid]
  /// Windows that hold each slot.
  let windowsOfSlot: [[Int]]

  init(_ grid: ProblemGrid, windows: [WindowGrid]) {
    self.init(grid, banks: grid.banks, startLimits: grid.startLimits, windows: windows)
  }

  /// The limits of one bank alone, which may have been changed. `windows` count its own rig-hours.
  init(_ grid: ProblemGrid, bank index: Int, as bank: BankGrid, windows: [WindowGrid]) {
    let own = grid.startLimits.filter { $0.bank == index }
      .map { StartLimitGrid(bank: 0, slots: $0.slots, maximum: $0.maximum) }
    self.init(grid, banks: [bank], startLimits: own, windows: windows)
  }

  private init(
    _ grid: ProblemGrid, banks: [BankGrid], startLimits: [StartLimitGrid], windows: [WindowGrid]
  ) {
    self.banks = banks
    self.hours = grid.hours
    self.windows = windows
    self.startLimits = startLimits
    var windowsOfSlot = [[Int]](repeating: [], count: grid.slotCount)
    for (index, window) in windows.enumerated() {
      for slot in window.slots { windowsOfSlot[slot].append(index) }
    }
    self.windowsOfSlot = windowsOfSlot
  }

  /// Whether one bank's counts keep its size, ramp, dwell and start limits.
  func allows(_ counts: [Int], bank: Int) -> Bool {
    guard self.banks[bank].allows(counts) else { return false }
    return self.startLimits.allSatisfy { limit in
      if limit.bank != bank { return true }
      let starts = limit.slots.reduce(0) { $0 + max(0, self.rise(counts, bank: bank, $1)) }
      return starts <= limit.maximum
    }
  }

  /// Change of a bank's count from the slot before.
  func rise(_ counts: [Int], bank: Int, _ slot: Int) -> Int {
    counts[slot] - (slot == 0 ? self.banks[bank].initial : counts[slot - 1])
  }

  func rigHours(_ counts: [[Int]], in window: WindowGrid) -> Double {
    window.slots.reduce(0) { sum, slot in
      sum + self.hours[slot] * Double(counts.reduce(0) { $0 + $1[slot] })
    }
  }

  /// Rig-hours by which a window is missed.
  func missed(_ window: Int, rigHours: Double) -> Double {
    let limits = self.windows[window]
    return max(
      0, (limits.minimum ?? 0) - rigHours - 1e-9, rigHours - (limits.maximum ?? .infinity) - 1e-9)
  }

  func startCost(_ counts: [[Int]]) -> Double {
    self.banks.indices.reduce(0) { sum, bank in
      let starts = counts[bank].indices.reduce(0) { $0 + max(0, self.rise(counts[bank], bank: bank, $1)) }
      return sum + self.banks[bank].startCost * Double(starts)
    }
  }
}
