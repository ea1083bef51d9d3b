public import Cryptography
public import Quantities

/// Keeps one node's board in step with its peers'. A change travels at once to everybody who seems to lack it; summaries,
/// compared every few seconds, repair what was lost on the way. Any message may be lost, doubled, late or a lie.
public struct NetExchange: Sendable {
  public struct Settings: Sendable, Hashable {
    /// What the node calls itself.
    public var name: String
    public var limits = NetBoard.Limits()
    /// Between two summaries to the same peer.
    public var interval = Duration.seconds(5)
    /// An unchanged record is signed anew after this long, so that it does not grow stale. Well below the staleness.
    public var refresh = Duration.seconds(10)
    public init(name: String) { self.name = name }
  }

  public enum Effect: Sendable, Hashable {
    case send(NetMessage, to: NodeID)
    /// A peer sent what no honest node sends.
    case misbehaved(NodeID, String)
  }

  /// What is known of one peer.
  struct Link: Sendable {
    /// The versions it has, as far as it has said or been told.
    var knows: [NodeID: NetRecord.Version] = [:]
    var nextSummary: MonotonicInstant
  }

  public let node: NodeID
  public var settings: Settings
  public internal(set) var board: NetBoard
  private(set) var links: [NodeID: Link] = [:]
  private let key: Ed25519PrivateKey
  private var version: NetRecord.Version
  private var published: (record: NetRecord, at: MonotonicInstant)?
  var digest: Digest?
  private let verify: @Sendable (NetRecord) -> Bool

  /// `incarnation` is above that of every earlier life of this node that is known of. `verify` is asked whether a record
  /// is signed by its node; a simulation of many nodes in one process remembers the answers.
  public init(
    key: Ed25519PrivateKey, settings: Settings, incarnation: UInt64,
    verify: @escaping @Sendable (NetRecord) -> Bool = { $0.isAuthentic }
  ) {
    self.key = key
    self.node = NodeID(key.publicKey)
    self.settings = settings
    self.board = NetBoard(limits: settings.limits)
    self.version = NetRecord.Version(
      incarnation: min(incarnation, NetRecord.Version.limit - 1), sequence: 0)
    self.verify = verify
  }

  public var peers: [NodeID] { self.links.keys.sorted() }

  /// Puts back what was known before a restart.
  public mutating func restore(_ records: [NetRecord]) {
    for record in records where record.node != self.node { self.board.restore(record) }
    self.digest = nil
  }

  /// Names the peers: with new ones the exchange begins at the next tick.
  public mutating func setPeers(_ peers: [NodeID], at now: MonotonicInstant) {
    let wanted = Set(peers).subtracting([self.node])
    self.links = self.links.filter { wanted.contains($0.key) }
    for peer in wanted where self.links[peer] == nil { self.links[peer] = Link(nextSummary: now) }
  }

  /// The transport could not deliver to this peer, or only now can: what it knows is to be asked anew.
  public mutating func lost(_ peer: NodeID, retryAt: MonotonicInstant) {
    self.links[peer] = self.links[peer].map { _ in Link(nextSummary: retryAt) }
  }

  // MARK: Own power

  /// Takes a measurement. A new record is made when the power has changed or the last one is due for a refresh.
  public mutating func measured(
    production: Milliwatts, consumption: Milliwatts, wall: UTCInstant, at now: MonotonicInstant
  ) -> [Effect] {
    if let (record, at) = self.published, record.production == max(.zero, production),
      record.consumption == max(.zero, consumption), now - at < self.settings.refresh
    {
      return []
    }
    return self.publish(production, consumption, wall, at: now)
  }

  private mutating func publish(
    _ production: Milliwatts, _ consumption: Milliwatts, _ wall: UTCInstant, at now: MonotonicInstant
  ) -> [Effect] {
    self.version.sequence = min(self.version.sequence + 1, NetRecord.Version.limit - 1)
    let record = NetRecord.signed(
      by: self.key, version: self.version, production: production, consumption: consumption, wall: wall,
      name: self.settings.name)
    self.published = (record, now)
    _ = self.board.merge(record, age: .zero, from: nil, isPeer: true, at: now) { _ in true }
    self.digest = nil
    return self.spread([record.node], except: nil, at: now)
  }

  // MARK: Messages

  public mutating func receive(
    _ bytes: [UInt8], from peer: NodeID, at now: MonotonicInstant
  ) -> [Effect] {
    do throws(WireError) {
      return self.receive(try NetMessage(encoded: bytes), from: peer, at: now)
    } catch {
      return self.links[peer] == nil ? [] : [.misbehaved(peer, "message: \(error)")]
    }
  }

