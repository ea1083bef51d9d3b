import Forecasting
import JSONText
import Ports
import Quantities
import SiteController
import SiteModel
import Synchronization
import Testing

struct `The schedule of a feed` {
  private static let start = MonotonicInstant(milliseconds: 1_000_000)

  @Test func `waits longer after every failure, up to an hour, and half of that at least`() {
    var schedule = FeedSchedule(every: .minutes(30), callsPerDay: 1000, age: nil, seed: 1, at: Self.start)
    var now = Self.start
    for failure in 0..<12 {
      let begins = [schedule.begin(at: now), schedule.begin(at: now)]
      #expect(begins == [true, false])
      schedule.end(.failed, at: now)
      let whole = min(Duration.minutes(1) * (1 << failure), .hours(1))
      #expect(schedule.next - now <= whole && schedule.next - now >= whole * 0.49)
      now = schedule.next
    }
    #expect(schedule.failures == 12)
    let begins = schedule.begin(at: now)
    #expect(begins)
    schedule.end(.answered, at: now)
    #expect(schedule.failures == 0)
    #expect(schedule.next - now >= .minutes(30) && schedule.next - now < .minutes(32))
  }

  @Test func `heeds the patience it is asked for, up to a day`() {
    for (asked, least) in [(Duration.hours(2), Duration.hours(2)), (.hours(1000), .hours(24))] {
      var schedule = FeedSchedule(every: .minutes(30), callsPerDay: 10, age: nil, seed: 1, at: Self.start)
      let begins = schedule.begin(at: Self.start)
      #expect(begins)
      schedule.end(.limited(asked), at: Self.start)
      #expect(schedule.next - Self.start == least)
    }
  }

  @Test func `makes no more calls in a day than its budget`() {
    var schedule = FeedSchedule(every: .minutes(1), callsPerDay: 5, age: nil, seed: 1, at: Self.start)
    var calls = 0
    for second in 0..<86_399 {
      let now = Self.start + .seconds(Int64(second))
      if schedule.begin(at: now) {
        calls += 1
        schedule.end(.answered, at: now)
      }
    }
    #expect(calls == 5)
    let begins = schedule.begin(at: Self.start + .hours(24))
    #expect(begins)
  }

  @Test func `asks at once without an answer, and not before it is due with one`() {
    #expect(
      FeedSchedule(every: .hours(1), callsPerDay: 9, age: nil, seed: 1, at: Self.start).next == Self.start)
    #expect(
      FeedSchedule(every: .hours(1), callsPerDay: 9, age: .minutes(20), seed: 1, at: Self.start).next
        == Self.start + .minutes(40))
    #expect(
      FeedSchedule(every: .hours(1), callsPerDay: 9, age: .hours(20), seed: 1, at: Self.start).next
        == Self.start)
  }
}

struct `Live feeds` {
  private static func site(_ service: FeedSource.Service = .awattar, keyFile: String? = nil) -> Site {
    let feed = FeedSource(
      service: service, address: "https://example.org", every: .minutes(30), callsPerDay: 96,
      keyFile: keyFile)
    var site = Site(
      name: "here", location: Location(latitude: 51.5, longitude: -0.1), zone: .utc, currency: "EUR",
      grid: GridConnection(importCap: Kilowatts(10)), meters: [], banks: [],
      importTariff: .feed(SeriesFeed(source: feed, fallback: .constant(0.1))))
    if case .openMeteo = service {
      site.importTariff = .fixed(0.2)
      site.weather = .feed(feed)
    }
    return site
  }

  private static func body(price: String = "84.2", unit: String = "Eur/MWh", start: Int64 = 1_773_230_400_000)
    -> String
  {
    "{\"data\":[{\"start_timestamp\":\(start),\"end_timestamp\":\(start + 7_200_000),\"marketprice\":\(price),"
      + "\"unit\":\"\(unit)\"}]}"
  }

  private static func answer(_ service: FeedService, _ site: Site) -> FeedAnswer<IntervalSeries> {
    var answers = FeedAnswers()
    service.add(to: &answers, for: site)
    return answers.importPrices
  }

  /// Status, body, and what is said of it.
  static let faults: [(status: Int, body: String, why: String)] = [
    (200, "", "ends too early"), (200, "<html><body>maintenance</body></html>", "a page instead of data"),
    (200, String(body().dropLast(20)), ""), (200, body(unit: "Usd/MWh"), "prices in USD"),
    (200, body(unit: "Eur/kWh"), "another unit"), (200, body(price: "NaN"), "not a number"),
    (200, body(price: "1e300"), "cannot be true"), (200, body(start: 1_773_057_600_000), "none for now"),
    (200, "{\"data\":[]}", "no values"), (200, "{\"data\":", "ends too early"),
    (500, "", "status 500"), (503, "", "status 503"), (429, "{\"reason\":\"limit\"}", "limit"),
    (404, "", "status 404"), (401, "", "status 401"), (304, "", "status 304"), (302, "", "status 302"),
    (200, String(repeating: "[", count: 1000), "nested"),
  ]

