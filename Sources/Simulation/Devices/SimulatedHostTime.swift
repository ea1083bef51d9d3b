import Control
import Glibc
import Quantities

/// The clocks of the simulated board: a monotonic one that starts at each boot, and a civil one that may be wrong.
struct SimulatedHostTime {
  /// The civil clock may be slewed by this share, as time daemons do; larger errors are stepped away.
  private static let slewShare = 0.0005
  private static let largestSlewMilliseconds = 5000.0
  private static let steadyTime = Duration.minutes(1)
  /// Drift of a free-running oscillator, as a share.
  private static let idleDrift = 20e-6

  private var bootedAt = MonotonicInstant(milliseconds: 0)
  /// Civil clock minus true civil time, in milliseconds.
  private(set) var errorMilliseconds = 0.0
  private var generator: SplitMix64
  private let hasBatteryClock: Bool
  private let holdover: Int64
  /// The clock is unset until then.
  private var unsetUntil = MonotonicInstant(milliseconds: 0)
  private var wasSetByBattery = false
  private var isSynchronised = true
  /// After a step that nothing explains the time daemon's word has to stand for a while.
  private var unsteadyUntil = MonotonicInstant(milliseconds: 0)
  private var lastTrusted: MonotonicInstant?

  init(hasBatteryClock: Bool, holdover: Duration, generator: SplitMix64) {
    self.hasBatteryClock = hasBatteryClock
    self.holdover = holdover.wholeMilliseconds
    self.generator = generator
  }

  /// The board starts; `unsetChance` that its civil clock comes up wrong. True when it did.
  mutating func boot(at now: MonotonicInstant, unsetChance: Double) -> Bool {
    self.bootedAt = now
    let isUnset = self.generator.chance(unsetChance)
    let hours = self.generator.uniform(0.2, 21 * 24)
    let minutes = exp(self.generator.uniform(0, 3.7))
    self.unsetUntil = isUnset ? now + .milliseconds(Int64(minutes * 60_000)) : now
    self.errorMilliseconds = isUnset ? -(hours * 3_600_000).rounded() : 0
    self.wasSetByBattery = self.hasBatteryClock && !isUnset
    self.isSynchronised = false
    self.lastTrusted = nil
    return isUnset
  }

  /// Somebody sets the civil clock wrong by 10 seconds to two hours either way.
  mutating func step(severity: Double) {
    let size = 10_000 * exp(abs(severity * 2 - 1) * log(720))
    self.errorMilliseconds += (severity < 0.5 ? -size : size).rounded()
    self.wasSetByBattery = false
    self.lastTrusted = nil
  }

  /// One second passes.
  mutating func advance(to now: MonotonicInstant, faults: FaultSet, driftSeverity: Double) {
    let wasSynchronised = self.isSynchronised
    self.isSynchronised =
      now >= self.unsetUntil && !faults.contains(.clockStep) && !faults.contains(.clockUnsynchronised)
    if faults.contains(.clockDrift) {
      self.errorMilliseconds += 1000 * (20e-6 + 280e-6 * driftSeverity)
    } else if !self.isSynchronised {
      self.errorMilliseconds += 1000 * Self.idleDrift
    } else if self.errorMilliseconds != 0 {
      self.correct(at: now, wasSynchronised: wasSynchronised)
    }
    guard now >= self.unsteadyUntil, self.isSynchronised || self.wasSetByBattery else { return }
    self.lastTrusted = now
  }

  private mutating func correct(at now: MonotonicInstant, wasSynchronised: Bool) {
    let size = abs(self.errorMilliseconds)
    if size > Self.largestSlewMilliseconds {
      self.errorMilliseconds = 0
      guard wasSynchronised else { return }  // the daemon has just found the time, and says so
      self.wasSetByBattery = false
      self.lastTrusted = nil
      self.unsteadyUntil = now + Self.steadyTime
    } else if size <= 1000 * Self.slewShare {
      self.errorMilliseconds = 0
    } else {
      self.errorMilliseconds -= self.errorMilliseconds < 0 ? -1000 * Self.slewShare : 1000 * Self.slewShare
    }
  }

  /// True while an honest observer of the board could trust its civil clock: confirmed in this boot, not stepped since,
  /// within the holdover.
  func isTrustworthy(at now: MonotonicInstant) -> Bool {
    guard let last = self.lastTrusted else { return false }
    return now.millisecondsSince(last) <= self.holdover
  }

  func moment(at now: MonotonicInstant, trueWall: UTCInstant) -> (moment: Moment, evidence: ClockEvidence) {
    let wall = trueWall.advanced(byMilliseconds: Int64(self.errorMilliseconds))
    return (
      Moment(monotonic: MonotonicInstant(milliseconds: now.millisecondsSince(self.bootedAt)), wall: wall),
      ClockEvidence(isSynchronised: self.isSynchronised, wasSetByBattery: self.wasSetByBattery)
    )
  }
}
