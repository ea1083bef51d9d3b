public import Cryptography
public import PeerProtocol
public import Ports
public import Quantities

/// A site among its peers: enrolment, net output and certificates, on a thread of its own. Whatever peers do, the control
/// loop does not wait for any of it.
public actor PeerService {
  public struct Settings: Sendable {
    /// What the site calls itself.
    public var name: String
    public var staleness = Duration.seconds(30)
    /// The most that the mirror of one peer's log may take.
    public var mirrorLimit: Int64 = 256 << 20
    public init(name: String) { self.name = name }
  }

  /// What the service works with. Everything is made and used on its own thread.
  public struct Parts: Sendable {
    public var executor: any SerialExecutor
    public var key: Ed25519PrivateKey
    public var openStore: @Sendable () throws(StoreError) -> any PeerStore
    /// The site's own log; nil before its first entry.
    public var openLog: @Sendable () throws(StoreError) -> (any LogReader)?
    public var openMirror: @Sendable (NodeID) throws(StoreError) -> any Store
    public var readMirror: @Sendable (NodeID) throws(StoreError) -> (any LogReader)?
    /// Bytes that a mirror takes now.
    public var mirrorBytes: @Sendable (NodeID) -> Int64
    public var client: any HTTPFetching
    public var clock: @Sendable () -> (monotonic: MonotonicInstant, wall: UTCInstant)
    public var notice: @Sendable (Notice) -> Void
    public init(
      executor: any SerialExecutor, key: Ed25519PrivateKey,
      openStore: @escaping @Sendable () throws(StoreError) -> any PeerStore,
      openLog: @escaping @Sendable () throws(StoreError) -> (any LogReader)?,
      openMirror: @escaping @Sendable (NodeID) throws(StoreError) -> any Store,
      readMirror: @escaping @Sendable (NodeID) throws(StoreError) -> (any LogReader)?,
      mirrorBytes: @escaping @Sendable (NodeID) -> Int64, client: any HTTPFetching,
      clock: @escaping @Sendable () -> (monotonic: MonotonicInstant, wall: UTCInstant),
      notice: @escaping @Sendable (Notice) -> Void
    ) {
      self.executor = executor
      self.key = key
      self.openStore = openStore
      self.openLog = openLog
      self.openMirror = openMirror
      self.readMirror = readMirror
      self.mirrorBytes = mirrorBytes
      self.client = client
      self.clock = clock
      self.notice = notice
    }
  }

  /// What a person reading the journal should know.
  public enum Notice: Sendable {
    case enrolled(String, NodeID)
    case reached(String)
    case lost(String, why: String)
    case misbehaved(String, what: String)
    /// Another site's log contradicts itself: a person must look.
    case forked(String, isProof: Bool)
    case mirrorStopped(String, why: String)
    case storeProblem(StoreError)
  }

  enum Work: Sendable {
    case push(NodeID)
    case poll(NodeID)
    case sync(NodeID)
  }

  static let refreshPeers = Duration.seconds(1)
  /// Written seldom, for the sake of the medium: after a restart records are old in any case.
  static let keepRecords = Duration.minutes(10)

  private nonisolated let executor: any SerialExecutor
  public nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }
  public nonisolated let gate = PeerGate()

  let parts: Parts
  let settings: Settings
  let node: NodeID
  /// The key as people compare it.
  public nonisolated let nodeText: String
  var store: (any PeerStore)?
  var exchange: NetExchange?
  var links: [NodeID: PeerLink] = [:]
  var mirrors: [NodeID: any Store] = [:]
  var parkNumber: UInt64 = 0
  private var nextRefresh = MonotonicInstant(milliseconds: .min)
  private var nextKeep = MonotonicInstant(milliseconds: .min)
  let (work, worker) = AsyncStream.makeStream(of: Work.self, bufferingPolicy: .bufferingOldest(4096))

  public init(_ settings: Settings, _ parts: Parts) {
    self.settings = settings
    self.parts = parts
    self.executor = parts.executor
    self.node = NodeID(parts.key.publicKey)
    self.nodeText = NodeID(parts.key.publicKey).text
  }

  var now: MonotonicInstant { self.parts.clock().monotonic }

  /// Opens the memory of peers.
  public func start() throws(StoreError) {
    let store = try self.parts.openStore()
    var settings = NetExchange.Settings(name: self.settings.name)
    settings.limits.staleness = self.settings.staleness
    settings.refresh = self.settings.staleness / 3
    settings.interval = min(.seconds(5), self.settings.staleness / 3)
    var exchange = NetExchange(
      key: self.parts.key, settings: settings, incarnation: try store.nextIncarnation())
    exchange.restore(try store.records())
    self.store = store
    self.exchange = exchange
    self.nextKeep = self.now + Self.keepRecords
    try self.refresh()
  }

  /// Works until `ticks`, one a second, end.
  public func run(ticks: AsyncStream<Void>) async {
    await withDiscardingTaskGroup { group in
      group.addTask {
        for await _ in ticks { await self.tick() }
        await self.finish()
      }
      for await work in self.work {
        group.addTask {
          switch work {
          case .push(let node): await self.push(node)
          case .poll(let node): await self.poll(node)
          case .sync(let node): await self.sync(node)
          }
        }
      }
    }
  }

  private func finish() {
    self.keepRecordsNow()
    for node in self.links.keys { self.unpark(node, with: []) }
    self.worker.finish()
  }

  func told(_ body: () throws(StoreError) -> Void) {
    do throws(StoreError) { try body() } catch { self.parts.notice(.storeProblem(error)) }
  }

  // MARK: Seconds

  func tick() {
    let now = self.now
    if self.nextRefresh <= now { self.told { () throws(StoreError) in try self.refresh() } }
    if self.nextKeep <= now { self.keepRecordsNow() }
    if let effects = self.exchange?.tick(at: now) { self.perform(effects) }
    for (node, link) in self.links where !link.peer.address.isEmpty {
      // After a failure the poll's own pause decides when it is tried again.
      if !link.isPolling {
        self.links[node]?.isPolling = true
        self.worker.yield(.poll(node))
      }
    }
    for (node, link) in self.links where !link.isSyncing && link.nextSync <= now && link.failures == 0 {
      guard !link.peer.address.isEmpty else { continue }
      self.links[node]?.isSyncing = true
      self.worker.yield(.sync(node))
    }
  }

  private func keepRecordsNow() {
    self.nextKeep = self.now + Self.keepRecords
    guard let exchange = self.exchange else { return }
    let records = exchange.board.sorted.map(\.record)
    self.told { () throws(StoreError) in try self.store?.keep(records) }
  }

  /// Reads who is enrolled and invited, as commands in other processes may have changed it.
  private func refresh() throws(StoreError) {
    guard let store = self.store else { return }
    let (now, wall) = self.parts.clock()
    self.nextRefresh = now + Self.refreshPeers
    let peers = try store.peers().filter { $0.node != self.node && ($0.expires.map { wall < $0 } ?? true) }
    var keys: [[UInt8]: PeerGate.Entrance] = [:]
    for invitation in try store.invitations() where wall < invitation.expires {
      keys[invitation.key.bytes] = .invitation
    }
    for peer in peers { keys[peer.node.bytes] = .peer }
    self.gate.set(keys)
    let nodes = Set(peers.map(\.node))
    for node in self.links.keys where !nodes.contains(node) {
      self.unpark(node, with: [])
      self.links[node] = nil
      self.mirrors[node] = nil
    }
    for peer in peers {
      if self.links[peer.node] == nil {
        self.links[peer.node] = PeerLink(peer, at: now)
        self.parts.notice(.enrolled(peer.name, peer.node))
      }
      self.links[peer.node]?.peer = peer
    }
    self.exchange?.setPeers(peers.map(\.node), at: now)
  }

  func refreshSoon() { self.nextRefresh = MonotonicInstant(milliseconds: .min) }

  // MARK: Net output

  /// What the site's meters show, once a second.
  public func measured(production: Milliwatts, consumption: Milliwatts) {
    let (now, wall) = self.parts.clock()
    guard
      let effects = self.exchange?.measured(
        production: production, consumption: consumption, wall: wall, at: now)
    else { return }
    self.perform(effects)
  }

  func receive(_ messages: [[UInt8]], from node: NodeID) {
    for message in messages {
      if let effects = self.exchange?.receive(message, from: node, at: self.now) { self.perform(effects) }
    }
  }

  private func perform(_ effects: [NetExchange.Effect]) {
    var receivers: Set<NodeID> = []
    for effect in effects {
      switch effect {
      case .send(let message, let node):
        guard let waiting = self.links[node]?.outbox.count else { continue }
        guard waiting < PeerLink.longestOutbox else {
          // What is dropped here the next summary finds out.
          self.links[node]?.outbox = []
          self.exchange?.lost(node, retryAt: self.now + .seconds(1))
          continue
        }
        self.links[node]?.outbox.append(message.encoded)
        receivers.insert(node)
      case .misbehaved(let node, let what):
        self.parts.notice(.misbehaved(self.links[node]?.peer.name ?? node.hint, what: what))
      }
    }
    for node in receivers { self.deliver(node) }
  }

  /// Sends what waits by the way that is open: the peer's own waiting exchange, or one of ours.
  private func deliver(_ node: NodeID) {
    guard let link = self.links[node] else { return }
    if link.parked != nil {
      let messages = self.links[node]?.takeOutbox() ?? []
      self.unpark(node, with: messages)
    } else if !link.peer.address.isEmpty, !link.isPushing, link.failures == 0 {
      self.links[node]?.isPushing = true
      self.worker.yield(.push(node))
    }
  }

  func unpark(_ node: NodeID, with messages: [[UInt8]]) {
    guard let parked = self.links[node]?.parked else { return }
    self.links[node]?.parked = nil
    parked.answer.resume(returning: messages)
  }
}
