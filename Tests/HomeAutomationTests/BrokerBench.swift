import HomeAutomation
import Quantities
import SiteModel

/// A session with a broker and a clock of the test's own.
struct BrokerBench {
  static let settings: MQTTSettings = {
    // The text is a host and a port.
    var settings = MQTTSettings(broker: HostPort("127.0.0.1:1883")!, baseTopic: "rigshift/test")
    settings.acceptsCommands = true
    return settings
  }()

  var session: MQTTSession
  var now = MonotonicInstant(milliseconds: 1_000_000)
  var settings = Self.settings

  // The broker.
  var isUp = true
  var acknowledges = true
  var refusal: String?
  var retained: [String: String] = [:]
  var published: [RetainedTopic] = []
  var attempts: [MonotonicInstant] = []
  var subscriptions: [String] = []
  private(set) var isJoined = false

  // What came of it.
  var commands: [HomeCommand] = []
  var notices: [MQTTSession.Notice] = []

  init(seed: UInt64 = 1) { self.session = MQTTSession(topics: HomeTopics(Self.settings), seed: seed) }

  mutating func show(_ picture: HomePicture) {
    self.session.want(
      HomeImage.topics(of: picture, self.settings, version: "1.0"), every: self.settings.interval,
      targets: HomeImage.targets(of: picture, self.settings), takesCommands: self.settings.acceptsCommands,
      at: self.now)
  }

  mutating func send(_ topic: String, _ payload: String, isRetained: Bool = false) {
    self.handle(
      .received(MQTTMessage(topic: topic, payload: Array(payload.utf8), isRetained: isRetained)))
  }

  mutating func handle(_ event: MQTTSession.Event) { self.perform(self.session.handle(event, at: self.now)) }

  /// Lets time pass in quarters of a second; `each` second, something may be shown.
  mutating func pass(_ length: Duration, each: (inout BrokerBench, Int) -> Void = { _, _ in }) {
    let steps = Int(length.wholeMilliseconds / 250)
    for step in 0..<steps {
      if step % 4 == 0 { each(&self, step / 4) }
      self.perform(self.session.step(at: self.now))
      self.now = self.now.advanced(byMilliseconds: 250)
    }
  }

  mutating func crash(loses: Bool) {
    self.isUp = false
    if loses { self.retained = [:] }
    if self.isJoined { self.handle(.ended(why: "connection lost", needsPerson: false)) }
    self.isJoined = false
  }

  private mutating func perform(_ effects: [MQTTSession.Effect]) {
    for effect in effects {
      switch effect {
      case .connect:
        self.attempts.append(self.now)
        self.isJoined = self.isUp
        self.handle(self.isUp ? .connected : .ended(why: "connection refused", needsPerson: false))
      case .disconnect: self.isJoined = false
      case .subscribe(let filters):
        self.subscriptions += filters
        // Kept descriptions are the only messages a broker has for a new subscriber.
        guard filters.contains("homeassistant/+/rigshift_test/+/config") else { continue }
        for topic in self.retained.keys.sorted() where topic.hasSuffix("/config") {
          self.send(topic, self.retained[topic] ?? "", isRetained: true)
        }
      case .unsubscribe(let filters): self.subscriptions.removeAll { filters.contains($0) }
      case .publish(let topic):
        self.published.append(topic)
        guard self.acknowledges else { continue }
        self.retained[topic.name] = topic.payload.isEmpty ? nil : topic.payload
        self.handle(.acknowledged(refusal: self.refusal))
      case .command(let command): self.commands.append(command)
      case .notice(let notice): self.notices.append(notice)
      }
    }
  }

  /// A site of one bank of four rigs, the first of them on.
  static func picture(power: Double = 3.25) -> HomePicture {
    var picture = HomePicture(site: "Test")
    picture.rigs = (1...4).map { .init(name: "s19-\($0)", isOn: $0 == 1, reason: "plan 7 wants it so") }
    picture.banks = [.init(name: "s19", rigs: 4, running: 1, wanted: 1, available: 4)]
    picture.meters = [
      .init(
        name: "main", subject: .grid,
        reading: .init(
          power: Kilowatts(power), forward: KilowattHours(12.5), reverse: KilowattHours(0)))
    ]
    picture.rigHours = 4.5
    picture.plan = "optimal"
    return picture
  }

  /// What a broker must hold of it.
  func image(of picture: HomePicture) -> [String: String] {
    let topics = HomeImage.topics(of: picture, self.settings, version: "1.0").map { ($0.name, $0.payload) }
    return Dictionary(
      topics + [("rigshift/test/availability", "online")], uniquingKeysWith: { first, _ in first })
  }
}
