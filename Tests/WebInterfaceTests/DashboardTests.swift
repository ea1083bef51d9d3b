import JSONText
import PeerProtocol
import Ports
import Quantities
import Testing
import WebInterface

/// Pages for people: a snapshot in, a page out.
@Suite struct DashboardTests {
  private static let interface = WebInterface(host: "127.0.0.1", version: "1.2")
  private static let pages = ["/", "/plan", "/rigs", "/energy", "/evidence", "/system"]

  /// 12:10 UTC on a day with a plan of two slots and one settled slot behind it.
  static func snapshot(_ change: (inout [String: JSONValue]) -> Void = { _ in }) -> SiteSnapshot {
    var status: [String: JSONValue] = [
      "site": "Hall", "time": "2025-06-01T12:10:00Z", "zone": "UTC", "clock_trusted": true,
      "site_meter_fresh": true,
      "import_kw": 12.34, "import_cap_kw": 50, "emergency_stop": false, "store_failed": false,
      "overload_dose_s": 0,
      "rig_hours_today": 2.5, "plan": ["id": 7, "status": "optimal"], "feeds": [],
      "banks": [
        [
          "name": "rigs", "rigs": 4, "running": 2, "wanted": 2, "available": 4, "shed": 0, "starts_today": 1,
          "reason": "plan 7 wants it so", "held_by": nil,
        ]
      ], "overrides": [], "alarms": [], "records_waiting": false, "records_lost": 0, "ticks": 9,
      "ticks_missed": 0,
    ]
    change(&status)
    var snapshot = SiteSnapshot(
      status: .object(status.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }),
      age: .milliseconds(400))
    snapshot.currency = "EUR"
    snapshot.rigs = .array(
      (1...4).map { number in
        [
          "rig": .string("rigs-\(number)"), "bank": "rigs", "on": .bool(number < 3), "for_s": 3900,
          "reason": "plan 7 wants it so", "held_by": nil, "cycles": 3, "locked_out": false, "silent": false,
          "welded": .bool(number == 4), "override_until": nil,
        ]
      })
    snapshot.meters = [
      [
        "meter": "main", "measures": "grid", "power_kw": 12.34, "forward_kwh": 10, "reverse_kwh": 2,
        "age_ms": 300,
      ],
      [
        "meter": "sun", "measures": "generation", "power_kw": 20, "forward_kwh": 10, "reverse_kwh": nil,
        "age_ms": 300,
      ],
      [
        "meter": "hall", "measures": "bank rigs", "power_kw": 30, "forward_kwh": 10, "reverse_kwh": nil,
        "age_ms": 300,
      ],
    ]
    func slot(_ start: String, _ end: String, rigs: Int64, price: Double) -> JSONValue {
      [
        "start": .string(start), "end": .string(end), "minutes": 30, "running": ["rigs": .integer(rigs)],
        "load_kw": 6.5, "import_kw": 1, "export_kw": 0, "renewable_kw": 20, "renewable_low_kw": 15,
        "renewable_high_kw": 25, "import_price": .number(price), "price_estimated": .bool(price < 0),
        "export_price": 0, "carbon_g_per_kwh": 300,
      ]
    }
    snapshot.plan = [
      "id": 7, "status": "optimal", "cause": "new slot", "method": "curves", "objective": -3.5,
      "relative_gap": 0,
      "solve_ms": 4, "outlook": ["generation": "one forecast", "notes": ["tomorrow's prices are estimated"]],
      "slots": [
        slot("2025-06-01T12:00:00Z", "2025-06-01T12:30:00Z", rigs: 2, price: 0.21),
        slot("2025-06-01T12:30:00Z", "2025-06-01T13:00:00Z", rigs: 4, price: -0.02),
      ],
    ]
    snapshot.slots = [
      [
        "start": "2025-06-01T11:30:00Z", "end": "2025-06-01T12:00:00Z", "gap_s": 75, "imported_kwh": 2,
        "exported_kwh": 1, "generated_kwh": 8, "rigs_kwh": 9, "rig_hours": 1.5, "import_price": 0.2,
        "export_price": 0.1, "carbon_g_per_kwh": 250, "planned_rig_hours": 2, "planned_import_kwh": 3,
        "planned_cost": 0.6, "planned_co2_kg": 0.75,
      ]
    ]
    snapshot.trace = (0..<3).map {
      .init(
        at: UTCInstant(milliseconds: 1_748_779_800_000 + $0 * 10_000), imported: $0 == 1 ? nil : 12,
        generated: 20,
        rigsOn: 2)
    }
    return snapshot
  }

  private static func ask(_ path: String, _ snapshot: SiteSnapshot?) throws -> HTTPResponse {
    var reader = HTTPRequestReader(maximumBody: 1000)
    reader.feed("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    switch Self.interface.answer(try #require(try reader.next()), snapshot) {
    case .response(let response), .stream(let response): return response
    case .question(let question): return Self.interface.response(to: question, .done(Self.accounts), snapshot)
    }
  }

  private static func text(_ path: String, _ snapshot: SiteSnapshot? = Self.snapshot()) throws -> String {
    String(decoding: try Self.ask(path, snapshot).body, as: UTF8.self)
  }

  @Test(arguments: Self.pages)
  func `every page is whole without a script and lets nothing in from elsewhere`(_ path: String) throws {
    let answer = try Self.ask(path, Self.snapshot())
    #expect(answer.status == 200 && answer.header("Content-Type") == "text/html; charset=utf-8")
    let policy = try #require(answer.header("Content-Security-Policy"))
    #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self';"))
    #expect(!policy.contains("unsafe"))
    let page = String(decoding: answer.body, as: UTF8.self)
    #expect(page.contains("<b data-live=\"strip-mode\">Following plan 7 (optimal)</b>"))
    #expect(page.contains("aria-current=\"page\"") && page.hasSuffix("</html>\n"))
    #expect(!page.contains("style=") && !page.contains("onclick") && page.utf8.count < 60_000)
    #expect(try Self.ask(path, nil).status == 503)
  }

  @Test(arguments: Self.pages)
  func `what comes from outside stays text`(_ path: String) throws {
    let evil = "<img src=x onerror=\"a()\">&'"
    var snapshot = Self.snapshot {
      $0["site"] = .string(evil)
      $0["alarms"] = [["kind": "relayWelded", "rig": .string(evil), "text": .string(evil)]]
      $0["feeds"] = [["feed": .string(evil), "rung": .string(evil), "age_s": 5, "text": .string(evil)]]
    }
    snapshot.currency = evil
    snapshot.events = [["at": .string(evil), "kind": .string(evil), "text": .string(evil)]]
    snapshot.decisions = [["at": .string(evil), "rig": .string(evil), "on": true, "reason": .string(evil)]]
    snapshot.certificates = [["seq": 1, "kind": .string(evil), "cert_hash": .string(evil)]]
    snapshot.meters = [["meter": .string(evil), "measures": .string(evil), "fault": .string(evil)]]
    let page = try Self.text(path, snapshot)
    #expect(!page.contains("<img") && page.contains("&lt;img src=x onerror=&quot;a()&quot;&gt;&amp;&#39;"))
  }

  @Test(
    arguments: [
      ("emergency_stop", true, "Emergency stop pressed", "alarm"),
      ("clock_trusted", false, "Fallback (clock not trusted)", "alarm"),
      ("site_meter_fresh", false, "Fallback (no site meter)", "alarm"),
      ("store_failed", true, "Holding (record cannot be written)", "alarm"),
      ("plan", nil, "Holding (no plan in force)", "alarm"),
      ("banks", [["rigs": 4, "running": 1, "shed": 3]], "Shedding 3 rigs", "alarm"),
      ("overrides", [["target": "rigs-1", "until": "2025-06-01T13:45:00Z"]], "Manual until 13:45", "notice"),
      ("alarms", [["kind": "relayWelded", "text": "it is welded"]], "Following plan 7 (optimal)", "alarm"),
    ] as [(String, JSONValue, String, String)])
  func `the strip says what the site follows`(
    _ field: String, _ value: JSONValue, _ mode: String, _ level: String
  ) throws {
    let page = try Self.text("/", Self.snapshot { $0[field] = value })
    #expect(page.contains("data-state=\"\(level)\"><b data-live=\"strip-mode\">\(mode)</b>"))
  }

  // MARK: Alarms

  private static func alarms(_ open: [JSONValue], closed: [JSONValue] = []) -> SiteSnapshot {
    var snapshot = Self.snapshot()
    snapshot.alarms = ["open": .array(open), "closed": .array(closed), "channels": [], "quiet": false]
    return snapshot
  }

  static func alarm(_ severity: String, acknowledgedBy person: JSONValue = nil) -> JSONValue {
    [
      "id": 12, "kind": "contactWelded", "severity": .string(severity), "about": "rigs-4",
      "sentence": "Power flows.", "detail": "open but draws", "since": "2025-06-01T03:12:40Z",
      "site_does": "It sheds.", "person_can": "Switch it off.", "returns": 0, "present": true,
      "acknowledged_by": person, "acknowledged_until": nil,
    ]
  }

  @Test(arguments: [("act", "Act"), ("wait", "Wait"), ("note", "Note")])
  func `an alarm says whether to act, since when, and what to do first`(_ severity: String, _ word: String)
    throws
  {
    let page = try Self.text("/", Self.alarms([Self.alarm(severity)]))
    #expect(page.contains("<li class=\"\(severity)\"><b>\(word)</b> Power flows. rigs-4: open but draws."))
    #expect(page.contains("since 2025-06-01 03:12</span>; acknowledge with: rigshift alarms ack 12"))
    #expect(page.contains("<b>First:</b> Switch it off.</p><p class=\"calm\">The site: It sheds."))
    let known = try Self.text("/", Self.alarms([Self.alarm(severity, acknowledgedBy: "anna <b>")]))
    #expect(known.contains("; anna &lt;b&gt; knows") && !known.contains("ack 12"))
  }

  @Test func `no alarm is said with when the last one was`() throws {
    #expect(try Self.text("/", Self.alarms([])).contains("<p class=\"calm\">No alarms.</p>"))
    let last: JSONValue = ["kind": "diskLow", "until": "2025-05-29T11:10:00Z"]
    let page = try Self.text("/", Self.alarms([], closed: [last]))
    #expect(page.contains("<p class=\"calm\">No alarms. Last one 3 d 1 h ago.</p>"))
  }

  @Test func `what is wrong and no alarm yet is shown once`() throws {
    var snapshot = Self.snapshot { $0["clock_trusted"] = false }
    snapshot.alarms = ["open": [], "closed": []]
    #expect(try Self.text("/", snapshot).contains("<li class=\"note\">the clock is not trusted</li>"))
    snapshot.alarms = ["open": [["id": 1, "kind": "clockUntrusted", "severity": "wait"]], "closed": []]
    #expect(try !Self.text("/", snapshot).contains("the clock is not trusted</li>"))
  }

  @Test func `programs read alarms, and how many of each severity`() throws {
    let snapshot = Self.alarms([Self.alarm("act"), Self.alarm("note"), Self.alarm("note")])
    let json = try JSONValue.parse(Array(try Self.text("/api/v1/alarms", snapshot).utf8))
    #expect(json["open"]?.array?.count == 3)
    let metrics = try Self.text("/metrics", snapshot)
    for (severity, count) in [("act", "1.0"), ("wait", "0.0"), ("note", "2.0")] {
      #expect(metrics.contains("rigshift_alarms_open{severity=\"\(severity)\"} \(count)\n"))
    }
    #expect(
      try Self.text("/", snapshot).contains("<span data-live=\"strip-alarms\">1 alarm, 1 to act on</span>"))
    #expect(try !Self.text("/metrics").contains("rigshift_alarms_open"))
    // An open page learns that somebody knows.
    func revision(_ snapshot: SiteSnapshot) throws -> String? {
      try JSONValue.parse(Array(try Self.text("/api/v1/live", snapshot).utf8))["revision"]?.string
    }
    #expect(
      try revision(Self.alarms([Self.alarm("act")]))
        != revision(Self.alarms([Self.alarm("act", acknowledgedBy: "anna")])))
  }

  @Test func `an open page is told every text that changes, as the page has it`() throws {
    let live = try JSONValue.parse(Array(try Self.text("/api/v1/live").utf8))
    let page = try Self.text("/")
    let values = try #require(live["values"]?.object)
    #expect(values.count == 13)
    for value in values {
      let text = try #require(value.value.array?.first?.string)
      #expect(page.contains("data-live=\"\(value.name)\">\(text)<"), "\(value.name)")
    }
    #expect(page.contains("<body data-revision=\"\(try #require(live["revision"]?.string))\">"))
  }

  @Test func `an open page fetches itself again when more than a number changes`() throws {
    func revision(_ snapshot: SiteSnapshot) throws -> String? {
      try JSONValue.parse(Array(try Self.text("/api/v1/live", snapshot).utf8))["revision"]?.string
    }
    let calm = try revision(Self.snapshot())
    #expect(try revision(Self.snapshot { $0["import_kw"] = 49 }) == calm)
    #expect(try revision(Self.snapshot { $0["plan"] = ["id": 8, "status": "optimal"] }) != calm)
    #expect(try revision(Self.snapshot { $0["alarms"] = [["kind": "x", "text": "new"]] }) != calm)
    var switched = Self.snapshot()
    switched.rigs = []
    #expect(try revision(switched) != calm)
  }

  /// A day of the record, as the report says it.
  private static let accounts: JSONValue = {
    let day: [JSONValue.Member] = [
      .init("planned_rig_hours", 2), .init("rig_hours", 1.5), .init("planned_import_kwh", 3),
      .init("import_kwh", 2), .init("export_kwh", 1), .init("generation_kwh", 8), .init("rigs_kwh", 9),
      .init("renewable_rigs_kwh", 7), .init("renewable_share", 0.7778), .init("planned_cost", 0.6),
      .init("cost", 0.3), .init("planned_co2_kg", 0.75), .init("co2_kg", 0.5),
      .init("saving_against_continuous", 1.25), .init("saving_against_asap", nil),
      .init("co2_saving_against_continuous_kg", 0.2), .init("gap_hours", 0.025),
      .init("first_certificate", 4), .init("last_certificate", 9),
    ]
    return [
      "currency": "EUR", "first": "2025-06-01", "last": "2025-06-01",
      "days": [
        .object([.init("date", "2025-06-01")] + day), .object([.init("date", "total")] + day),
      ], "slots": Self.snapshot().slots,
      "imported": [
        [
          "start": "2025-05-30T10:00:00Z", "end": "2025-05-30T10:30:00Z", "computed": true,
          "generated_kwh": 77, "imported_kwh": 4, "exported_kwh": 2, "rigs_kwh": 30, "rig_hours": 9,
          "import_price": 0.5, "export_price": 0.25, "carbon_g_per_kwh": 500,
        ]
      ],
      "forecast_errors": [
        [
          "lead_from_h": 6, "lead_to_h": 12, "hours": 41, "mean_absolute_kw": 3.25, "bias_kw": -1.5,
          "mean_generated_kw": 20,
        ]
      ],
    ]
  }()

  @Test func `what was metered stands beside what was planned`() throws {
    let page = try Self.text("/energy")
    let parts = page.split(separator: "Imported: computed, never metered")
    #expect(parts.count == 2 && !parts[0].contains("77.0"), "what is computed adds to nothing metered")
    #expect(
      parts[1].contains(
        "2025-05-30</th><td>77.0</td><td>30.0</td><td>9.0</td><td>4.0</td><td>2.0</td><td>1.50</td><td>2.0</td>"
      ))
    #expect(
      page.contains(
        "6 to 12 h ahead</th><td>3.3 kW</td><td>1.5 kW too high</td><td>20.0 kW</td><td>41</td>"))
    #expect(page.contains("<th scope=\"row\">import</th><td>2.00 kWh</td><td>3.00 kWh</td>"))
    #expect(page.contains("<th scope=\"row\">imports less exports</th><td>0.30 EUR</td><td>0.60 EUR</td>"))
    #expect(page.contains("<th scope=\"row\">CO2 of imports</th><td>0.5 kg</td><td>0.8 kg</td>"))
    #expect(page.contains("<th scope=\"row\">renewable share of the rigs</th><td>77.8 %</td><td>-</td>"))
    #expect(page.contains("<th scope=\"row\">not metered</th><td>1 min</td>"))
    #expect(page.contains("<th scope=\"row\">an even pace</th><td>1.25 EUR</td>"))
    #expect(!page.contains("as early as possible"), "a saving that is not known is not shown")
    #expect(page.contains("certificates 4 to 9 stand behind them"))
    #expect(page.contains("day=2025-05-31\">Earlier") && page.contains("day=2025-06-02\">Later"))
  }

  @Test func `a month shows its days, what each saved, and prices as they applied`() throws {
    guard case .object(let members) = Self.accounts else { return }
    let month = JSONValue.object(
      members.map { member in
        member.name == "first"
          ? .init("first", "2025-05-31") : member
      })
    var reader = HTTPRequestReader(maximumBody: 0)
    reader.feed("GET /energy?span=month&day=2025-06-01 HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    let answer = Self.interface.answer(try #require(try reader.next()), nil)
    guard case .question(let question) = answer, case .energy(let period, _) = question else {
      Issue.record("not understood")
      return
    }
    #expect(period.span == .month && period.date == CivilDate(year: 2025, month: 6, day: 1))
    let page = String(
      decoding: Self.interface.response(to: question, .done(month), Self.snapshot()).body, as: UTF8.self)
    #expect(page.contains("Saved against an even pace: 1.3 EUR in all, over 1 days."))
    #expect(page.contains("<a href=\"/energy?day=2025-06-01\">2025-06-01</a>"))
    #expect(page.contains("Import prices by local time, from 0.20 EUR/kWh to 0.20 EUR/kWh"))
    #expect(page.ranges(of: "class=\"heat0\"").count == 1, "one settled slot, one cell")
  }

  @Test(arguments: [
    ("day", 2025, 6, 1, "2025-06-01", "2025-06-01"), ("week", 2025, 6, 1, "2025-05-26", "2025-06-01"),
    ("month", 2024, 2, 29, "2024-02-01", "2024-02-29"), ("month", 2025, 12, 31, "2025-12-01", "2025-12-31"),
  ])
  func `days, weeks from Monday and months are whole`(
    _ span: String, _ year: Int, _ month: Int, _ day: Int, _ first: String, _ last: String
  ) throws {
    let date = try #require(CivilDate(year: year, month: month, day: day))
    let period = EnergyPeriod(span: try #require(.init(rawValue: span)), date: date)
    let days = period.days(today: CivilDate(dayNumber: 0))
    #expect(ISO8601.string(days.lowerBound) == first && ISO8601.string(days.upperBound) == last)
  }

  @Test func `peers are shown with their age, the silent apart, a fork above all`() throws {
    var snapshot = Self.snapshot()
    #expect(
      !(try Self.text("/", snapshot)).contains("href=\"/peers\""), "a site without peers has no such page")
    func node(_ name: String, net: Double, fresh: Bool) -> JSONValue {
      [
        "name": .string(name), "key": "0123456789abcdef", "production_kw": .number(net), "consumption_kw": 0,
        "net_kw": .number(net), "age_s": 3, "fresh": .bool(fresh), "route": "direct",
        "contradicts_itself": false,
      ]
    }
    snapshot.grid = [
      "production_kw": 7, "consumption_kw": 0, "net_kw": 7, "counted": 1, "staleness_s": 60,
      "nodes": .array([node("mill <i>", net: 7, fresh: true), node("barn", net: 900, fresh: false)]),
    ]
    snapshot.peers = [
      [
        "name": "barn", "key": "ab", "reached_s_ago": nil, "heard_s_ago": 30, "failure": nil,
        "cosigned_size": 12,
        "witnessed_size": 9, "mirrored_size": 9, "mirror_problem": nil, "forked": true,
      ]
    ]
    let page = try Self.text("/peers", snapshot)
    #expect(page.contains("href=\"/peers\" aria-current") && page.contains("mill &lt;i&gt;"))
    #expect(page.contains("<th scope=\"row\">sum of 1</th><td>7.000</td>"))
    let parts = page.split(separator: "<h3>Not counted</h3>")
    #expect(parts.count == 2 && !parts[0].contains("900.000") && parts[1].contains("900.000"))
    #expect(page.contains("barn has shown two histories of its log"))
    #expect(page.contains("<td>12</td><td>9</td><td>9</td>"))
  }

  @Test func `what happens next names time, count and reason`() throws {
    let page = try Self.text("/")
    #expect(
      page.contains(
        "<li><b>12:30</b> start 2 of rigs, to 4: energy costs -0.02 EUR/kWh (paid to draw) and 20.0 kW of generation are expected</li>"
      ))
  }

  @Test func `a meter that is silent is not zero`() throws {
    var snapshot = Self.snapshot { $0["import_kw"] = nil }
    snapshot.meters = [["meter": "main", "measures": "grid", "fault": "no answer"]]
    let page = try Self.text("/", snapshot)
    #expect(page.contains("import unknown") && page.contains("meter: no answer"))
    #expect(page.contains("<span data-live=\"now-generation\">no reading</span>"))
    #expect(page.contains("import is not known, so nothing may start"))
  }

  @Test func `the plan is drawn with its table, and a hole in the trace stays one`() throws {
    let page = try Self.text("/plan")
    #expect(
      page.contains("<svg viewBox=") && page.contains("class=\"band solar\"")
        && page.contains("class=\"cap\""))
    #expect(page.contains("tomorrow&#39;s prices are estimated"))
    #expect(page.ranges(of: "data-kind=\"planned\"").count == 2)
    #expect(page.ranges(of: "class=\"bar price estimated\"").count == 1)
    #expect(page.contains("<td>-0.02 (estimated)</td>") && page.contains("hatched prices are estimated"))
    let now = try Self.text("/")
    #expect(now.ranges(of: "class=\"line solar\"").count == 1)
    #expect(now.ranges(of: "class=\"line import\"").count == 2)
  }

  @Test func `styles and scripts are in the program`() throws {
    #expect(try Self.ask("/style.css", nil).header("Content-Type") == "text/css; charset=utf-8")
    let script = try Self.text("/live.js")
    #expect(!script.contains("innerHTML") && script.contains("/api/v1/live"))
    #expect(script.utf8.count < 40_000)
  }

  @Test(arguments: ["plan", "rigs", "meters", "slots", "decisions", "events", "certificates"])
  func `programs get what the pages are made of`(_ name: String) throws {
    let answer = try Self.ask("/api/v1/\(name)", Self.snapshot())
    #expect(answer.status == 200 && answer.header("Content-Type") == "application/json")
    #expect(try JSONValue.parse(answer.body).isNull == false)
  }
}
