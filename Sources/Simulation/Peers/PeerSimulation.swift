public import Cryptography
public import PeerProtocol
public import Quantities
import Synchronization

/// Nodes that keep their net output in step over a simulated network: the device's own state machine, many times in one
/// process, with crashes, restarts, wrong clocks and a liar. A seed replays exactly.
public final class PeerSimulation {
  public struct Node {
    public let key: Ed25519PrivateKey
    public var id: NodeID { NodeID(self.key.publicKey) }
    public var exchange: NetExchange
    public var production: Milliwatts = .zero
    public var consumption: Milliwatts = .zero
    public var isUp = true
    /// What its own clock is off by.
    public var clockError = Duration.zero
    var incarnation: UInt64 = 1
    var kept: [NetRecord] = []
    var nextTick: MonotonicInstant
  }

  /// How often a node measures.
  private static let period = Duration.seconds(1)

  public let network: SimulatedNetwork
  public let graph: PeerGraph
  public private(set) var nodes: [Node] = []
  /// What honest nodes have said of others.
  public private(set) var accusations: [(by: Int, of: NodeID, what: String)] = []
  private var numbers: [NodeID: Int] = [:]
  private let neighbours: [[Int]]
  private let verified = VerifiedRecords()
  private var generator: SplitMix64

  public init(
    _ graph: PeerGraph, seed: UInt64, settings: (Int) -> NetExchange.Settings = { .init(name: "node-\($0)") }
  ) {
    self.graph = graph
    self.neighbours = graph.neighbours
    self.network = SimulatedNetwork(seed: seed)
    self.generator = SplitMix64(seed: seed).stream(2)
    for number in 0..<graph.count {
      var seedBytes = [UInt8](repeating: 0, count: 32)
      for byte in 0..<32 { seedBytes[byte] = UInt8(truncatingIfNeeded: self.generator.next()) }
      // Any 32 bytes are a seed.
      let key = Ed25519PrivateKey(seed: seedBytes)!
      let exchange = NetExchange(
        key: key, settings: settings(number), incarnation: 1, verify: self.verified.check)
      let offset = Duration.milliseconds(Int64(self.generator.below(1000)))
      self.nodes.append(Node(key: key, exchange: exchange, nextTick: self.network.now + offset))
      self.numbers[NodeID(key.publicKey)] = number
    }
    for number in 0..<graph.count {
      self.nodes[number].exchange.setPeers(
        self.neighbours[number].map { self.nodes[$0].id }, at: self.network.now)
      _ = self.network.transport(of: self.nodes[number].id)
    }
  }

  public var now: MonotonicInstant { self.network.now }
  public func id(_ number: Int) -> NodeID { self.nodes[number].id }

  // MARK: What happens to nodes

  public func setPower(_ number: Int, production: Milliwatts, consumption: Milliwatts) {
    self.nodes[number].production = production
    self.nodes[number].consumption = consumption
  }

  public func setClock(_ number: Int, error: Duration) { self.nodes[number].clockError = error }

  /// Ends a node at once. What it knew is kept on its disk, unless that is lost too.
  public func crash(_ number: Int, losesDisk: Bool = false) {
    self.nodes[number].isUp = false
    self.nodes[number].kept = losesDisk ? [] : self.nodes[number].exchange.board.sorted.map(\.record)
    if losesDisk { self.nodes[number].incarnation = 0 }
    let transport = self.network.transport(of: self.id(number))
    transport.isUp = false
    _ = transport.takeReceived()
  }

  public func restart(_ number: Int) {
    let node = self.nodes[number]
    guard !node.isUp else { return }
    self.nodes[number].incarnation += 1
    var exchange = NetExchange(
      key: node.key, settings: node.exchange.settings, incarnation: self.nodes[number].incarnation,
      verify: self.verified.check)
    exchange.restore(node.kept)
    exchange.setPeers(self.neighbours[number].map { self.id($0) }, at: self.now)
    self.nodes[number].exchange = exchange
    self.nodes[number].isUp = true
    self.nodes[number].nextTick = self.now
    self.network.transport(of: self.id(number)).isUp = true
  }