  @Test(arguments: faults)
  func `keep the last good answer with its age whatever else comes`(
    fault: (status: Int, body: String, why: String)
  ) async throws {
    let played = PlayedService()
    let service = played.service()
    let site = Self.site()
    await service.adopt(site)
    played.give(200, Self.body())
    #expect(await service.due() == [.importPrice])
    await service.ask(.importPrice)
    guard case .given(let good, let issued) = Self.answer(service, site) else {
      Issue.record("no answer")
      return
    }
    let kept = played.state.withLock { $0.kept }
    var board = FeedBoard()
    var answers = FeedAnswers(importPrices: Self.answer(service, site))
    #expect(board.take(answers, site: site, at: issued).feeds.first?.rung == .fresh)

    played.pass(.minutes(40))
    played.give(fault.status, fault.body)
    #expect(await service.due() == [.importPrice])
    await service.ask(.importPrice)
    guard case .kept(let still, let since, let why) = Self.answer(service, site) else {
      Issue.record("\(Self.answer(service, site))")
      return
    }
    #expect(still == good && since == issued)
    #expect(why.contains(fault.why), "\(why)")
    #expect(played.state.withLock { $0.kept } == kept)
    answers.importPrices = Self.answer(service, site)
    let inputs = board.take(answers, site: site, at: issued + .minutes(40))
    #expect(inputs.importPrices == good)
    #expect(inputs.feeds.first?.rung == .lastGood && inputs.feeds.first?.age == .minutes(40))

    // A new process begins with what was kept, and a board without a memory takes it with its age.
    let later = played.service()
    await later.adopt(site)
    await later.ask(.importPrice)
    answers.importPrices = Self.answer(later, site)
    var newBoard = FeedBoard()
    let after = newBoard.take(answers, site: site, at: issued + .minutes(40))
    #expect(after.importPrices == good && after.feeds.first?.rung == .lastGood)
    let notices = played.state.withLock { $0.notices }
    #expect(notices.count == 3)
  }

  @Test func `ask only for what is new, and take that nothing is for good`() async {
    let played = PlayedService()
    let service = played.service()
    let site = Self.site()
    await service.adopt(site)
    played.give(200, Self.body(), [HTTPHeader("etag", "\"7\""), HTTPHeader("age", "60")])
    await service.ask(.importPrice)
    guard case .given(_, let issued) = Self.answer(service, site) else {
      Issue.record("no answer")
      return
    }
    #expect(issued == played.state.withLock { $0.wall } - .minutes(1))
    played.pass(.minutes(30))
    played.give(304, "")
    await service.ask(.importPrice)
    guard case .given(_, let again) = Self.answer(service, site) else {
      Issue.record("no answer")
      return
    }
    #expect(again == issued + .minutes(31))
    let request = played.state.withLock { $0.requests.last }
    #expect(request?.headers.contains(HTTPHeader("If-None-Match", "\"7\"")) == true)
  }

  @Test func `show a key to its service and to nobody else`() async {
    let played = PlayedService()
    let service = played.service()
    await service.adopt(Self.site(.openMeteo(models: [], isEnsemble: false), keyFile: "/keys/weather"))
    played.state.withLock {
      $0.answer = .failure(.unreachable("https://example.org?apikey=s3cret%20key, or s3cret key"))
    }
    await service.ask(.weather)
    let (requests, notices) = played.state.withLock { ($0.requests, $0.notices) }
    #expect(requests.first?.url.contains("apikey=s3cret%20key") == true)
    #expect(!"\(notices)".contains("s3cret") && "\(notices)".contains("***"))
    #expect(!(await service.report().text()).contains("s3cret"))
  }

  @Test func `take no kept answer to another question`() async {
    let played = PlayedService()
    let site = Self.site()
    let service = played.service()
    await service.adopt(site)
    played.give(200, Self.body())
    await service.ask(.importPrice)
    let other = Self.site(.energyCharts(zone: "FR"))
    let later = played.service()
    await later.adopt(other)
    guard case .failed = Self.answer(later, other) else {
      Issue.record("an answer to another question")
      return
    }
  }

  @Test func `damage on disk is no answer`() {
    let kept = KeptFeed(
      role: .carbon, issued: UTCInstant(seconds: 1), until: UTCInstant(seconds: 2), validator: nil,
      question: "q", body: Array("body".utf8))
    #expect(KeptFeed(kept.bytes) == kept)
    for index in kept.bytes.indices {
      #expect(KeptFeed(Array(kept.bytes[..<index])) == nil)
    }
    var bytes = kept.bytes
    bytes[bytes.count - 1] ^= 1
    #expect(KeptFeed(bytes) == nil)
  }
}
