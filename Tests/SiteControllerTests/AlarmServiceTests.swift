import Alarms
import Control
import Cryptography
import JSONText
import LinuxHost
import Ports
import Quantities
import SiteController
import SiteModel
import Synchronization
import Testing

/// A site whose troubles, channels, disk and clock are played.
private final class PlayedSite: Sendable {
  struct State {
    var monotonic = MonotonicInstant(milliseconds: 0)
    var wall = UTCInstant(milliseconds: 1_748_772_000_000)  // 2025-06-01T10:00:00Z
    var sight = AlarmSight()
    var answers: [AlarmChannel: DeliveryOutcome] = [:]
    var arrived: [AlarmChannel: [AlarmMessage]] = [:]
    var attempts = 0
    var disk: [UInt8]?
    var isDiskFull = false
    var notices: [AlarmService.Notice] = []
  }

  /// What the service's closures share with the test.
  final class Stage: Sendable {
    private let state = Mutex(State())
    func withLock<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
      self.state.withLock { body(&$0) }
    }
  }

  let state = Stage()
  let service: AlarmService

  init(disk: [UInt8]? = nil, at start: Duration = .zero) {
    let state = self.state
    state.withLock {
      $0.disk = disk
      $0.monotonic = $0.monotonic + start
      $0.wall = $0.wall + start
    }
    self.service = AlarmService(
      Self.site,
      AlarmService.Parts(
        executor: DedicatedThreadExecutor(name: "alarms"), seed: 1, isSimulated: false,
        clock: { state.withLock { AlarmTime(monotonic: $0.monotonic, wall: $0.wall) } },
        look: { state.withLock { $0.sight } },
        send: { channel, message, _, _ in
          state.withLock {
            $0.attempts += 1
            let answer = $0.answers[channel] ?? .delivered
            if answer == .delivered { $0.arrived[channel, default: []].append(message) }
            return answer
          }
        }, load: { state.withLock { $0.disk } },
        keep: { bytes in
          state.withLock {
            if $0.isDiskFull { return "no space" }
            $0.disk = bytes
            return nil
          }
        }, notice: { notice in state.withLock { $0.notices.append(notice) } }))
  }

  static var site: Site {
    var site = Site(
      name: "Hall", location: Location(latitude: 0, longitude: 0), zone: .utc, currency: "EUR",
      grid: GridConnection(importCap: Kilowatts(10)), meters: [], banks: [], importTariff: .fixed(0))
    site.alarms.webhook = AlarmSettings.Webhook(address: .plain("https://example.org/hook"))
    if let server = HostPort("mail.example.org:587") {
      site.alarms.mail = AlarmSettings.Mail(server: server, from: "a@example.org", to: ["b@example.org"])
    }
    return site
  }

  /// So many seconds of the service's life, each with the deliveries it begins.
  func live(_ seconds: Int) async {
    for _ in 0..<seconds {
      for (channel, delivery) in await self.service.tick() {
        await self.service.deliver(delivery, over: channel)
      }
      self.state.withLock {
        $0.monotonic = $0.monotonic + .seconds(1)
        $0.wall = $0.wall + .seconds(1)
      }
    }
  }

  func see(_ conditions: AlarmCondition...) { self.state.withLock { $0.sight.conditions = conditions } }
  func answer(_ channel: AlarmChannel, _ outcome: DeliveryOutcome) {
    self.state.withLock { $0.answers[channel] = outcome }
  }
  func arrived(_ channel: AlarmChannel) -> [AlarmMessage.Reason] {
    self.state.withLock { ($0.arrived[channel] ?? []).map(\.reason) }
  }
}

struct `Alarms of a running site` {
  private static let stop = AlarmCondition(.emergencyStop, detail: "pressed")

  @Test func `reach every channel once, are acknowledged, and end`() async throws {
    let site = PlayedSite()
    await site.service.restore()
    site.see(Self.stop)
    await site.live(60)
    #expect(site.arrived(.mail) == [.raised] && site.arrived(.webhook) == [.raised])
    #expect(site.service.report["open"]?.array?.first?["acknowledged_by"]?.isNull == true)
    #expect(await site.service.acknowledge("1", by: "anna", until: "09:00") == .success(1))
    let open = site.service.report["open"]?.array?.first
    #expect(open?["acknowledged_by"]?.string == "anna")
    // A time of day that is past is tomorrow's.
    #expect(open?["acknowledged_until"]?.string == "2025-06-02T09:00:00Z")
    site.see()
    await site.live(400)
    #expect(site.arrived(.mail) == [.raised, .over] && site.service.report["open"]?.array == [])
    #expect(site.service.report["closed"]?.array?.first?["kind"]?.string == "emergencyStop")
  }

  @Test func `wait for a channel that is down, reach the other at once, and become an alarm`() async {
    let site = PlayedSite()
    site.answer(.mail, .failed("nobody there"))
    site.see(Self.stop)
    await site.live(1300)
    #expect(site.arrived(.mail).isEmpty)
    let told = site.state.withLock { $0.arrived[.webhook] ?? [] }.flatMap(\.raised).map(\.kind)
    #expect(told == [.emergencyStop, .channelFailing])
    #expect(site.state.withLock { $0.notices }.count { if case .failing = $0 { true } else { false } } == 1)
    site.answer(.mail, .delivered)
    await site.live(1000)
    let mails = site.state.withLock { $0.arrived[.mail] ?? [] }
    #expect(Set(mails.map(\.id)).count == mails.count && mails.first?.raised.map(\.kind) == [.emergencyStop])
  }

