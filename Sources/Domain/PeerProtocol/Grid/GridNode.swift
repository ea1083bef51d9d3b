public import Quantities

/// A node of the older Grid protocol: measures nothing, controls nothing, and agrees with its neighbours on the sum of all
/// nets. Every round of messages ends, by answers or by time; a neighbour that dies, restarts, lies or sends nonsense ends
/// nothing else.
public struct GridNode: Sendable {
  public struct Settings: Sendable, Hashable {
    public var id: String
    public var name: String
    /// Where the neighbours reach this node: `host:port`.
    public var address: String
    /// How long a neighbour may take to answer. The older nodes handle one message a second and send one every two.
    public var patience = Duration.seconds(60)
    /// Between two attempts to reach a neighbour that was lost.
    public var retry = Duration.seconds(5)
    /// Without any change the sum is collected anew after this long.
    public var refresh = Duration.minutes(5)
    public init(id: String, name: String, address: String) {
      self.id = id
      self.name = name
      self.address = address
    }
  }

  public enum Effect: Sendable, Hashable {
    /// To `http://{address}/messaging`; what became of it comes back through `sent`.
    case send([UInt8], to: String)
    /// One line for the log.
    case log(String)
  }

  /// The time by both clocks; the wall clock's only stamps messages.
  public typealias Moment = (monotonic: MonotonicInstant, wall: UTCInstant)

  public static let mostSiblings = 64
  private static let mostRounds = 4096

  struct Sibling: Sendable {
    var name: String
    var address: String
    /// The last message did not reach it, or it has been silent for too long.
    var isLost = false
    var nextAttempt: MonotonicInstant?
    /// Losses in a row without a word from it in between.
    var losses = 0
    var lastHeard: MonotonicInstant?
  }

  /// One collection of nets: this node's own, or on behalf of a neighbour.
  struct Round: Sendable {
    /// Who asked, and by which request; nil for an own round.
    var asker: (id: String, request: String)?
    /// Open requests and whom they went to.
    var waiting: [String: String] = [:]
    var nets: [String: Double] = [:]
    var began: MonotonicInstant
    /// Orders own rounds.
    var number: UInt64
  }

  public let settings: Settings
  public private(set) var production = 0.0
  public private(set) var consumption = 0.0
  /// The sum of all nets, as of the last round that ended.
  public private(set) var gridNet = 0.0
  var siblings: [String: Sibling] = [:]
  /// Neighbours to be, by the request that was sent to them.
  var pending: [String: (id: String, sibling: Sibling, deadline: MonotonicInstant)] = [:]
  var rounds: [String: Round] = [:]
  /// Rounds that were seen, for as long as their messages may be on their way.
  var seen: [String: MonotonicInstant] = [:]
  private var roundNumber: UInt64 = 0
  private var settledNumber: UInt64 = 0
  var nextRefresh: MonotonicInstant?
  private var generator: SplitMix64

  /// `seed` makes the identifiers of messages, and must be another one for every node and start.
  public init(_ settings: Settings, seed: UInt64) {
    self.settings = settings
    self.generator = SplitMix64(seed: seed)
  }

  public var net: Double { self.production - self.consumption }
  public var siblingNames: [String] {
    self.siblings.sorted { $0.key < $1.key }.map(\.value.name)
  }
  /// Messages whose answers are still to come.
  public var openRounds: Int { self.rounds.count }
  /// Rounds whose late messages would still be recognised.
  public var rememberedRounds: Int { self.seen.count }

  /// The line that the older nodes print every second.
  public var stateLine: String {
    let names = self.siblingNames.map { "'\($0)'" }.joined(separator: ", ")
    return "[Node] id=\(self.settings.id) address=\(self.settings.address) name=\(self.settings.name) "
      + "energy=(\(GridNumber.text(self.production)),\(GridNumber.text(-self.consumption))) "
      + "siblings=[\(names)] gridnet=\(GridNumber.text(self.gridNet))"
  }

  // MARK: Messages

  /// Handles a message; throws when it is to be refused.
  public mutating func receive(_ bytes: [UInt8], at now: Moment) throws(GridEnvelope.Refusal) -> [Effect] {
    self.receive(try GridEnvelope(bytes), at: now)
  }

  mutating func receive(_ envelope: GridEnvelope, at now: Moment) -> [Effect] {
    var effects = self.noteSender(envelope, at: now)
    switch (envelope.message, envelope.kind) {
    case (.updateEnergy(let production, let consumption), .tell):
      self.production = production
      self.consumption = consumption
      effects += self.shareChange(at: now)
    case (.addSibling(let id, let name, let address), let kind):
      effects += self.meet(id, name, address, kind, envelope, at: now)
    case (.updateNet, .ask): effects += self.asked(envelope, at: now)
    case (.updateNet(let nets), .response): effects += self.answered(nets, envelope, at: now)
    case (.updateNet, .tell): effects += self.collect(at: now)
    case (.syncGrid, .tell): effects += self.sync(envelope, at: now)
    case (.updateEnergy, .ask), (.updateEnergy, .response), (.syncGrid, .ask), (.syncGrid, .response): break
    }
    return effects
  }

