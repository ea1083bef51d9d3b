public import Quantities

/// How rough the simulated world is.
public enum FaultIntensity: String, Sendable, Hashable, CaseIterable {
  case none, some, many
}

/// One stretch of time in which one kind of fault is present.
public struct FaultEpisode: Sendable, Hashable {
  public var kind: FaultKind
  /// On the world's own time line, which starts at 0 with the simulation.
  public var start: MonotonicInstant
  public var length: Duration
  /// Chooses the meter, the rig or the feed: taken modulo how many there are.
  public var target: UInt64
  /// 0..<1, how bad: the size of a step, the chance per poll, the lateness.
  public var severity: Double

  public init(
    kind: FaultKind, start: MonotonicInstant, length: Duration, target: UInt64 = 0, severity: Double = 0.5
  ) {
    self.kind = kind
    self.start = start
    self.length = length
    self.target = target
    self.severity = severity
  }

  public var end: MonotonicInstant { self.start + self.length }
}

/// Which faults a run meets.
public enum FaultPlan: Sendable, Hashable {
  /// Drawn from the run's seed. Days of 24 hours from the start of the run: faults strike in the first 18, and the last
  /// six are calm so that the way back to the plan can be judged.
  case seeded(FaultIntensity)
  /// Exactly these.
  case scripted([FaultEpisode])
}

/// How often a kind of fault comes and how long it stays.
struct FaultRate {
  /// Mean time between two episodes when faults are many.
  var meanGap: Duration
  /// Lengths are spread evenly over the logarithm between these.
  var shortest: Duration
  var longest: Duration

  /// Nil for kinds that are not drawn in time: a roll-over comes when a counter is full, and a clock is unset at boot.
  static func of(_ kind: FaultKind) -> FaultRate? {
    switch kind {
    case .busTimeout, .busChecksum: FaultRate(6, from: .seconds(3), to: .minutes(10))
    case .busException, .busWrongUnit, .meterNotANumber: FaultRate(8, from: .seconds(3), to: .minutes(5))
    case .busPhantom, .busSlow: FaultRate(8, from: .seconds(10), to: .minutes(10))
    case .busUnplugged: FaultRate(12, from: .seconds(5), to: .minutes(30))
    case .meterStuck, .meterSwappedSign: FaultRate(12, from: .seconds(30), to: .hours(1))
    case .meterCounterReset: FaultRate(18, from: .minutes(1), to: .minutes(1))
    case .meterRollOver, .clockNotSetAtBoot: nil
    case .relayStuckOpen, .relayWelded: FaultRate(12, from: .minutes(5), to: .hours(4))
    case .relayReadBackLies: FaultRate(8, from: .minutes(1), to: .hours(1))
    case .relayRefuses, .relayRefusesButSwitches: FaultRate(8, from: .minutes(1), to: .hours(1))
    case .clockStep: FaultRate(18, from: .seconds(30), to: .minutes(30))
    case .clockDrift: FaultRate(12, from: .minutes(10), to: .hours(2))
    case .clockUnsynchronised: FaultRate(36, from: .hours(6), to: .hours(8 * 24))
    case .storeFull: FaultRate(12, from: .minutes(5), to: .hours(1))
    case .storeSlow: FaultRate(8, from: .minutes(5), to: .hours(1))
    case .storeFailedNotWritten, .storeFailedWritten: FaultRate(12, from: .minutes(5), to: .minutes(40))
    case .feedDown: FaultRate(8, from: .minutes(10), to: .hours(4))
    case .feedLate, .feedNonsense, .feedRateLimited: FaultRate(12, from: .minutes(10), to: .hours(2))
    case .controllerKilled: FaultRate(8, from: .minutes(10), to: .minutes(10))
    case .holderKilled, .powerCut: FaultRate(18, from: .minutes(10), to: .minutes(10))
    }
  }

  private init(_ hours: Int, from shortest: Duration, to longest: Duration) {
    self.meanGap = .hours(hours)
    self.shortest = shortest
    self.longest = longest
  }
}

extension FaultIntensity {
  /// Factor on the mean gap; nil when nothing strikes.
  var sparseness: Double? {
    switch self {
    case .none: nil
    case .some: 6
    case .many: 1
    }
  }
  /// Chance that the clock comes up wrong at a boot.
  var unsetClockChance: Double {
    switch self {
    case .none: 0
    case .some: 0.5
    case .many: 0.8
    }
  }
}
