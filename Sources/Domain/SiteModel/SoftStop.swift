/// How rigs of a bank are asked to stop before their relays open.
public struct SoftStop: Sendable, Hashable {
  public enum Way: Sendable, Hashable {
    /// The miners' own API on TCP, one address per rig in rig order; `request` is its command, such as `quit`.
    case miners([HostPort], request: String)
    /// A program with its arguments, run without a shell; `{rig}` stands for the rig's name.
    case command([String])
  }

  public var way: Way
  /// How long a rig has to stop; its relay opens then in any case.
  public var drain: Duration

  public init(way: Way, drain: Duration) {
    self.way = way
    self.drain = drain
  }
}