  public mutating func receive(
    _ message: NetMessage, from peer: NodeID, at now: MonotonicInstant
  ) -> [Effect] {
    guard self.links[peer] != nil else { return [] }
    switch message {
    case .records(let told): return self.take(told, from: peer, at: now)
    case .summary(let digest):
      return digest == self.summary() ? [] : [.send(.vector(self.vector(), wantsReply: true), to: peer)]
    case .vector(let known, let wantsReply):
      return self.answer(known, wantsReply: wantsReply, to: peer, at: now)
    }
  }

  private mutating func take(
    _ told: [NetMessage.Told], from peer: NodeID, at now: MonotonicInstant
  ) -> [Effect] {
    var changed: [NodeID] = []
    for told in told {
      let record = told.record
      if record.node == self.node {
        self.meetOwn(record)
        continue
      }
      let verdict = self.board.merge(
        record, age: told.age, from: peer, isPeer: self.links[record.node] != nil, at: now,
        verify: self.verify)
      switch verdict {
      case .taken: changed.append(record.node)
      case .known, .full: break
      case .forged: return [.misbehaved(peer, "a record not signed by \(record.node)")]
      }
      if verdict != .full { self.learn(peer, record.node, record.version) }
    }
    guard !changed.isEmpty else { return [] }
    self.digest = nil
    return self.spread(changed, except: peer, at: now)
  }

  /// A record of this node that it does not remember: of an earlier life whose memory was lost. The next record will be
  /// above it.
  private mutating func meetOwn(_ record: NetRecord) {
    guard record.version >= self.version, record != self.published?.record, self.verify(record) else {
      return
    }
    self.version = NetRecord.Version(
      incarnation: min(record.version.incarnation + 1, NetRecord.Version.limit - 1), sequence: 0)
    self.published = nil
  }

  private mutating func learn(_ peer: NodeID, _ node: NodeID, _ version: NetRecord.Version) {
    guard let known = self.links[peer]?.knows[node], known >= version else {
      self.links[peer]?.knows[node] = version
      return
    }
  }

  /// Sends records to every peer that seems to lack them.
  private mutating func spread(
    _ nodes: [NodeID], except: NodeID?, at now: MonotonicInstant
  ) -> [Effect] {
    var effects: [Effect] = []
    for peer in self.peers where peer != except {
      effects += self.tell(nodes, to: peer, at: now)
    }
    return effects
  }

  private mutating func tell(_ nodes: [NodeID], to peer: NodeID, at now: MonotonicInstant) -> [Effect] {
    var told: [NetMessage.Told] = []
    for node in nodes {
      guard let entry = self.board[node] else { continue }
      if let known = self.links[peer]?.knows[node], known >= entry.record.version { continue }
      self.links[peer]?.knows[node] = entry.record.version
      told.append(
        NetMessage.Told(record: entry.record, age: self.board.age(of: entry, at: now)))
    }
    return stride(from: 0, to: told.count, by: NetMessage.mostRecords).map { start in
      .send(.records(Array(told[start..<min(told.count, start + NetMessage.mostRecords)])), to: peer)
    }
  }

  // MARK: Repair

  /// Summaries that are due.
  public mutating func tick(at now: MonotonicInstant) -> [Effect] {
    var effects: [Effect] = []
    for peer in self.peers {
      guard let due = self.links[peer]?.nextSummary, due <= now else { continue }
      self.links[peer]?.nextSummary = now + self.settings.interval
      effects.append(.send(.summary(self.summary()), to: peer))
    }
    return effects
  }

  private mutating func answer(
    _ known: [NetMessage.Known], wantsReply: Bool, to peer: NodeID, at now: MonotonicInstant
  ) -> [Effect] {
    var theirs: [NodeID: NetRecord.Version] = [:]
    var isBehind = false
    for known in known {
      if let own = self.board[known.node]?.record.version {
        theirs[known.node] = known.version
        if own < known.version { isBehind = true }
      } else if self.board.count < self.board.limits.nodes || self.links[known.node] != nil {
        isBehind = true
      }
    }
    self.links[peer]?.knows = theirs
    var effects = self.tell(self.vector().map(\.node), to: peer, at: now)
    if wantsReply, isBehind { effects.append(.send(.vector(self.vector(), wantsReply: false), to: peer)) }
    return effects
  }

  private func vector() -> [NetMessage.Known] {
    self.board.sorted.map { NetMessage.Known(node: $0.record.node, version: $0.record.version) }
  }

  private mutating func summary() -> Digest {
    if let digest = self.digest { return digest }
    let digest = SHA256.hash(NetMessage.vector(self.vector(), wantsReply: false).encoded)
    self.digest = digest
    return digest
  }
}

extension NetExchange {
  /// Puts records on the board as if they had come, with nothing to be told to anybody: where a simulation begins.
  public mutating func acquaint(_ records: [NetRecord], at now: MonotonicInstant) {
    for record in records {
      _ = self.board.merge(record, age: .zero, from: nil, isPeer: true, at: now) { _ in true }
    }
    self.digest = nil
  }
}
