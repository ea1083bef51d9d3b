import Synchronization

/// Whose keys are let in at the moment. Asked in the middle of a handshake by the listener's thread, so it answers from
/// memory.
public final class PeerGate: Sendable {
  public enum Entrance: Sendable, Hashable {
    case peer
    /// For one enrolment and nothing else.
    case invitation
  }

  private let keys = Mutex<[[UInt8]: Entrance]>([:])

  public init() {}

  public func accepts(_ key: [UInt8]) -> Bool { self.entrance(of: key) != nil }

  func entrance(of key: [UInt8]) -> Entrance? { self.keys.withLock { $0[key] } }

  func set(_ keys: [[UInt8]: Entrance]) { self.keys.withLock { $0 = keys } }
}
