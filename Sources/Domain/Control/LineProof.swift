package import Quantities

/// Whether a relay's line shows the level it was told: the first two of the three proofs, sent and read back.
///
/// A line that cannot be read back proves nothing and disproves nothing. One that differs for longer than
/// `ControlLimits.readBackWindow` has failed.
package struct LineProof: Sendable {
  package enum Failure: Sendable {
    /// It should have closed and never showed it.
    case neverClosed
    /// It had closed and then opened by itself: the holder lost its controller or its own life.
    case dropped
    /// It should be open and shows closed.
    case neverOpened
  }

  /// True until the first read-back or command after a restart: the line then tells the controller, not the
  /// reverse.
  package private(set) var isUnknown = true
  /// When the proof is due; nil when nothing is open.
  package private(set) var due: MonotonicInstant?
  private var differs = false
  /// The line has shown the level it was told last.
  package private(set) var wasProved = false

  package init() {}

  package mutating func commanded(at now: MonotonicInstant) {
    self.isUnknown = false
    self.wasProved = false
    self.resent(at: now, within: ControlLimits.readBackWindow)
  }

  /// A level that failed was sent once more; it must show within `window` milliseconds.
  package mutating func resent(at now: MonotonicInstant, within window: Int64) {
    self.due = now.advanced(byMilliseconds: window)
    self.differs = false
  }

  /// The holder would not or could not do it.
  package mutating func refused() { self.differs = self.due != nil }

  /// Takes the level read back against the one commanded.
  package mutating func readBack(agrees: Bool, at now: MonotonicInstant) {
    self.isUnknown = false
    if agrees {
      self.due = nil
      self.differs = false
      self.wasProved = true
    } else {
      if self.due == nil { self.due = now.advanced(byMilliseconds: ControlLimits.readBackWindow) }
      self.differs = true
    }
  }

  /// The proof is due. Returns how it failed; nil when nothing spoke against it.
  package mutating func judge(closed: Bool) -> Failure? {
    self.due = nil
    guard self.differs else { return nil }
    guard closed else { return .neverOpened }
    return self.wasProved ? .dropped : .neverClosed
  }
}
