/// Turns fractional counts into whole ones that keep every dwell time.
///
/// With one common alpha, `ceil(starts - alpha)` and `ceil(stops - alpha)` of the cumulative starts and stops keep
/// every row that is a difference of two of them.
enum CurveRounding {
  /// Different roundings tried per solution.
  private static let attempts = 6

  /// Whole counts near fractional ones, without repetition; ramps may be off by one.
  static func candidates(_ problem: CurveProblem, _ counts: [Double]) -> [[Int]] {
    var starts: [Double] = []
    var stops: [Double] = []
    var before = Double(problem.bank.initial)
    for count in counts {
      starts.append((starts.last ?? 0) + max(0, count - before))
      stops.append((stops.last ?? 0) + max(0, before - count))
      before = count
    }
    var candidates: [[Int]] = []
    for alpha in Self.alphas(starts + stops) {
      let rounded = problem.curves.indices.map { slot in
        let started = Int((starts[slot] - alpha - 1e-7).rounded(.up))
        let stopped = Int((stops[slot] - alpha - 1e-7).rounded(.up))
        let count = problem.bank.initial + started - stopped
        return min(max(count, problem.curves[slot].lower), problem.curves[slot].upper)
      }
      if !candidates.contains(rounded) { candidates.append(rounded) }
    }
    return candidates
  }

  /// Zero and some of the fractions that occur, spread over their range.
  private static func alphas(_ sums: [Double]) -> [Double] {
    var fractions: Set<Double> = []
    for sum in sums {
      let fraction = ((sum - sum.rounded(.down)) * 1e6).rounded() / 1e6
      if fraction > 0, fraction < 1 { fractions.insert(fraction) }
    }
    let sorted = fractions.sorted()
    if sorted.count <= Self.attempts { return [0] + sorted }
    return [0] + (0..<Self.attempts).map { sorted[$0 * (sorted.count - 1) / (Self.attempts - 1)] }
  }
}
