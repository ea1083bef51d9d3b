public import Quantities

/// The site's side of its broker: when to connect, what to publish, what a message asks for. Of what the site is to show
/// it remembers the latest alone, so that an hour without a broker costs no memory and, after it, nobody sees an hour of
/// old news.
public struct MQTTSession: Sendable {
  /// What happened to the connection.
  public enum Event: Sendable, Hashable {
    case connected
    /// It ended, or never came about. `needsPerson` when waiting will not mend it.
    case ended(why: String, needsPerson: Bool)
    /// The broker took one published message, or refused it and says why.
    case acknowledged(refusal: String?)
    case subscriptionRefused(why: String)
    case received(MQTTMessage)
  }

  /// What must be done, in order.
  public enum Effect: Sendable, Hashable {
    case connect
    case disconnect
    case subscribe([String])
    case unsubscribe([String])
    case publish(RetainedTopic)
    case command(HomeCommand)
    case notice(Notice)
  }

  /// What a person may want to know.
  public enum Notice: Sendable, Hashable {
    case connected
    case lost(why: String, needsPerson: Bool)
    /// So many messages since this was said last, the newest of them on `topic`.
    case ignored(HomeCommand.Ignored, topic: String, count: Int)
    /// The broker will not take or give something.
    case refused(why: String, count: Int)
  }

  private enum Phase: Sendable {
    case waiting(until: MonotonicInstant)
    case connecting(since: MonotonicInstant)
    case connected(since: MonotonicInstant)
  }

  private let topics: HomeTopics
  private var phase = Phase.waiting(until: MonotonicInstant(milliseconds: .min))
  private var backOff: BackOff
  private var interval = Duration.seconds(10)

  /// What is to be shown, in order, and since when that has been so.
  private var wanted: [RetainedTopic] = []
  private var wantedAt = MonotonicInstant(milliseconds: .min)
  private var targets: [String: HomeTarget] = [:]
  private var takesCommands = false

  /// What this connection has been given.
  private var shown: [String: (payload: String, at: MonotonicInstant)] = [:]
  /// Descriptions of what the site no longer has.
  private var leftovers: [String] = []
  private var looksForLeftovers = false
  private var cursor = 0
  /// Published and not acknowledged, and when that last got better.
  private var inFlight = 0
  private var progressAt = MonotonicInstant(milliseconds: .min)
  private var pace = Allowance(burst: Limits.burst, perSecond: Limits.messagesPerSecond)
  private var commandPace = Allowance(burst: Limits.commandBurst, perSecond: Limits.commandsPerSecond)

  private var saidWhy: String?
  private var ignored: [HomeCommand.Ignored: Complaint] = [:]
  private var refused = Complaint(every: Limits.complaintSpacing)

  public init(topics: HomeTopics, seed: UInt64) {
    self.topics = topics
    self.backOff = BackOff(seed: seed)
  }

  public var isConnected: Bool {
    if case .connected = self.phase { true } else { false }
  }

  /// Whether the broker has acknowledged everything it was given.
  public var isAcknowledged: Bool { self.inFlight == 0 }

  /// The latest of everything the site shows, at most every `interval` for its figures, and what may be commanded.
  public mutating func want(
    _ topics: [RetainedTopic], every interval: Duration, targets: [String: HomeTarget], takesCommands: Bool,
    at now: MonotonicInstant
  ) {
    if !self.wanted.elementsEqual(topics, by: { $0.name == $1.name }) {
      let names = Set(topics.map(\.name))
      self.leftovers.removeAll { names.contains($0) }
      for topic in self.wanted where !names.contains(topic.name) && self.topics.isDescription(topic.name) {
        self.remove(topic.name)
      }
      self.cursor = 0
    }
    self.wanted = topics
    self.wantedAt = now
    self.interval = interval
    self.targets = targets
    self.takesCommands = takesCommands
  }

  /// What is due at present. To be called a few times a second, and after every event.
  public mutating func step(at now: MonotonicInstant) -> [Effect] {
    switch self.phase {
    case .waiting(let until):
      // Whoever connects has something to show.
      guard now >= until, !self.wanted.isEmpty else { return [] }
      self.phase = .connecting(since: now)
      return [.connect]
    case .connecting(let since):
      guard now - since > Limits.answerWithin else { return [] }
      return [.disconnect] + self.end(why: "the broker did not answer in time", needsPerson: false, at: now)
    case .connected(let since):
      if self.inFlight > 0, now - self.progressAt > Limits.answerWithin {
        return [.disconnect]
          + self.end(why: "the broker stopped acknowledging", needsPerson: false, at: now)
      }
      return self.endSearch(since: since, at: now) + self.publishDue(at: now)
    }
  }

  public mutating func handle(_ event: Event, at now: MonotonicInstant) -> [Effect] {
    switch event {
    case .connected: return self.begin(at: now)
    case .ended(let why, let needsPerson): return self.end(why: why, needsPerson: needsPerson, at: now)
    case .acknowledged(let refusal):
      self.inFlight = max(0, self.inFlight - 1)
      self.progressAt = now
      return refusal.map { self.complain($0, at: now) } ?? []
    case .subscriptionRefused(let why): return self.complain(why, at: now)
    case .received(let message): return self.take(message, at: now)
    }
  }

