import Forecasting
import JSONText
import MarketFormats
import Ports
import Quantities
import SiteController
import SiteModel
import Synchronization
import Testing

struct `Calls of feeds` {
  private static func site(
    _ service: FeedSource.Service, address: String = "https://example.org", key: String? = "/keys/one",
    header: String? = nil, currency: String = "EUR", callsPerDay: Int = 96, markUp: PriceMarkUp? = nil,
    fallback: DailyProfile? = nil
  ) -> Site {
    let feed = FeedSource(
      service: service, address: address, every: .minutes(30), callsPerDay: callsPerDay, keyFile: key,
      keyHeader: header, markUp: markUp)
    return Site(
      name: "here", location: Location(latitude: 51.5, longitude: -0.1), zone: .utc, currency: currency,
      grid: GridConnection(importCap: Kilowatts(10)), meters: [], banks: [],
      importTariff: .feed(SeriesFeed(source: feed, fallback: fallback)))
  }

  private static let shape = SeriesShape(
    format: .json(rows: ""), start: "t", value: "v", length: .fixed(.hours(1)), unit: "EUR/MWh")

  private static func prices(_ service: FeedService, _ site: Site) -> [Double] {
    var answers = FeedAnswers()
    service.add(to: &answers, for: site)
    var board = FeedBoard()
    return board.take(answers, site: site, at: ServiceSample.start + .minutes(10)).importPrices?.intervals
      .map(\.value)
      ?? []
  }

  // MARK: What is sent

  static let keyed: [(FeedSource.Service, String, String?, String)] = [
    (.entsoe(zone: "10YFR-RTE------C"), "https://example.org", nil, "securityToken=s3cret%20key"),
    (
      .tibber(home: nil, price: .total, isQuarterHourly: true), "https://example.org", nil,
      "Authorization: Bearer s3cret key"
    ),
    (.described(shape), "https://example.org/p", nil, "Authorization: Bearer s3cret key"),
    (.described(shape), "https://example.org/p", "X-Api-Key", "X-Api-Key: s3cret key"),
    (.described(shape), "https://example.org/p?k={key}", nil, "?k=s3cret%20key"),
  ]

  @Test(arguments: keyed)
  func `show a key to its service and to nobody else`(
    service: FeedSource.Service, address: String, header: String?, place: String
  ) async {
    let played = PlayedService()
    let feeds = played.service()
    await feeds.adopt(Self.site(service, address: address, header: header))
    played.state.withLock {
      $0.answer = .failure(.unreachable("https://example.org?k=s3cret%20key with s3cret key"))
    }
    await feeds.ask(.importPrice)
    let (requests, notices) = played.state.withLock { ($0.requests, $0.notices) }
    let sent = requests.flatMap { [$0.url] + $0.headers.map { "\($0.name): \($0.value)" } }
    #expect(sent.contains { $0.contains(place) }, "\(sent)")
    #expect(!"\(notices)".contains("s3cret") && "\(notices)".contains("***"))
    #expect(!(await feeds.report().text()).contains("s3cret"))
  }

