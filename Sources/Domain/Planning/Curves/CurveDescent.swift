/// Improves whole counts on the curves: one rig more or less over a stretch of slots, as long as that lowers the cost
/// or what a window misses. Dwell, ramp and start limits hold throughout.
struct CurveDescent {
  /// Currency per rig-hour a window misses: above any price, so that feasibility comes first.
  private static let penalty = 1e7
  /// Makes fewer switches win among equal costs.
  private static let switchPreference = 1e-6

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
    for first in self.counts.indices {
      self.extend(from: first, change: 1, self.more, &best)
      self.extend(from: first, change: -1, self.less, &best)
    }
    return best
  }

  /// Tries all stretches that begin with a slot.
  private func extend(from first: Int, change: Int, _ price: [Double], _ best: inout Move?) {
    let startPrice = self.problem.bank.startCost + Self.switchPreference
    let before = first == 0 ? self.problem.bank.initial : self.counts[first - 1]
    let rise = self.counts[first] - before
    let startsAtFirst = Double(max(0, rise + change) - max(0, rise)) * startPrice
    var cost = startsAtFirst
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
      var total = cost + Self.penalty * missed
      if last + 1 < self.counts.count {
        let after = self.counts[last + 1] - self.counts[last]
        total += Double(max(0, after - change) - max(0, after)) * startPrice
      }
      if -total > (best?.gain ?? 1e-9), self.isAllowed(first..<last + 1, change) {
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