  /// Power measured here, in place of an UpdateEnergy from outside.
  public mutating func measured(production: Double, consumption: Double, at now: Moment) -> [Effect] {
    guard production != self.production || consumption != self.consumption else { return [] }
    self.production = production
    self.consumption = consumption
    return self.shareChange(at: now)
  }

  /// A message from a neighbour shows that it lives, and that it counts this node among its own.
  private mutating func noteSender(_ envelope: GridEnvelope, at now: Moment) -> [Effect] {
    guard let id = envelope.returnID else { return [] }
    self.noteLife(of: id, at: now)
    if self.siblings[id]?.isLost == true {
      self.siblings[id]?.isLost = false
      self.siblings[id]?.nextAttempt = nil
      return [.log("neighbour \(id) is back")] + self.shareChange(at: now)
    }
    if self.siblings[id] == nil, case .updateNet = envelope.message,
      let open = self.pending.first(where: { $0.value.id == id })
    {
      // It ignored the request to become a neighbour because, after a restart of this node, it still is one.
      self.pending[open.key] = nil
      self.siblings[id] = open.value.sibling
      return self.shareChange(at: now)
    }
    return []
  }

  private mutating func noteLife(of id: String, at now: Moment) {
    self.siblings[id]?.lastHeard = now.monotonic
    self.siblings[id]?.losses = 0
  }

  // MARK: Neighbours

  private var introduction: GridEnvelope.Message {
    .addSibling(id: self.settings.id, name: self.settings.name, address: self.settings.address)
  }

  private mutating func meet(
    _ id: String, _ name: String, _ address: String, _ kind: GridEnvelope.Kind, _ envelope: GridEnvelope,
    at now: Moment
  ) -> [Effect] {
    guard id != self.settings.id else {
      return [.log("refused a neighbour at \(address) with this node's own id \(id)")]
    }
    if let known = self.siblings[id], known.address != address, !known.isLost {
      return [.log("refused a second node with id \(id) at \(address); one is at \(known.address)")]
    }
    guard self.siblings[id] != nil || self.siblings.count < Self.mostSiblings else {
      return [.log("refused neighbour \(id): there are \(Self.mostSiblings) already")]
    }
    let sibling = Sibling(name: name, address: address)
    switch kind {
    case .tell: return self.invite(id, sibling, at: now)
    case .ask:
      // Also one that is known already: it may have restarted, and waits.
      let isBack = self.siblings[id]?.isLost == true
      self.siblings[id] = sibling
      var effects = [
        self.send(
          GridEnvelope(
            .response, self.introduction, requestID: envelope.requestID, masterID: envelope.masterID),
          to: address, at: now)
      ]
      if isBack { effects += self.shareChange(at: now) }
      return effects
    case .response:
      guard let request = envelope.requestID, let open = self.pending.removeValue(forKey: request) else {
        return []
      }
      guard open.id == id || open.sibling.address == address else {
        return [.log("refused an introduction of \(id) that was asked of \(open.id)")]
      }
      self.siblings[id] = sibling
      return self.shareChange(at: now)
    }
  }

  mutating func invite(_ id: String, _ sibling: Sibling, at now: Moment) -> [Effect] {
    guard self.pending.count < Self.mostSiblings else { return [.log("too many neighbours to be")] }
    let request = self.identifier()
    self.pending = self.pending.filter { $0.value.id != id }
    self.pending[request] = (id, sibling, now.monotonic + self.settings.patience)
    return [
      self.send(
        GridEnvelope(
          .ask, self.introduction, returnID: self.settings.id, requestID: request, masterID: request),
        to: sibling.address, at: now)
    ]
  }

  /// Makes a neighbour without any message: where a simulation begins.
  public mutating func acquaint(id: String, name: String, address: String) {
    self.siblings[id] = Sibling(name: name, address: address)
  }

  // MARK: Sums

  mutating func shareChange(at now: Moment) -> [Effect] {
    var effects = self.collect(at: now)
    let master = self.identifier()
    self.remember(master, at: now)
    for sibling in self.reachable {
      effects.append(
        self.send(
          GridEnvelope(
            .tell, .syncGrid, returnID: self.settings.id, requestID: self.identifier(), masterID: master),
          to: sibling.address, at: now))
    }
    return effects
  }

