/// Improves whole counts by one rig more or less over a stretch of slots, or one bank's rig for another's, as long as
/// that lowers the cost or what a window misses. Dwell, ramps and start limits hold throughout.
struct CountDescent<Pricing: CountPricing> {
  /// Currency per rig-hour a window misses: above any price, so that feasibility comes first.
  private static var penalty: Double { 1e7 }
  /// Makes fewer switches win among equal costs.
  private static var switchPreference: Double { 1e-6 }
  /// Gains below this are rounding.
  private static var smallestGain: Double { 1e-9 }

  private let limits: CountLimits
  private let pricing: Pricing
  /// Rigs running, by bank and slot.
  private(set) var counts: [[Int]]
  private var windowHours: [Double]
  private var kinds: [Kind]
  /// Cost of one more rig starting at the beginning of each slot, and of one fewer, by bank; nothing after the last.
  private var moreStarts: [[Double]]
  private var fewerStarts: [[Double]]

  /// One way to move, with its price in each slot.
  private struct Kind {
    /// The bank that changes, and by how much.
    let bank: Int
    let change: Int
    /// The bank that gives a rig where this one gains one.
    let other: Int?
    var price: [Double]
  }

  private struct Move {
    var kind: Int
    var slots: Range<Int>
    var gain: Double
  }

  /// `counts` keep dwell, ramps and start limits.
  init(_ limits: CountLimits, pricing: Pricing, counts: [[Int]]) {
    self.limits = limits
    self.pricing = pricing
    self.counts = counts
    self.windowHours = limits.windows.map { limits.rigHours(counts, in: $0) }
    let none = [Double](repeating: 0, count: limits.hours.count)
    self.kinds = counts.indices.flatMap { bank in
      [
        Kind(bank: bank, change: 1, other: nil, price: none),
        Kind(bank: bank, change: -1, other: nil, price: none),
      ]
        + counts.indices.filter { $0 != bank }.map { Kind(bank: bank, change: 1, other: $0, price: none) }
    }
    self.moreStarts = counts.map { _ in none + [0] }
    self.fewerStarts = self.moreStarts
    for slot in none.indices { self.reprice(slot) }
    for bank in counts.indices { self.repriceStarts(bank, 0..<none.count) }
  }

  /// Rig-hours that windows miss.
  var missedHours: Double {
    self.windowHours.indices.reduce(0) { $0 + self.limits.missed($1, rigHours: self.windowHours[$1]) }
  }

  /// Takes the best move again and again, at most `moves` times.
  mutating func descend(moves: Int) {
    for _ in 0..<moves {
      guard let move = self.bestMove() else { return }
      self.apply(move)
    }
  }

  private mutating func apply(_ move: Move) {
    let kind = self.kinds[move.kind]
    for slot in move.slots {
      self.counts[kind.bank][slot] += kind.change
      if let other = kind.other {
        self.counts[other][slot] -= kind.change
      } else {
        for window in self.limits.windowsOfSlot[slot] {
          self.windowHours[window] += Double(kind.change) * self.limits.hours[slot]
        }
      }
      self.reprice(slot)
    }
    let touched = move.slots.lowerBound..<min(move.slots.upperBound + 1, self.limits.hours.count)
    self.repriceStarts(kind.bank, touched)
    if let other = kind.other { self.repriceStarts(other, touched) }
  }

  private mutating func reprice(_ slot: Int) {
    let state = self.pricing.state(of: slot, self.counts)
    for index in self.kinds.indices {
      let bank = self.kinds[index].bank
      self.kinds[index].price[slot] =
        if let other = self.kinds[index].other {
          self.pricing.cost(ofSwapping: bank, for: other, state, self.counts)
        } else {
          self.pricing.cost(of: self.kinds[index].change, bank: bank, state, self.counts)
        }
    }
  }

  private mutating func repriceStarts(_ bank: Int, _ slots: Range<Int>) {
    let price = self.limits.banks[bank].startCost + Self.switchPreference
    for slot in slots {
      let rise = self.limits.rise(self.counts[bank], bank: bank, slot)
      self.moreStarts[bank][slot] = rise >= 0 ? price : 0
      self.fewerStarts[bank][slot] = rise > 0 ? -price : 0
    }
  }

  private func bestMove() -> Move? {
    var best: Move?
    let isMissing = self.missedHours > 0
    for (index, kind) in self.kinds.enumerated() {
      let least = self.leastCosts(kind)
      for first in least.indices {
        let atFirst = self.startCost(first, kind)
        // Windows only add to a cost, unless one is missed already.
        let mayRepair = isMissing && kind.other == nil
        if !mayRepair, -(atFirst + least[first]) <= best?.gain ?? Self.smallestGain { continue }
        self.extend(index, from: first, atFirst, &best)
      }
    }
    return best
  }

  /// The least that a stretch beginning with each slot costs, but for its first start and the windows.
  private func leastCosts(_ kind: Kind) -> [Double] {
    var least = kind.price
    for slot in least.indices.reversed() {
      let goingOn = slot + 1 < least.count ? least[slot + 1] : .infinity
      least[slot] = kind.price[slot] + min(self.endCost(slot, kind), goingOn)
    }
    return least
  }

  /// Starts that a stretch from `first` on adds or saves at its beginning.
  private func startCost(_ first: Int, _ kind: Kind) -> Double {
    let own = kind.change > 0 ? self.moreStarts[kind.bank][first] : self.fewerStarts[kind.bank][first]
    guard let other = kind.other else { return own }
    return own + self.fewerStarts[other][first]
  }

  /// Starts that a stretch to `last` adds or saves after its end.
  private func endCost(_ last: Int, _ kind: Kind) -> Double {
    let own = kind.change > 0 ? self.fewerStarts[kind.bank][last + 1] : self.moreStarts[kind.bank][last + 1]
    guard let other = kind.other else { return own }
    return own + self.moreStarts[other][last + 1]
  }

  /// Tries all stretches that begin with a slot.
  private func extend(_ index: Int, from first: Int, _ atFirst: Double, _ best: inout Move?) {
    let kind = self.kinds[index]
    var cost = atFirst
    var missed = 0.0
    var shift = [Double](repeating: 0, count: kind.other == nil ? self.windowHours.count : 0)
    for last in first..<kind.price.count {
      cost += kind.price[last]
      if cost == .infinity { return }
      if kind.other == nil {
        for window in self.limits.windowsOfSlot[last] {
          missed -= self.limits.missed(window, rigHours: self.windowHours[window] + shift[window])
          shift[window] += Double(kind.change) * self.limits.hours[last]
          missed += self.limits.missed(window, rigHours: self.windowHours[window] + shift[window])
        }
        // A longer stretch only misses more.
        if missed > 1e-9 { return }
      }
      let total = cost + Self.penalty * missed + self.endCost(last, kind)
      if -total > best?.gain ?? Self.smallestGain, self.isAllowed(kind, first..<last + 1) {
        best = Move(kind: index, slots: first..<last + 1, gain: -total)
      }
    }
  }

  private func isAllowed(_ kind: Kind, _ slots: Range<Int>) -> Bool {
    guard self.isAllowed(kind.bank, slots, kind.change) else { return false }
    return kind.other.map { self.isAllowed($0, slots, -kind.change) } ?? true
  }

  private func isAllowed(_ bank: Int, _ slots: Range<Int>, _ change: Int) -> Bool {
    var counts = self.counts[bank]
    for slot in slots { counts[slot] += change }
    return self.limits.allows(counts, bank: bank)
  }
}
