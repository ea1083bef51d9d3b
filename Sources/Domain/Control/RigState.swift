package import Quantities

/// One rig as the controller knows it. Kept flat and small: banks of thousands are scanned while one waits
/// for a start.
package struct RigState: Sendable {
  package var bank: Int
  /// The level last commanded.
  package var closed = false
  /// When it was commanded, or the controller's start.
  package var since: MonotonicInstant
  package var cycles: Int
  package var isLockedOut = false
  /// The level a person holds it at; nil when nobody does.
  package var held: Bool?
  package var isSilent = false
  package var isWelded = false
  /// True while the watts proof of its last switch is open.
  package var awaitsWatts = false
  package var line = LineProof()
  /// True from a refusal by the holder until the line is proved.
  package var isRefused = false
  /// The level the line failed to reach, alarmed until it reaches it.
  package var failedLevel: Bool?
  /// Not started before this, after its relay failed.
  package var restsUntil = MonotonicInstant(milliseconds: .min)
  /// Who switched it last.
  package var switchedBy = Authority.plan

  /// True when it may be chosen for a start, dwell aside.
  package func isAvailable(at now: MonotonicInstant) -> Bool {
    !self.closed && !self.isLockedOut && self.held != false && now >= self.restsUntil
  }

  package init(bank: Int, since: MonotonicInstant, cycles: Int) {
    self.bank = bank
    self.since = since
    self.cycles = cycles
  }

  /// Milliseconds of its present level.
  package func dwell(at now: MonotonicInstant) -> Int64 { now.millisecondsSince(self.since) }
}