  @Test func `outlive a restart, with messages that have not arrived`() async {
    let before = PlayedSite()
    before.answer(.mail, .failed("nobody there"))
    before.see(Self.stop)
    await before.live(30)
    #expect(await before.service.acknowledge("all", by: "anna", until: nil) == .success(1))
    let after = PlayedSite(disk: before.state.withLock { $0.disk }, at: .seconds(40))
    after.see(Self.stop)
    await after.service.restore()
    #expect(after.service.report["open"]?.array?.first?["acknowledged_by"]?.string == "anna")
    await after.live(60)
    #expect(after.arrived(.mail) == [.raised] && after.arrived(.webhook) == [])
  }

  @Test func `go on without a disk and with rubbish on it`() async {
    let site = PlayedSite(disk: Array("{\"version\":1,\"open\":".utf8))
    site.state.withLock { $0.isDiskFull = true }
    await site.service.restore()
    site.see(Self.stop)
    await site.live(200)
    #expect(site.arrived(.mail) == [.raised])
    let notices = site.state.withLock { $0.notices }
    #expect(notices.count { if case .notRestored = $0 { true } else { false } } == 1)
    #expect(notices.count { $0 == .notKept("no space") } == 1)
    site.state.withLock { $0.isDiskFull = false }
    await site.live(70)
    #expect(site.state.withLock { $0.disk }?.isEmpty == false)
    #expect(String(decoding: site.state.withLock { $0.disk } ?? [], as: UTF8.self).contains("emergencyStop"))
  }

  @Test func `are tried by a test that waits in no queue`() async {
    let site = PlayedSite()
    site.answer(.webhook, .rejected("the server answered 403"))
    let outcomes = await site.service.test()
    #expect(outcomes.map(\.channel) == [.webhook, .mail])
    #expect(outcomes.map(\.outcome) == [.rejected("the server answered 403"), .delivered])
    #expect(site.arrived(.mail) == [.test] && site.state.withLock { $0.attempts } == 2)
    await site.live(60)
    #expect(site.state.withLock { $0.attempts } == 2)
  }

  @Test(arguments: ["8", "-1", "x", ""])
  func `that do not stand cannot be acknowledged`(_ which: String) async {
    let site = PlayedSite()
    site.see(Self.stop)
    await site.live(2)
    guard case .failure = await site.service.acknowledge(which, by: "anna", until: nil) else {
      Issue.record("\(which) was taken")
      return
    }
    guard case .failure = await site.service.acknowledge("1", by: "anna", until: "soon") else {
      Issue.record("a time that is none was taken")
      return
    }
  }
}

struct `A webhook call` {
  private static let message = AlarmMessage(
    site: "Hall", at: UTCInstant(milliseconds: 0), reason: .test, isSimulated: false)

  @Test func `carries token, time and a signature of both`() throws {
    let call = WebhookCall.request(
      Self.message, dropped: 0, url: "https://example.org/", token: "t0ken", secret: "key",
      within: .seconds(5),
      zone: .utc, at: UTCInstant(milliseconds: 1_748_772_000_999))
    func header(_ name: String) -> String? { call.headers.first { $0.name == name }?.value }
    #expect(header("Authorization") == "Bearer t0ken" && header("X-RigShift-Timestamp") == "1748772000")
    let signed = Array("1748772000.".utf8) + call.body
    #expect(
      header("X-RigShift-Signature") == "sha256=\(HMAC.sha256(signed, key: Array("key".utf8)).hexadecimal)")
    #expect(try JSONValue.parse(call.body)["reason"]?.string == "test")
    let bare = WebhookCall.request(
      Self.message, dropped: 0, url: "https://example.org/", token: nil, secret: nil, within: .seconds(5),
      zone: .utc, at: UTCInstant(milliseconds: 0))
    #expect(bare.headers.map(\.name) == ["Content-Type"])
  }

  @Test(
    arguments: [
      (200, .delivered), (204, .delivered), (400, .rejected("the server answered 400")),
      (403, .rejected("the server answered 403")), (404, .rejected("the server answered 404")),
      (429, .failed("the server answered 429", after: .seconds(7))),
      (503, .failed("the server answered 503", after: .seconds(7))),
    ] as [(Int, DeliveryOutcome)])
  func `counts as its status says`(_ status: Int, _ outcome: DeliveryOutcome) {
    let response = HTTPResponse(status: status, headers: [HTTPHeader("retry-after", "7")])
    #expect(WebhookCall.outcome(.success(response)) == outcome)
  }

  @Test func `never repeats an address, which may be a secret`() {
    let outcome = WebhookCall.outcome(.failure(.redirected(to: "https://example.org/s3cret")))
    #expect(outcome.why?.contains("s3cret") == false)
  }
}

struct `Signs of alarms` {
  @Test func `of feeds and peers are read from what they report`() {
    let feeds: JSONValue = [
      ["feed": "weather", "state": "good", "why": nil], ["feed": "carbon", "state": "failing", "why": "503"],
      ["feed": "import price", "state": "needs_person", "why": "the service answered 401"],
    ]
    #expect(
      AlarmSigns.conditions(feeds: feeds) == [
        AlarmCondition(.feedRefused, about: "import price", detail: "the service answered 401")
      ])
    let peers: JSONValue = [
      ["name": "north", "heard_s_ago": 2.5, "forked": false, "failure": nil],
      ["name": "south", "heard_s_ago": 900, "forked": true, "failure": "not reachable"],
      ["name": "west", "heard_s_ago": nil, "forked": false, "failure": nil],
    ]
    let found = AlarmSigns.conditions(peers: peers)
    #expect(found.map(\.kind) == [.peerForked, .peerSilent, .peerSilent])
    #expect(found.map(\.about) == ["south", "south", "west"])
    #expect(AlarmSigns.conditions(feeds: nil).isEmpty && AlarmSigns.conditions(peers: ["x"]).count == 1)
  }
}
