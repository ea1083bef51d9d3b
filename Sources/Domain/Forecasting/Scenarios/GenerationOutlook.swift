public import Quantities

/// What a site's generation may turn out to be over a horizon: one or more courses of power with their probabilities.
public struct GenerationOutlook: Sendable, Hashable {
  public struct Scenario: Sendable, Hashable {
    /// Probability; those of an outlook sum to 1.
    public var weight: Double
    /// Mean power in each slot.
    public var power: [Kilowatts]
    public init(weight: Double, power: [Kilowatts]) {
      self.weight = weight
      self.power = power
    }
  }

  /// Where the scenarios come from.
  public enum Basis: Sendable, Hashable {
    /// One course, as the weather gives it.
    case point
    /// One course, corrected by what earlier forecasts got wrong.
    case corrected
    /// The members of an ensemble forecast.
    case ensemble(members: Int)
    /// Errors of this many recorded forecasts, made on `days` different days.
    case recordedErrors(forecasts: Int, days: Int)
    /// Errors drawn with this standard deviation, because too few are recorded.
    case assumedErrors(deviation: Double)
    /// The truth, which only a simulation can know.
    case known
  }

  public let scenarios: [Scenario]
  /// What the weather alone says, before any correction; what the next forecasts' errors are measured against.
  public let uncorrected: [Kilowatts]
  /// `log(measured / forecast)` of the last hour that a correction carried into the horizon; nil when none did.
  public let presentDeviation: Double?
  public let basis: Basis

  /// `scenarios` must not be empty, their weights sum to 1 and all be as long as the horizon.
  public init(
    scenarios: [Scenario], uncorrected: [Kilowatts], presentDeviation: Double? = nil, basis: Basis
  ) {
    precondition(!scenarios.isEmpty, "an outlook has at least one scenario")
    self.scenarios = scenarios
    self.uncorrected = uncorrected
    self.presentDeviation = presentDeviation
    self.basis = basis
  }

  /// One certain course.
  public init(
    certain power: [Kilowatts], uncorrected: [Kilowatts], presentDeviation: Double? = nil, basis: Basis
  ) {
    self.init(
      scenarios: [Scenario(weight: 1, power: power)], uncorrected: uncorrected,
      presentDeviation: presentDeviation, basis: basis)
  }

  public var weights: [Double] { self.scenarios.map(\.weight) }

  /// Expected power in each slot.
  public var mean: [Kilowatts] {
    self.uncorrected.indices.map { slot in
      self.scenarios.reduce(.zero) { $0 + $1.power[slot] * $1.weight }
    }
  }

  /// The power that is reached or exceeded with probability `1 - share` in `slot`: 0 gives the lowest scenario.
  public func quantile(_ share: Double, in slot: Int) -> Kilowatts {
    let ordered = self.scenarios.map { ($0.power[slot], $0.weight) }.sorted { $0.0 < $1.0 }
    var weight = 0.0
    for (power, share_) in ordered {
      weight += share_
      if weight > share + 1e-9 { return power }
    }
    return ordered[ordered.count - 1].0
  }

  /// The basis in words.
  public var sentence: String {
    let count = self.scenarios.count
    switch self.basis {
    case .point: return "the forecast as it is"
    case .corrected: return "the forecast, corrected by the site's recorded errors"
    case .ensemble(let members): return "\(count) scenarios from \(members) ensemble members"
    case .recordedErrors(let forecasts, let days):
      return "\(count) scenarios from the errors of \(forecasts) recorded forecasts of \(days) days"
    case .assumedErrors(let deviation):
      let percent = Int((deviation * 100).rounded())
      return "\(count) scenarios from an assumed error of \(percent) %; too few errors are recorded yet"
    case .known: return "the true generation, known in advance"
    }
  }
}
