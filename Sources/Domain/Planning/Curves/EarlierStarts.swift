/// Among counts of equal cost, those that start earlier: work done is safe from whatever changes later.
///
/// Moves rigs that run over a stretch a slot earlier, again and again, where that costs nothing and adds no switch.
enum EarlierStarts {
  /// Costs that differ by less, as a share of the whole, are equal.
  private static let rounding = 1e-12

  /// `counts` must be allowed by `problem`; so is what it returns, at the same cost.
  static func moved(_ counts: [Int], _ problem: CurveProblem) -> [Int] {
    guard counts.count > 2 else { return counts }
    var search = Search(counts: counts, problem: problem)
    // A stretch moves by at most the horizon; far fewer moves are left in a plan that paid for its starts.
    var left = 4 * counts.count
    var start = 1
    var lastMove = 0
    // Round and round until a whole round has found nothing; a stretch that moved may move on at once.
    while left > 0, start - lastMove < counts.count {
      let place = 1 + (start - 1) % (counts.count - 1)
      if search.move(from: place) {
        left -= 1
        lastMove = start
        if place > 1 { start -= 1 }
      } else {
        start += 1
      }
    }
    return search.counts
  }

  private struct Search {
    private(set) var counts: [Int]
    private let problem: CurveProblem
    /// What the moves may add to the cost, all together.
    private var room: Double

    init(counts: [Int], problem: CurveProblem) {
      self.counts = counts
      self.problem = problem
      self.room = EarlierStarts.rounding * max(1, abs(problem.cost(counts)))
    }

    /// Makes the first move there is of rigs that start in a slot.
    mutating func move(from start: Int) -> Bool {
      let rise = self.rise(start)
      guard rise > 0 else { return false }
      for end in (start + 1)..<max(start + 1, self.counts.count) {
        let fall = -self.rise(end)
        guard fall > 0 else { continue }
        for rigs in rise == 1 || fall == 1 ? [1] : [min(rise, fall), 1] {
          guard let change = self.change(rigs, start, end) else { continue }
          self.counts[start - 1] += rigs
          self.counts[end - 1] -= rigs
          if self.problem.allows(self.counts) {
            self.room -= max(0, change)
            return true
          }
          self.counts[start - 1] -= rigs
          self.counts[end - 1] += rigs
        }
      }
      return false
    }

    private func rise(_ slot: Int) -> Int { self.problem.limits.rise(self.counts, bank: 0, slot) }

    /// What the move changes the cost by; nil where it costs something or adds a switch.
    private func change(_ rigs: Int, _ start: Int, _ end: Int) -> Double? {
      let curves = self.problem.curves
      let (more, fewer) = (self.counts[start - 1] + rigs, self.counts[end - 1] - rigs)
      guard more <= curves[start - 1].upper, fewer >= curves[end - 1].lower else { return nil }
      var change =
        curves[start - 1].cost(more) - curves[start - 1].cost(more - rigs)
        + curves[end - 1].cost(fewer) - curves[end - 1].cost(fewer + rigs)
      guard change <= self.room else { return nil }
      // Only these counts change, so only these rises do.
      var switches = 0
      var starts = 0
      for slot in end - 1 == start ? [start - 1, start, end] : [start - 1, start, end - 1, end] {
        let before = self.rise(slot)
        var after = before
        if slot == start - 1 { after += rigs }
        if slot == start { after -= rigs }
        if slot == end - 1 { after -= rigs }
        if slot == end { after += rigs }
        switches += abs(after) - abs(before)
        starts += max(0, after) - max(0, before)
      }
      change += self.problem.limits.banks[0].startCost * Double(starts)
      return switches <= 0 && change <= self.room ? change : nil
    }
  }
}
