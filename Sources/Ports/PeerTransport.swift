public import PeerProtocol

/// Carries messages between a node and its peers.
///
/// Contract: the sender of a received message is who it says, which the transport has verified. A message arrives whole or
/// not at all; it may be lost, delayed, doubled, or overtaken by another, and one that is larger than
/// `NetMessage.maximumBytes` is not sent. `send` does not block. What could not be delivered is reported by `takeLost`,
/// as far as it is known.
public protocol PeerTransport: AnyObject {
  func send(_ message: [UInt8], to peer: NodeID)
  /// What has arrived since the last call, oldest first; at most a bounded number, the rest is lost.
  func takeReceived() -> [(from: NodeID, message: [UInt8])]
  /// Peers to whom something could not be delivered since the last call.
  func takeLost() -> [NodeID]
}
