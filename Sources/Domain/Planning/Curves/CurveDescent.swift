/// Improves whole counts on the curves: one rig more or less over a stretch of slots, as long as that lowers the cost
/// or what a window misses. Dwell, ramp and start limits hold throughout.
struct CurveDescent {
  /// Currency per rig-hour a window misses: above any price, so that feasibility comes first.
  private static let penalty = 1e7
  /// Makes fewer switches win among equal costs.
  private static let switchPreference = 1e-6
  /// Gains below this are rounding.
  private static let smallestGain = 1e-9

  let problem: CurveProblem
  private(set) var counts: [Int]
  private var more: [Double]
  private var less: [Double]
  private var windowHours: [Double]
  private let windowsOfSlot: [[Int]]

  /// `counts` lie within the curves and keep dwell and start limits.
  init(_ problem: CurveProblem, counts: [Int], windowsOfSlot: [[Int]]) {
    self.problem = problem
    self.counts = counts
    self.windowsOfSlot = windowsOfSlot
    self.more = counts.map { _ in 0 }
    self.less = self.more
    self.windowHours = problem.windows.map { window in
      window.slots.reduce(0) { $0 + problem.hours[$1] * Double(counts[$1]) }
    }
    for slot in counts.indices { self.reprice(slot) }
  }

  static func windowsOfSlot(_ problem: CurveProblem) -> [[Int]] {
    var result = [[Int]](repeating: [], count: problem.curves.count)
    for (index, window) in problem.windows.enumerated() {
      for slot in window.slots { result[slot].append(index) }
    }
    return result
  }

  mutating func descend(moves: Int) {
    for _ in 0..<moves {
      guard let move = self.bestMove() else { return }
      for slot in move.slots {
        self.counts[slot] += move.change
        self.reprice(slot)
        for window in self.windowsOfSlot[slot] {
          self.windowHours[window] += Double(move.change) * self.problem.hours[slot]
        }
      }
    }
  }

  private struct Move {
    var slots: Range<Int>
    var change: Int
    var gain: Double
  }

  private mutating func reprice(_ slot: Int) {
    let curve = self.problem.curves[slot]
    let count = self.counts[slot]
    let now = curve.cost(count)
    self.more[slot] = count < curve.upper ? curve.cost(count + 1) - now : .infinity
    self.less[slot] = count > curve.lower ? curve.cost(count - 1) - now : .infinity
  }

  private func bestMove() -> Move? {
    var best: Move?
    let isMissing = self.windowHours.indices.contains { self.missed($0, by: 0) > 0 }
    for (change, price) in [(1, self.more), (-1, self.less)] {
      let least = self.leastCosts(change, price)
      for first in self.counts.indices {
        let atFirst = self.startCost(first, change)
        // Windows only add to a cost, unless one is missed already.
        if !isMissing, -(atFirst + least[first]) <= best?.gain ?? Self.smallestGain { continue }
        self.extend(from: first, change, price, atFirst, &best)
      }
    }
    return best
  }

  /// The least that a stretch beginning with each slot costs, but for its first start and the windows.
  private func leastCosts(_ change: Int, _ price: [Double]) -> [Double] {
    var least = price
    for slot in price.indices.reversed() {
      let goingOn = slot + 1 < price.count ? least[slot + 1] : .infinity
      least[slot] = price[slot] + min(self.endCost(slot, change), goingOn)
    }
    return least
  }

  /// Starts that a stretch from `first` on adds or saves at its beginning.
  private func startCost(_ first: Int, _ change: Int) -> Double {
    let rise = self.counts[first] - (first == 0 ? self.problem.bank.initial : self.counts[first - 1])
    return Double(max(0, rise + change) - max(0, rise)) * self.startPrice
  }

  /// Starts that a stretch to `last` adds or saves after its end.
  private func endCost(_ last: Int, _ change: Int) -> Double {
    guard last + 1 < self.counts.count else { return 0 }
    let rise = self.counts[last + 1] - self.counts[last]
    return Double(max(0, rise - change) - max(0, rise)) * self.startPrice
  }

  private var startPrice: Double { self.problem.bank.startCost + Self.switchPreference }

  /// Tries all stretches that begin with a slot.
  private func extend(
    from first: Int, _ change: Int, _ price: [Double], _ atFirst: Double, _ best: inout Move?
  ) {
    var cost = atFirst
    var missed = 0.0
    var shift = [Double](repeating: 0, count: self.windowHours.count)
    for last in first..<self.counts.count {
      cost += price[last]
      if cost == .infinity { return }
      for window in self.windowsOfSlot[last] {
        missed -= self.missed(window, by: shift[window])
        shift[window] += Double(change) * self.problem.hours[last]
        missed += self.missed(window, by: shift[window])
      }
      // A longer stretch only misses more.
      if missed > 1e-9 { return }
      let total = cost + Self.penalty * missed + self.endCost(last, change)
      if -total > best?.gain ?? Self.smallestGain, self.isAllowed(first..<last + 1, change) {
        best = Move(slots: first..<last + 1, change: change, gain: -total)
      }
    }
  }

  private func missed(_ window: Int, by shift: Double) -> Double {
    let limits = self.problem.windows[window]
    let hours = self.windowHours[window] + shift
    return max(0, (limits.minimum ?? 0) - hours - 1e-9, hours - (limits.maximum ?? .infinity) - 1e-9)
  }

  private func isAllowed(_ slots: Range<Int>, _ change: Int) -> Bool {
    var counts = self.counts
    for slot in slots { counts[slot] += change }
    return self.problem.bank.allows(counts) && self.problem.allowsStarts(counts)
  }
}