  /// Begins an own round.
  mutating func collect(at now: Moment) -> [Effect] {
    self.nextRefresh = now.monotonic + self.settings.refresh
    guard self.rounds.count < Self.mostRounds else { return [.log("too many rounds at once")] }
    self.roundNumber += 1
    return self.begin(master: self.identifier(), asker: nil, to: self.reachableIDs, at: now)
  }

  private mutating func begin(
    master: String, asker: (id: String, request: String)?, to ids: [String], at now: Moment
  ) -> [Effect] {
    self.remember(master, at: now)
    var round = Round(
      asker: asker, nets: [self.settings.id: self.net], began: now.monotonic, number: self.roundNumber)
    var effects: [Effect] = []
    for id in ids {
      guard let address = self.siblings[id]?.address else { continue }
      let request = self.identifier()
      round.waiting[request] = id
      effects.append(
        self.send(
          GridEnvelope(
            .ask, .updateNet([:]), returnID: self.settings.id, requestID: request, masterID: master),
          to: address, at: now))
    }
    self.rounds[master] = round
    return effects + self.closeIfDone(master, at: now)
  }

  private mutating func asked(_ envelope: GridEnvelope, at now: Moment) -> [Effect] {
    guard let asker = envelope.returnID, let address = self.siblings[asker]?.address,
      let request = envelope.requestID, let master = envelope.masterID
    else {
      return [.log("no answer to a question from \(envelope.returnID ?? "nobody"), who is no neighbour")]
    }
    if self.seen[master] != nil || self.rounds.count >= Self.mostRounds {
      return [self.send(self.answer([:], request, master), to: address, at: now)]
    }
    return self.begin(
      master: master, asker: (asker, request), to: self.reachableIDs.filter { $0 != asker }, at: now)
  }

  private func answer(_ nets: [String: Double], _ request: String, _ master: String) -> GridEnvelope {
    GridEnvelope(.response, .updateNet(nets), requestID: request, masterID: master)
  }

  private mutating func answered(
    _ nets: [String: Double], _ envelope: GridEnvelope, at now: Moment
  ) -> [Effect] {
    guard let master = envelope.masterID, let request = envelope.requestID,
      let sibling = self.rounds[master]?.waiting.removeValue(forKey: request)
    else { return [] }
    self.noteLife(of: sibling, at: now)
    for (id, net) in nets
    where id != self.settings.id && self.rounds[master]?.nets.count ?? 0 < GridEnvelope.mostNets {
      self.rounds[master]?.nets[id] = net
    }
    return self.closeIfDone(master, at: now)
  }

  mutating func closeIfDone(_ master: String, at now: Moment) -> [Effect] {
    guard let round = self.rounds[master], round.waiting.isEmpty else { return [] }
    self.rounds[master] = nil
    guard let asker = round.asker else {
      // An older round that ends later knows less.
      if round.number >= self.settledNumber {
        self.settledNumber = round.number
        self.gridNet = round.nets.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
      }
      return []
    }
    guard let address = self.siblings[asker.id]?.address else { return [] }
    return [self.send(self.answer(round.nets, asker.request, master), to: address, at: now)]
  }

  private mutating func sync(_ envelope: GridEnvelope, at now: Moment) -> [Effect] {
    let master = envelope.masterID ?? self.identifier()
    guard self.seen[master] == nil else { return [] }
    self.remember(master, at: now)
    var effects = self.collect(at: now)
    for id in self.reachableIDs where id != envelope.returnID {
      guard let address = self.siblings[id]?.address else { continue }
      effects.append(
        self.send(
          GridEnvelope(
            .tell, .syncGrid, returnID: self.settings.id, requestID: self.identifier(), masterID: master),
          to: address, at: now))
    }
    return effects
  }

  private mutating func remember(_ master: String, at now: Moment) {
    if self.seen.count >= Self.mostRounds, let oldest = self.seen.min(by: { $0.value < $1.value }) {
      self.seen[oldest.key] = nil
    }
    self.seen[master] = now.monotonic + self.settings.patience * 6
  }

  private var reachableIDs: [String] {
    self.siblings.filter { !$0.value.isLost }.map(\.key).sorted()
  }

  private var reachable: [Sibling] { self.reachableIDs.compactMap { self.siblings[$0] } }

  private mutating func send(_ envelope: GridEnvelope, to address: String, at now: Moment) -> Effect {
    .send(
      envelope.encoded(
        to: address, id: self.identifier(), seconds: Double(now.wall.milliseconds) / 1000), to: address)
  }

  /// A random UUID (RFC 4122, version 4).
  private mutating func identifier() -> String {
    var digits = ""
    for word in [self.generator.next(), self.generator.next()] {
      let text = String(word, radix: 16)
      digits += String(repeating: "0", count: 16 - text.count) + text
    }
    var characters = Array(digits)
    characters[12] = "4"
    characters[16] = "a"
    let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
    return groups.map { String(characters[$0]) }.joined(separator: "-")
  }
}
