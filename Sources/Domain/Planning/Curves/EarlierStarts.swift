/// Among counts of equal cost, those that start earlier: work done is safe from whatever changes later.
///
/// Moves rigs that run over a stretch a slot earlier, again and again, where that costs nothing and adds no switch.
enum EarlierStarts {
  /// Costs that differ by less, as a share of the whole, are equal.
  private static let rounding = 1e-12

  /// `counts` must be allowed by `problem`; so is what it returns, at the same cost.
  static func moved(_ counts: [Int], _ problem: CurveProblem) -> [Int] {
    var search = Search(counts: counts, problem: problem)
    // A stretch moves by at most the horizon; far fewer moves are left in a plan that paid for its starts.
    for _ in 0..<4 * counts.count where !search.move() { break }
    return search.counts
  }

  private struct Search {
    private(set) var counts: [Int]
    private let problem: CurveProblem
    private let cost: Double
    private let switches: Int

    init(counts: [Int], problem: CurveProblem) {
      self.counts = counts
      self.problem = problem
      self.cost = problem.cost(counts)
      self.switches = Self.switches(counts, problem)
    }

    /// Makes the first move there is.
    mutating func move() -> Bool {
      let rises = self.counts.indices.map { self.problem.limits.rise(self.counts, bank: 0, $0) }
      for start in rises.indices.dropFirst() where rises[start] > 0 {
        for end in (start + 1)..<max(start + 1, rises.count) where rises[end] < 0 {
          for rigs in [min(rises[start], -rises[end]), 1] where self.isFree(rigs, start, end) {
            self.counts[start - 1] += rigs
            self.counts[end - 1] -= rigs
            return true
          }
        }
      }
      return false
    }

    private func isFree(_ rigs: Int, _ start: Int, _ end: Int) -> Bool {
      let curves = self.problem.curves
      let tolerance = EarlierStarts.rounding * max(1, abs(self.cost))
      let (more, fewer) = (self.counts[start - 1] + rigs, self.counts[end - 1] - rigs)
      guard more <= curves[start - 1].upper, fewer >= curves[end - 1].lower else { return false }
      let change =
        curves[start - 1].cost(more) - curves[start - 1].cost(more - rigs)
        + curves[end - 1].cost(fewer) - curves[end - 1].cost(fewer + rigs)
      guard change <= tolerance else { return false }
      var moved = self.counts
      moved[start - 1] = more
      moved[end - 1] = fewer
      return self.problem.cost(moved) <= self.cost + tolerance
        && Self.switches(moved, self.problem) <= self.switches && self.problem.allows(moved)
    }

    private static func switches(_ counts: [Int], _ problem: CurveProblem) -> Int {
      counts.indices.reduce(0) { $0 + abs(problem.limits.rise(counts, bank: 0, $1)) }
    }
  }
}
