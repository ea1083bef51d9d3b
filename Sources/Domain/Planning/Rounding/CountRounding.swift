/// Turns fractional counts of a bank into whole ones that keep every dwell time.
///
/// With one common alpha, `ceil(starts - alpha)` and `ceil(stops - alpha)` of the cumulative starts and stops keep
/// every row that is a difference of two of them: dwell, counts, ramps, start limits.
struct CountRounding {
  /// Different roundings tried per solution.
  private static let attempts = 6

  private let initial: Int
  private let rigs: Int
  private let starts: [Double]
  private let stops: [Double]

  init(_ counts: [Double], of bank: BankGrid) {
    var starts: [Double] = []
    var stops: [Double] = []
    var before = Double(bank.initial)
    for count in counts {
      starts.append((starts.last ?? 0) + max(0, count - before))
      stops.append((stops.last ?? 0) + max(0, before - count))
      before = count
    }
    self.initial = bank.initial
    self.rigs = bank.rigs
    self.starts = starts
    self.stops = stops
  }

  func counts(alpha: Double) -> [Int] {
    zip(self.starts, self.stops).map { started, stopped in
      let up = Int((started - alpha - 1e-7).rounded(.up))
      let down = Int((stopped - alpha - 1e-7).rounded(.up))
      return min(max(0, self.initial + up - down), self.rigs)
    }
  }

  /// Zero and some of the fractions that occur, spread over their range.
  var alphas: [Double] {
    var fractions: [Double] = []
    for sum in self.starts + self.stops {
      let fraction = ((sum - sum.rounded(.down)) * 1e6).rounded() / 1e6
      if fraction > 0, fraction < 1 { fractions.append(fraction) }
    }
    fractions.sort()
    let sorted = fractions.reduce(into: [Double]()) { if $0.last != $1 { $0.append($1) } }
    if sorted.count <= Self.attempts { return [0] + sorted }
    return [0] + (0..<Self.attempts).map { sorted[$0 * (sorted.count - 1) / (Self.attempts - 1)] }
  }
}
