public import Quantities

/// When the last command to a rig was proved, step by step: sent, read back from its line, seen in its bank's watts.
public struct SwitchProof: Sendable, Hashable {
  /// When it was decided.
  public var decidedAt: MonotonicInstant
  /// When the holder took it; nil until then.
  public var sentAt: MonotonicInstant?
  /// When the line showed it; nil until then, and where lines cannot be read back.
  public var readBackAt: MonotonicInstant?
  /// When the bank's meter had moved as it should; nil until then, and where no meter shows the bank alone.
  public var seenAt: MonotonicInstant?

  package init(decidedAt: MonotonicInstant) { self.decidedAt = decidedAt }
}
