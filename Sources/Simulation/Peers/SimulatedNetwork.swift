public import PeerProtocol
public import Ports
public import Quantities

/// A network in memory: messages between nodes with loss, delay, doubling, overtaking and partition, all from one seed.
/// Time moves with `advance`.
public final class SimulatedNetwork {
  public struct Conditions: Sendable, Hashable {
    /// Of a message, each with its chance; a lost one may be reported as lost or not.
    public var loss = 0.0
    public var doubling = 0.0
    /// Of one message, drawn evenly; messages overtake each other where the two differ.
    public var shortestDelay = Duration.milliseconds(1)
    public var longestDelay = Duration.milliseconds(1)
    public init(
      loss: Double = 0, doubling: Double = 0, shortestDelay: Duration = .milliseconds(1),
      longestDelay: Duration = .milliseconds(1)
    ) {
      self.loss = loss
      self.doubling = doubling
      self.shortestDelay = shortestDelay
      self.longestDelay = longestDelay
    }
  }

  private struct Message {
    var from: NodeID
    var to: NodeID
    var bytes: [UInt8]
  }
  private struct Direction: Hashable {
    var from: NodeID
    var to: NodeID
  }

  public var conditions = Conditions()
  public private(set) var now: MonotonicInstant
  /// Messages and bytes given to the network, arrived or not.
  public private(set) var sent = 0
  public private(set) var sentBytes = 0
  private var generator: SplitMix64
  private var underway = EventHeap<Message>()
  private var unreachable: Set<Direction> = []
  private var groups: [NodeID: Int] = [:]
  private var transports: [NodeID: SimulatedTransport] = [:]

  public init(seed: UInt64, start: MonotonicInstant = MonotonicInstant(milliseconds: 0)) {
    self.generator = SplitMix64(seed: seed)
    self.now = start
  }

  public func transport(of node: NodeID) -> SimulatedTransport {
    if let transport = self.transports[node] { return transport }
    let transport = SimulatedTransport(node: node, network: self)
    self.transports[node] = transport
    return transport
  }

  /// Whether `from` can open a connection to `to`. A pair that can connect in one direction alone still talks both ways:
  /// what the other has to say waits for the next exchange.
  public func set(_ from: NodeID, reaches to: NodeID, _ isReachable: Bool) {
    if isReachable {
      self.unreachable.remove(Direction(from: from, to: to))
    } else {
      self.unreachable.insert(Direction(from: from, to: to))
    }
  }

  /// Nodes of different groups do not hear each other; nodes without a group are in group 0.
  public func partition(_ groups: [NodeID: Int]) { self.groups = groups }

  /// Ends every fault; what is on its way stays as it is.
  public func heal() {
    self.conditions = Conditions()
    self.unreachable = []
    self.groups = [:]
  }

  func send(_ bytes: [UInt8], from: NodeID, to: NodeID) {
    guard bytes.count <= NetMessage.maximumBytes else { return }
    self.sent += 1
    self.sentBytes += bytes.count
    let direct = !self.unreachable.contains(Direction(from: from, to: to))
    let reverse = !self.unreachable.contains(Direction(from: to, to: from))
    let isCut = self.groups[from, default: 0] != self.groups[to, default: 0]
    guard direct || reverse, !isCut, !self.generator.chance(self.conditions.loss) else {
      if self.generator.chance(0.5) { self.transports[from]?.lost.append(to) }
      return
    }
    let copies = self.generator.chance(self.conditions.doubling) ? 2 : 1
    for _ in 0..<copies {
      let low = self.conditions.shortestDelay.wholeMilliseconds
      let spread = max(0, self.conditions.longestDelay.wholeMilliseconds - low)
      var delay = low + Int64(self.generator.below(Int(spread) + 1))
      // The other side must ask first.
      if !direct { delay *= 2 }
      self.underway.add(
        Message(from: from, to: to, bytes: bytes), at: self.now + .milliseconds(delay))
    }
  }

  /// When the next message arrives; nil when none is on its way.
  public var next: MonotonicInstant? { self.underway.next }

  /// Delivers everything that arrives up to `time`, which becomes the present; returns who received something.
  public func advance(to time: MonotonicInstant) -> [NodeID] {
    var receivers: [NodeID] = []
    while let next = self.underway.next, next <= time, let (at, message) = self.underway.removeFirst() {
      self.now = max(self.now, at)
      guard let transport = self.transports[message.to] else { continue }
      if transport.take(message.bytes, from: message.from), receivers.last != message.to {
        receivers.append(message.to)
      }
    }
    self.now = max(self.now, time)
    return receivers
  }
}

/// One node's end of a simulated network.
public final class SimulatedTransport: PeerTransport {
  /// What waits to be taken, as on the device.
  private static let mostReceived = 4096

  private let node: NodeID
  private unowned let network: SimulatedNetwork
  private var received: [(from: NodeID, message: [UInt8])] = []
  fileprivate var lost: [NodeID] = []
  /// A node that is down hears nothing.
  public var isUp = true

  fileprivate init(node: NodeID, network: SimulatedNetwork) {
    self.node = node
    self.network = network
  }

  public func send(_ message: [UInt8], to peer: NodeID) {
    self.network.send(message, from: self.node, to: peer)
  }

  public func takeReceived() -> [(from: NodeID, message: [UInt8])] {
    defer { self.received = [] }
    return self.received
  }

  public func takeLost() -> [NodeID] {
    defer { self.lost = [] }
    return self.lost
  }

  fileprivate func take(_ bytes: [UInt8], from: NodeID) -> Bool {
    guard self.isUp, self.received.count < Self.mostReceived else { return false }
    self.received.append((from, bytes))
    return true
  }
}