  @Test func `ask ENTSO-E for eight days back and three ahead, in whole hours`() {
    let site = Self.site(.entsoe(zone: "10YFR-RTE------C"), key: nil)
    let call = site.feed(for: .importPrice).map {
      FeedCall($0, site: site, key: nil, validator: "\"1\"", at: ServiceSample.start + .minutes(10))
    }
    #expect(
      call?.request.url
        == "https://example.org/api?documentType=A44&contract_MarketAgreement.type=A01&in_Domain=10YFR-RTE------C"
        + "&out_Domain=10YFR-RTE------C&periodStart=202603031200&periodEnd=202603141200")
    #expect(call?.asksIfModified == true)
  }

  @Test func `ask Tibber in GraphQL and never whether something changed`() {
    let site = Self.site(.tibber(home: nil, price: .energy, isQuarterHourly: true), key: nil)
    let call = site.feed(for: .importPrice).map {
      FeedCall($0, site: site, key: nil, validator: "\"1\"", at: ServiceSample.start)
    }
    #expect(call?.request.method == .post && call?.request.url == "https://example.org/v1-beta/gql")
    #expect(
      String(decoding: call?.request.body ?? [], as: UTF8.self)
        == #"{"query":"{viewer{homes{id currentSubscription{priceInfo(resolution:QUARTER_HOURLY)"#
        + #"{today{total energy startsAt currency} tomorrow{total energy startsAt currency}}}}}}"}"#)
    #expect(call?.asksIfModified == false)
  }

  @Test func `put dates where a described address wants them`() {
    let site = Self.site(.described(Self.shape), address: "https://example.org/p?a={from}&b={to}", key: nil)
    let call = site.feed(for: .importPrice).map {
      FeedCall($0, site: site, key: nil, validator: nil, at: ServiceSample.start)
    }
    #expect(call?.request.url == "https://example.org/p?a=2026-03-03&b=2026-03-14")
  }

  // MARK: Two years of a market

  private static func table(_ rows: String) -> Result<HTTPResponse, HTTPFailure> {
    self.whole("受渡日,時刻コード,エリアプライス東京(円/kWh)\n" + rows)
  }

  private static func whole(_ text: String) -> Result<HTTPResponse, HTTPFailure> {
    .success(HTTPResponse(status: 200, headers: [HTTPHeader("etag", "\"y\"")], body: Array(text.utf8)))
  }

  /// The site's time, what the file of each year is, how many calls that takes, and the prices that come of it.
  static let years:
    [(
      at: String, earlier: Result<HTTPResponse, HTTPFailure>, later: Result<HTTPResponse, HTTPFailure>,
      calls: Int, prices: [Double]
    )] = [
      // On the last day of the year the next one's file has tomorrow, once there is one.
      ("2026-03-31T13:10Z", table("2026/03/31,45,1\n"), table("2026/04/01,1,2\n"), 2, [1, 2]),
      ("2026-03-31T13:10Z", table("2026/03/31,45,1\n"), .success(HTTPResponse(status: 404)), 2, [1]),
      ("2026-03-31T13:10Z", table("2026/03/31,45,1\n"), .failure(.timedOut), 2, [1]),
      ("2026-03-31T13:10Z", table("2026/03/31,45,1"), table("2026/04/01,1,2\n"), 2, []),
      // The row that was cut off would swallow the next header, and the next rows be read by the wrong columns.
      (
        "2026-03-31T13:10Z", whole("受渡日,時刻コード,エリアプライス東京(円/kWh),x\n2026/03/31,45,1,7"),
        whole("受渡日,時刻コード,x,エリアプライス東京(円/kWh)\n2026/04/01,1,8,2\n"), 2, []
      ),
      // In the first days of the new one the file of the last has those that stand in.
      ("2026-04-01T13:10Z", table("2026/03/31,45,1\n"), table("2026/04/01,45,2\n"), 2, [1, 2]),
      ("2026-04-01T13:10Z", .failure(.timedOut), table("2026/04/01,45,2\n"), 2, [2]),
      ("2026-04-01T13:10Z", table("2026/03/31,45,1\n"), .failure(.timedOut), 2, []),
      // In between one is enough.
      ("2026-03-30T13:10Z", table("2026/03/30,45,1\n"), table("2026/04/01,1,2\n"), 1, [1]),
      ("2026-04-09T16:10Z", table("2026/03/31,45,1\n"), table("2026/04/10,3,2\n"), 1, [2]),
    ]

  @Test(arguments: years.indices)
  func `take both files of Japan's exchange around the end of its year`(index: Int) async {
    let sample = Self.years[index]
    let played = PlayedService()
    let wall = ISO8601.instant(sample.at) ?? ServiceSample.start
    played.state.withLock {
      $0.wall = wall
      $0.answers = ["summary_2025": sample.earlier, "summary_2026": sample.later]
    }
    let site = Self.site(.jepx(area: "tokyo"), key: nil, currency: "JPY")
    let feeds = played.service()
    await feeds.adopt(site)
    #expect(await feeds.due() == [.importPrice])
    await feeds.ask(.importPrice)
    var answers = FeedAnswers()
    feeds.add(to: &answers, for: site)
    var board = FeedBoard()
    #expect(
      board.take(answers, site: site, at: wall).importPrices?.intervals.map(\.value) ?? [] == sample.prices)
    #expect(played.state.withLock { $0.requests.count } == sample.calls)
    #expect(await feeds.report().array?.first?["calls_today"]?.int == sample.calls)
    let budget = played.state.withLock { $0.budgets[.importPrice] }.flatMap { FeedBudget($0) }
    #expect(budget?.calls == sample.calls)
    // Of two parts none may be left out the next time.
    await feeds.ask(.importPrice)
    let asksWhole = played.state.withLock {
      $0.requests.dropFirst(sample.calls).allSatisfy { !$0.headers.contains { $0.name == "If-None-Match" } }
    }
    #expect(asksWhole == (sample.calls == 2))
  }

  @Test func `make no second call that the budget has not`() async {
    let played = PlayedService()
    played.state.withLock {
      $0.wall = ISO8601.instant("2026-03-31T13:10Z") ?? $0.wall
      $0.answers = ["summary_2025": Self.table("2026/03/31,45,1\n")]
    }
    let feeds = played.service()
    await feeds.adopt(Self.site(.jepx(area: "tokyo"), key: nil, currency: "JPY", callsPerDay: 1))
    #expect(await feeds.due() == [.importPrice])
    await feeds.ask(.importPrice)
    #expect(played.state.withLock { $0.requests.count } == 1)
  }

  // MARK: Patience and budgets

  static let patience: [(String, String?, Duration?)] = [
    ("120", nil, .seconds(120)), ("-5", nil, .zero), ("9999999", nil, .hours(24)),
    ("Wed, 11 Mar 2026 14:10:00 GMT", nil, .hours(2)),
    // The service's clock is an hour slow; what counts is how long it means.
    ("Wed, 11 Mar 2026 13:10:00 GMT", "Wed, 11 Mar 2026 11:10:00 GMT", .hours(2)),
    ("Wed, 11 Mar 2026 10:10:00 GMT", nil, .zero), ("Wed, 11 Mar 2099 10:10:00 GMT", nil, .hours(24)),
    ("Wednesday, 11-Mar-26 14:10:00 GMT", nil, nil), ("Wed, 31 Feb 2026 14:10:00 GMT", nil, nil),
    ("Wed, 11 Mar 2026 14:10:00 CET", nil, nil), ("soon", nil, nil), ("", nil, nil),
  ]

  @Test(arguments: patience)
  func `hear in both spellings when to come back`(text: String, date: String?, pause: Duration?) {
    let headers = [HTTPHeader("retry-after", text)] + (date.map { [HTTPHeader("date", $0)] } ?? [])
    for status in [429, 503] {
      let reply = FeedReply(
        .success(HTTPResponse(status: status, headers: headers)), asksIfModified: false,
        at: ServiceSample.start + .minutes(10))
      #expect(reply == .failed(.limited(pause), why: "status \(status)"))
    }
  }

  @Test func `tell why the operators' platform refused, in its own words`() {
    let text =
      "<?xml version=\"1.0\"?><Acknowledgement_MarketDocument><Reason><text>Wrong zone</text></Reason>"
      + "</Acknowledgement_MarketDocument>"
    let reply = FeedReply(
      .success(HTTPResponse(status: 400, body: Array(text.utf8))), asksIfModified: false,
      at: ServiceSample.start)
    #expect(reply == .failed(.needsPerson, why: "status 400: \"Wrong zone\""))
  }

  @Test func `stay within a day's budget however often the program restarts`() async {
    let played = PlayedService()
    played.give(500, "")
    let site = Self.site(.awattar, key: nil, callsPerDay: 5)
    for _ in 0..<30 {
      let feeds = played.service()
      await feeds.adopt(site)
      for role in await feeds.due() { await feeds.ask(role) }
      played.restart(after: .minutes(20))
    }
    #expect(played.state.withLock { $0.requests.count } == 5)
    // Ten hours are over; the rest of the day brings no call, the next day does.
    let feeds = played.service()
    await feeds.adopt(site)
    played.pass(.hours(13))
    #expect(await feeds.due() == [])
    played.pass(.hours(1))
    #expect(await feeds.due() == [.importPrice])
  }

  @Test func `stay patient over a restart`() async {
    let played = PlayedService()
    played.give(429, "", [HTTPHeader("retry-after", "7200")])
    let site = Self.site(.awattar, key: nil)
    let feeds = played.service()
    await feeds.adopt(site)
    for role in await feeds.due() { await feeds.ask(role) }
    played.restart(after: .minutes(5))
    let later = played.service()
    await later.adopt(site)
    played.pass(.minutes(114))
    #expect(await later.due() == [])
    played.pass(.minutes(2))
    #expect(await later.due() == [.importPrice])
  }

  @Test func `have a budget of their own for every service`() async {
    let played = PlayedService()
    played.give(500, "")
    let feeds = played.service()
    await feeds.adopt(Self.site(.awattar, key: nil, callsPerDay: 1))
    for role in await feeds.due() { await feeds.ask(role) }
    let later = played.service()
    await later.adopt(Self.site(.awattar, address: "https://elsewhere.example.org", key: nil, callsPerDay: 1))
    #expect(await later.due() == [.importPrice])
  }

  @Test func `take a damaged budget for none, and a clock set back for no new day`() {
    let budget = FeedBudget(
      address: "a", since: ServiceSample.start, calls: 7, notBefore: ServiceSample.start + .hours(1))
    #expect(FeedBudget(budget.bytes) == budget)
    for index in budget.bytes.indices.dropLast() { #expect(FeedBudget(Array(budget.bytes[..<index])) == nil) }
    #expect(FeedBudget(Array(#"{"address":"a","since":"2026-03-11T12:00:00Z","calls":-1}"#.utf8)) == nil)
    #expect(
      budget.spent(at: ServiceSample.start - .hours(5)) == .init(calls: 7, since: .zero, patience: .hours(6)))
  }

  // MARK: What is paid

  @Test func `come to what is paid, and are judged by what the market has`() async {
    let sample = ServiceSample.all.first { $0.name == "ENTSO-E" }
    let service = FeedSource.Service.entsoe(zone: "10YFR-RTE------C")
    let markUp = PriceMarkUp(addition: 0.15, factor: 1.19)
    let played = PlayedService()
    let site = Self.site(service, key: nil, markUp: markUp, fallback: .constant(0.28))
    let feeds = played.service()
    await feeds.adopt(site)
    played.give(200, sample?.body(.init(value: "80")) ?? "")
    await feeds.ask(.importPrice)
    let paid = Self.prices(feeds, site)
    #expect(paid.count == 4 && paid.allSatisfy { abs($0 - (0.08 + 0.15) * 1.19) < 1e-12 })
    // A thousandth of the price would hide behind the fees: 0.28 for 0.27.
    played.give(200, sample?.body(.init(value: "0.08")) ?? "")
    await feeds.ask(.importPrice)
    #expect(Self.prices(feeds, site) == paid)
    let last = played.state.withLock { $0.notices.suffix(1) }
    #expect("\(last)".contains("another unit"))
    // Other fees make other prices of the same answer, without another call.
    let other = Self.site(service, key: nil, markUp: PriceMarkUp(addition: -0.01, factor: 1))
    await feeds.adopt(other)
    #expect(Self.prices(feeds, other).allSatisfy { abs($0 - 0.07) < 1e-12 })
    #expect(played.state.withLock { $0.requests.count } == 2)
  }

  @Test func `take a windy night's price, though it is little beside what is paid`() async {
    let sample = ServiceSample.all.first { $0.name == "ENTSO-E" }
    let played = PlayedService()
    let site = Self.site(
      .entsoe(zone: "10YFR-RTE------C"), key: nil, markUp: PriceMarkUp(addition: 0.15, factor: 1.19),
      fallback: .constant(0.28))
    let feeds = played.service()
    await feeds.adopt(site)
    played.give(200, sample?.body(.init(value: "4")) ?? "")
    await feeds.ask(.importPrice)
    #expect(Self.prices(feeds, site).count == 4)
    // A thousandth of the usual is still another unit, also where nothing came before.
    let other = PlayedService()
    let later = other.service()
    await later.adopt(site)
    other.give(200, sample?.body(.init(value: "0.08")) ?? "")
    await later.ask(.importPrice)
    #expect(Self.prices(later, site).isEmpty)
  }

  @Test func `come to nothing unheard of by any mark-up`() {
    #expect(
      PriceMarkUp(addition: .nan, factor: 1) == nil && PriceMarkUp(addition: 0, factor: .infinity) == nil)
    #expect(PriceMarkUp(addition: 0, factor: 0) == nil && PriceMarkUp(addition: 1e9, factor: 1) == nil)
  }

  // MARK: Without a controller

  @Test func `leave on disk what a plan without a controller uses, with its age`() async {
    let played = PlayedService()
    let sample = ServiceSample.all.first { $0.name == "ENTSO-E" }
    let site = Self.site(
      .entsoe(zone: "10YFR-RTE------C"), key: nil, markUp: PriceMarkUp(addition: 0.1, factor: 1),
      fallback: .constant(0.2))
    let feeds = played.service()
    await feeds.adopt(site)
    played.give(200, sample?.body(.init(value: "80")) ?? "")
    await feeds.ask(.importPrice)
    let (kept, wall) = played.state.withLock { ($0.kept, $0.wall) }
    func inputs(_ site: Site) -> SiteInputs {
      KeptFeeds.inputs(for: site, at: wall + .minutes(50)) { kept[$0].flatMap { KeptFeed($0) } }
    }
    #expect(inputs(site).importPrices?.intervals.allSatisfy { abs($0.value - 0.18) < 1e-12 } == true)
    #expect(
      inputs(site).feeds.map(\.sentence)
        == ["import price: the last good answer, 50 min old, stands in (as kept on disk)"])
    let other = inputs(Self.site(.awattar, key: nil, fallback: .constant(0.2)))
    #expect(other.importPrices == nil)
    #expect(
      other.feeds.map(\.sentence) == [
        "import price: no good answer yet; the site's own profile or climate stands in "
          + "(nothing of it is kept on disk)"
      ])
  }
}