  /// What a site that stops says last. The connection ends once it is acknowledged.
  public mutating func farewell(at now: MonotonicInstant) -> [Effect] {
    guard self.isConnected else { return [] }
    return [self.publish(self.availability(false), at: now)]
  }

  // MARK: The connection

  private mutating func begin(at now: MonotonicInstant) -> [Effect] {
    guard case .connecting = self.phase else { return [] }
    self.phase = .connected(since: now)
    self.shown = [:]
    self.cursor = 0
    self.inFlight = 0
    self.saidWhy = nil
    self.looksForLeftovers = true
    return [.notice(.connected), .subscribe(self.topics.commands), .subscribe([self.topics.descriptions])]
  }

  private mutating func end(why: String, needsPerson: Bool, at now: MonotonicInstant) -> [Effect] {
    switch self.phase {
    case .waiting: return []
    case .connecting: self.backOff.failed()
    case .connected(let since): self.backOff.ended(after: now - since)
    }
    self.phase = .waiting(until: now + self.backOff.pause())
    guard self.saidWhy != why else { return [] }
    self.saidWhy = why
    return [.notice(.lost(why: why, needsPerson: needsPerson))]
  }

  // MARK: What is shown

  private func availability(_ isFresh: Bool) -> RetainedTopic {
    RetainedTopic(self.topics.availability, HomeImage.online(isFresh))
  }

  private mutating func publish(_ topic: RetainedTopic, at now: MonotonicInstant) -> Effect {
    if self.inFlight == 0 { self.progressAt = now }
    self.inFlight += 1
    self.shown[topic.name] = (topic.payload, now)
    return .publish(topic)
  }

  /// As much as pace and acknowledgements allow, going round everything. The availability comes last, so that a new
  /// connection shows the site when all of it is there.
  private mutating func publishDue(at now: MonotonicInstant) -> [Effect] {
    let latest = self.availability(now - self.wantedAt <= Limits.staleAfter)
    let count = self.wanted.count + 1
    var effects: [Effect] = []
    while let leftover = self.leftovers.last, self.inFlight < Limits.inFlight, self.pace.take(at: now) {
      self.leftovers.removeLast()
      effects.append(self.publish(RetainedTopic(leftover, ""), at: now))
    }
    for _ in 0..<count where self.inFlight < Limits.inFlight {
      let topic = self.cursor < self.wanted.count ? self.wanted[self.cursor] : latest
      if self.isDue(topic, at: now) {
        guard self.pace.take(at: now) else { break }
        effects.append(self.publish(topic, at: now))
      }
      self.cursor = (self.cursor + 1) % count
    }
    return effects
  }

  private func isDue(_ topic: RetainedTopic, at now: MonotonicInstant) -> Bool {
    guard let shown = self.shown[topic.name] else { return true }
    guard shown.payload != topic.payload else { return false }
    return topic.pace == .atOnce || now - shown.at >= self.interval
  }

  // MARK: What is left over

  /// Descriptions kept by the broker come within seconds of the subscription.
  private mutating func endSearch(since: MonotonicInstant, at now: MonotonicInstant) -> [Effect] {
    guard self.looksForLeftovers, now - since > Limits.searchFor else { return [] }
    self.looksForLeftovers = false
    return [.unsubscribe([self.topics.descriptions])]
  }

  private mutating func remove(_ topic: String) {
    guard self.leftovers.count < Limits.leftovers, !self.leftovers.contains(topic) else { return }
    self.leftovers.append(topic)
  }

  // MARK: Messages

  private mutating func take(_ message: MQTTMessage, at now: MonotonicInstant) -> [Effect] {
    guard self.isConnected else { return [] }
    if self.topics.isDescription(message.topic) {
      if message.isRetained, !message.payload.isEmpty,
        !self.wanted.contains(where: { $0.name == message.topic })
      {
        self.remove(message.topic)
      }
      return []
    }
    let why: HomeCommand.Ignored
    switch HomeCommand.read(message, self.targets) {
    case .failure(let reason): why = reason
    case .success where !self.takesCommands: why = .notEnabled
    case .success(let command):
      if self.commandPace.take(at: now) { return [.command(command)] }
      why = .tooMany
    }
    guard let count = self.ignored[why, default: Complaint(every: Limits.complaintSpacing)].said(at: now)
    else { return [] }
    return [.notice(.ignored(why, topic: String(message.topic.prefix(200)), count: count))]
  }

  private mutating func complain(_ why: String, at now: MonotonicInstant) -> [Effect] {
    self.refused.said(at: now).map { [.notice(.refused(why: why, count: $0))] } ?? []
  }
}

extension MQTTSession {
  private enum Limits {
    /// A broker on a small board takes some thousand a second.
    static let messagesPerSecond = 100.0
    static let burst = 100.0
    /// As many as a broker's queue for one client holds by default.
    static let inFlight = 20
    /// A broker that is alive answers within milliseconds.
    static let answerWithin = Duration.seconds(30)
    /// The control loop shows itself every second.
    static let staleAfter = Duration.seconds(30)
    /// Between two lines about what a broker or a client does wrong.
    static let complaintSpacing = Duration.minutes(10)
    static let searchFor = Duration.seconds(10)
    /// Descriptions of the rigs of one large site.
    static let leftovers = 4000
    /// A scene that switches every rig of a home at once; and then as many as the record can carry for years, since every
    /// command is a transaction of it.
    static let commandBurst = 200.0
    static let commandsPerSecond = 0.2
  }
}