  /// Every node knows the newest record of every other, as after a long quiet time: where a test begins that could not
  /// wait for it.
  public func acquaintAll() {
    for number in self.nodes.indices { self.perform(self.measure(number), by: number) }
    _ = self.network.advance(to: self.now + Self.period)
    let records = self.nodes.indices.compactMap { number in
      self.nodes[number].exchange.board[self.id(number)]?.record
    }
    for number in self.nodes.indices {
      let transport = self.network.transport(of: self.id(number))
      _ = transport.takeReceived()
      self.nodes[number].exchange.acquaint(records, at: self.now)
      self.nodes[number].nextTick = self.now + Self.period
    }
  }

  // MARK: Time

  /// Lets time pass up to `end`.
  public func run(until end: MonotonicInstant) {
    while self.step(until: end) {}
  }

  /// The next thing that happens up to `end`; false when nothing more does.
  @discardableResult
  public func step(until end: MonotonicInstant) -> Bool {
    let tick = self.nodes.indices.filter { self.nodes[$0].isUp }.min {
      (self.nodes[$0].nextTick, $0) < (self.nodes[$1].nextTick, $1)
    }
    let tickTime = tick.map { self.nodes[$0].nextTick }
    let arrival = self.network.next
    guard let time = [tickTime, arrival].compactMap({ $0 }).min(), time <= end else {
      _ = self.network.advance(to: end)
      return false
    }
    for receiver in self.network.advance(to: time) {
      if let number = self.numbers[receiver] { self.deliver(number) }
    }
    if let tick, self.nodes[tick].isUp, self.nodes[tick].nextTick <= time { self.tick(tick) }
    return true
  }

  /// Delivers messages alone, without any node's clock: until `isDone` or nothing is on its way.
  public func drain(until isDone: () -> Bool = { false }) {
    while !isDone(), let time = self.network.next {
      for receiver in self.network.advance(to: time) {
        if let number = self.numbers[receiver] { self.deliver(number) }
      }
    }
  }

  /// A node measures now, before its next second.
  public func measureNow(_ number: Int) { self.perform(self.measure(number), by: number) }

  private func measure(_ number: Int) -> [NetExchange.Effect] {
    let node = self.nodes[number]
    let wall = UTCInstant(milliseconds: 1_750_000_000_000 + self.now.milliseconds) + node.clockError
    return self.nodes[number].exchange.measured(
      production: node.production, consumption: node.consumption, wall: wall, at: self.now)
  }

  private func tick(_ number: Int) {
    self.nodes[number].nextTick = self.now + Self.period
    let transport = self.network.transport(of: self.id(number))
    for peer in transport.takeLost() {
      self.nodes[number].exchange.lost(peer, retryAt: self.now + Self.period)
    }
    self.perform(self.measure(number), by: number)
    self.perform(self.nodes[number].exchange.tick(at: self.now), by: number)
  }

  private func deliver(_ number: Int) {
    for (from, message) in self.network.transport(of: self.id(number)).takeReceived() {
      self.perform(self.nodes[number].exchange.receive(message, from: from, at: self.now), by: number)
    }
  }

  private func perform(_ effects: [NetExchange.Effect], by number: Int) {
    let transport = self.network.transport(of: self.id(number))
    for effect in effects {
      switch effect {
      case .send(let message, let peer): transport.send(message.encoded, to: peer)
      case .misbehaved(let node, let what):
        if self.accusations.count < 10_000 { self.accusations.append((number, node, what)) }
      }
    }
  }

  // MARK: Truth

  /// Whether every node that runs counts exactly the nodes that run, each with its present power.
  public var allAgreeWithTheTruth: Bool {
    self.nodes.indices.allSatisfy { !self.nodes[$0].isUp || self.knowsTheTruth($0) }
  }

  public func knowsTheTruth(_ number: Int) -> Bool {
    let board = self.nodes[number].exchange.board
    return self.nodes.allSatisfy { other in
      guard let entry = board[other.id] else { return !other.isUp }
      guard other.isUp else { return !board.isFresh(entry, at: self.now) }
      return board.isFresh(entry, at: self.now) && entry.record.production == other.production
        && entry.record.consumption == other.consumption
    }
  }
}

/// Remembers which records are signed by their nodes: in one process many nodes verify the same one.
private final class VerifiedRecords: Sendable {
  private static let most = 200_000
  private let known = Mutex<[NetRecord: Bool]>([:])

  var check: @Sendable (NetRecord) -> Bool {
    { record in
      if let known = self.known.withLock({ $0[record] }) { return known }
      let isAuthentic = record.isAuthentic
      self.known.withLock { known in
        if known.count >= Self.most { known = [:] }
        known[record] = isAuthentic
      }
      return isAuthentic
    }
  }
}
