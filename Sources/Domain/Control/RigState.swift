import Quantities
import SiteModel

/// One rig as the controller knows it. Kept flat and small: banks of thousands are scanned while one waits
/// for a start.
struct RigState: Sendable {
  var bank: Int
  /// The level last commanded.
  var closed = false
  /// When it was commanded, or the controller's start.
  var since: MonotonicInstant
  var cycles: Int
  var isLockedOut = false
  var isSilent = false
  var isWelded = false
  /// True while the watts proof of its last switch is open.
  var awaitsWatts = false
  var line = LineProof()
  /// True from a refusal by the holder until the line is proved.
  var isRefused = false
  /// The level the line failed to reach, alarmed until it reaches it.
  var failedLevel: Bool?
  /// Not started before this, after its relay failed.
  var restsUntil = MonotonicInstant(milliseconds: .min)
  /// Who switched it last.
  var switchedBy = Authority.plan

  /// True when it may be chosen for a start, dwell aside.
  func isAvailable(at now: MonotonicInstant) -> Bool {
    !self.closed && !self.isLockedOut && now >= self.restsUntil
  }

  init(bank: Int, since: MonotonicInstant, cycles: Int) {
    self.bank = bank
    self.since = since
    self.cycles = cycles
  }

  /// Milliseconds of its present level.
  func dwell(at now: MonotonicInstant) -> Int64 { now.millisecondsSince(self.since) }
}
