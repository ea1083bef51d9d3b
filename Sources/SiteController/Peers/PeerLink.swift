import PeerProtocol
import Ports
import Quantities

/// What the service knows of its connection with one peer.
struct PeerLink {
  /// Messages for the peer that wait for a way to it.
  static let longestOutbox = 256

  var peer: EnrolledPeer
  var outbox: [[UInt8]] = []
  /// The peer's own exchange that waits for something to be told.
  var parked: (number: UInt64, answer: CheckedContinuation<[[UInt8]], Never>)?
  var isPushing = false
  var isPolling = false
  var isSyncing = false
  var failures = 0
  /// When the peer last answered here, and when it last came by itself.
  var reachedAt: MonotonicInstant?
  var heardAt: MonotonicInstant?
  var lastFailure: String?
  var allowance: Allowance
  var requests: Allowance
  var nextSync: MonotonicInstant
  /// How much of this site's log the peer has cosigned, and mirrors, as far as known.
  var cosignedSize: Int64 = 0
  var pulledAt: MonotonicInstant?
  /// The peer's log: what is mirrored here and what was cosigned here.
  var mirroredSize: Int64 = 0
  var witnessedSize: Int64 = 0
  /// Why its log is not followed any more.
  var forkFound = false
  var mirrorProblem: String?

  /// 16 MiB at once and 1 MiB a second; 400 requests at once and 40 a second. A first mirror of a year's log goes through in
  /// minutes, and a peer gone mad costs a few per cent of one core.
  init(_ peer: EnrolledPeer, at now: MonotonicInstant) {
    self.peer = peer
    self.allowance = Allowance(burst: 16 * 1_048_576, perSecond: 1_048_576)
    self.requests = Allowance(burst: 400, perSecond: 40)
    self.nextSync = now
  }

  /// Takes what waits, as much as one exchange carries.
  mutating func takeOutbox() -> [[UInt8]] {
    var count = 0
    var bytes = 0
    while count < self.outbox.count, count < Framing.mostMessages {
      bytes += self.outbox[count].count + 4
      if bytes > Framing.maximumBytes { break }
      count += 1
    }
    defer { self.outbox.removeFirst(count) }
    return Array(self.outbox.prefix(count))
  }
}
