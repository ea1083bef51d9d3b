import Foundation
import JSONText
import PeerProtocol
import Ports
import Testing
import WebInterface

/// Requests and snapshots in, responses out.
@Suite struct WebInterfaceTests {
  private static let interface = WebInterface(host: "127.0.0.2", version: "1.2")

  /// A site without a care, as `rigshift status --json` says it.
  private static let calm: JSONValue = [
    "site": "Yokohama", "clock_trusted": true, "site_meter_fresh": true, "import_kw": -1.5,
    "import_cap_kw": 50, "emergency_stop": false, "store_failed": false, "overload_dose_s": 0,
    "rig_hours_today": 2.5, "plan": ["id": 7],
    "feeds": [
      ["feed": "weather", "rung": "fresh", "age_s": 60], ["feed": "prices", "rung": "profile", "age_s": nil],
    ],
    "banks": [
      [
        "name": "a \"b\"\\", "rigs": 40, "running": 12, "wanted": 13, "available": 39, "shed": 0,
        "starts_today": 4,
      ]
    ],
    "overrides": [], "alarms": [], "records_waiting": false, "records_lost": 3, "ticks": 100,
    "ticks_missed": 1,
  ]

  private static func with(_ name: String, _ value: JSONValue) -> JSONValue {
    .object((Self.calm.object ?? []).map { $0.name == name ? .init(name, value) : $0 })
  }

  private static func ask(
    _ path: String, method: String = "GET", host: String? = "localhost:8080", status: JSONValue? = Self.calm,
    age: Duration = .milliseconds(500)
  ) throws -> HTTPResponse {
    var reader = HTTPRequestReader(maximumBody: 1000)
    reader.feed("\(method) \(path) HTTP/1.1\r\n\(host.map { "Host: \($0)\r\n" } ?? "")\r\n".utf8)
    let request = try #require(try reader.next())
    let answer = Self.interface.answer(request, status.map { SiteSnapshot(status: $0, age: age) })
    guard case .response(let response) = answer else { throw Unexpected() }
    return response
  }

  private struct Unexpected: Error {}

  private static func json(_ response: HTTPResponse) throws -> JSONValue {
    try JSONValue.parse(response.body)
  }

  @Test func `a site without a care is ok`() throws {
    let answer = try Self.ask("/health")
    #expect(answer.status == 200)
    #expect(try Self.json(answer) == ["status": "ok", "problems": []])
  }

  @Test(
    arguments: [
      ("clock_trusted", false, "the clock is not trusted"),
      ("site_meter_fresh", false, "the site meter is not believed"),
      ("store_failed", true, "the record cannot be written"),
      ("emergency_stop", true, "the emergency stop is pressed"),
      ("plan", nil, "no plan is in force"),
      ("alarms", [["kind": "relayWelded", "text": "rigs-3 is welded"]], "rigs-3 is welded"),
    ] as [(String, JSONValue, String)])
  func `whatever a person should look at makes it degraded`(
    _ field: String, _ value: JSONValue, _ problem: String
  )
    throws
  {
    let answer = try Self.ask("/health", status: Self.with(field, value))
    #expect(answer.status == 503)
    #expect(try Self.json(answer) == ["status": "degraded", "problems": [.string(problem)]])
  }

  @Test func `a control loop that stands still is found`() throws {
    #expect(try Self.ask("/health", age: .seconds(5)).status == 200)
    let answer = try Self.ask("/health", age: .seconds(61))
    #expect(answer.status == 503)
    #expect(try Self.json(answer)["problems"] == ["the control loop has not answered for 61 s"])
    #expect(try Self.ask("/health", status: nil).status == 503)
    #expect(try Self.ask("/metrics", status: nil).status == 503)
  }

  @Test func `the status is handed on as it is`() throws {
    let answer = try Self.ask("/api/v1/status?x=1")
    #expect(answer.status == 200 && answer.headers.contains(HTTPHeader("Content-Type", "application/json")))
    #expect(try Self.json(answer) == Self.calm)
  }

  @Test func `metrics are in base units, labelled and complete`() throws {
    let lines = String(decoding: try Self.ask("/metrics").body, as: UTF8.self).split(separator: "\n")
    for line in [
      "rigshift_build_info{version=\"1.2\"} 1.0", "rigshift_snapshot_age_seconds 0.5",
      "rigshift_grid_import_watts -1500.0", "rigshift_grid_import_cap_watts 50000.0",
      "rigshift_rigs_running{bank=\"a \\\"b\\\"\\\\\"} 12.0", "rigshift_rig_time_today_seconds 9000.0",
      "rigshift_feed_fresh{feed=\"prices\"} 0.0", "rigshift_feed_age_seconds{feed=\"weather\"} 60.0",
      "rigshift_ticks_total 100.0", "rigshift_ticks_missed_total 1.0", "rigshift_records_lost_total 3.0",
      "# TYPE rigshift_ticks_total counter", "# TYPE rigshift_rigs gauge",
    ] { #expect(lines.contains(Substring(line)), "\(line)") }
    // What is not known has no sample, and a family without samples no header.
    #expect(!lines.contains { $0.hasPrefix("rigshift_feed_age_seconds{feed=\"prices\"}") })
    #expect(!lines.contains { $0.contains("rigshift_alarms") })
    let unknown = String(
      decoding: try Self.ask("/metrics", status: Self.with("import_kw", nil)).body, as: UTF8.self)
    #expect(!unknown.contains("rigshift_grid_import_watts"))
  }

  @Test func `the Grafana dashboard asks for metrics that exist`() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("packaging/grafana.json")
    let dashboard = try JSONValue.parse(Array(try Data(contentsOf: file)))
    let panels = try #require(dashboard["panels"]?.array)
    let expressions = panels.flatMap { $0["targets"]?.array ?? [] }.compactMap { $0["expr"]?.string }
    let asked = Set(expressions.flatMap { $0.matches(of: /rigshift_[a-z_]+/).map { String($0.output) } })
    #expect(asked.count >= 15)
    var snapshot = SiteSnapshot(status: Self.calm, age: .zero)
    snapshot.alarms = ["open": []]
    var reader = HTTPRequestReader(maximumBody: 0)
    reader.feed("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    guard case .response(let answer) = Self.interface.answer(try #require(try reader.next()), snapshot) else {
      throw Unexpected()
    }
    let text = String(decoding: answer.body, as: UTF8.self)
    for name in asked.sorted() { #expect(text.contains("# TYPE \(name) "), "\(name)") }
  }

  @Test func `alarms are counted by their kind`() throws {
    let alarms: JSONValue = [
      ["kind": "b", "text": ""], ["kind": "a", "text": ""], ["kind": "b", "text": ""],
    ]
    let text = String(
      decoding: try Self.ask("/metrics", status: Self.with("alarms", alarms)).body, as: UTF8.self)
    #expect(text.contains("rigshift_alarms{kind=\"a\"} 1.0\nrigshift_alarms{kind=\"b\"} 2.0\n"))
  }

  @Test(arguments: ["localhost", "LOCALHOST:1", "127.0.0.1:8080", "[::1]:8080", "127.0.0.2"])
  func `this host is known by its names`(_ host: String) throws {
    #expect(try Self.ask("/health", host: host).status == 200)
  }

  @Test(arguments: ["example.org", "localhost.example.org:80", "[::2]", "", nil] as [String?])
  func `a page of a stranger's name reads nothing`(_ host: String?) throws {
    let answer = try Self.ask("/api/v1/status", host: host)
    #expect(answer.status == 421)
    #expect(!String(decoding: answer.body, as: UTF8.self).contains("Yokohama"))
  }

  @Test func `a stream begins with everything, and only for who expects one`() throws {
    func ask(_ accept: String) throws -> WebInterface.Answer {
      var reader = HTTPRequestReader(maximumBody: 0)
      reader.feed("GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nAccept: \(accept)\r\n\r\n".utf8)
      let request = try #require(try reader.next())
      return Self.interface.answer(request, SiteSnapshot(status: Self.calm, age: .zero))
    }
    guard case .stream(let begin) = try ask("text/event-stream") else {
      Issue.record("no stream")
      return
    }
    let live = try Self.json(try Self.ask("/api/v1/live"))
    let revision = try #require(live["revision"]?.string)
    #expect(begin.headers.contains(HTTPHeader("Content-Type", "text/event-stream")))
    #expect(
      String(decoding: begin.body, as: UTF8.self)
        == "id: \(revision)\nevent: snapshot\ndata: \(live.text())\n\n")
    let tick = WebInterface.tick(SiteSnapshot(status: Self.calm, age: .zero))
    #expect(String(decoding: tick, as: UTF8.self).contains("\nevent: tick\ndata: {"))
    guard case .response(let other) = try ask("*/*") else {
      Issue.record("a stream for whoever waits for its end")
      return
    }
    #expect(other.status == 406)
  }

  @Test func `the description names every endpoint and no other`() throws {
    let document = try JSONValue.parse(try Self.ask("/openapi.json").body)
    let described = (document["paths"]?.object ?? []).flatMap { path in
      (path.value.object ?? []).map { "\($0.name.uppercased()) \(path.name)" }
    }
    #expect(described.sorted() == WebInterface.endpoints.sorted())
    #expect(document["openapi"] == "3.1.0")
  }

  @Test func `what is not there and what cannot be done are refused with a remedy`() throws {
    let missing = try Self.ask("/nowhere")
    #expect(missing.status == 404)
    #expect(missing.headers.contains(HTTPHeader("Content-Type", "application/problem+json")))
    let detail = try #require(try Self.json(missing)["detail"]?.string)
    #expect(detail.contains("/openapi.json"))
    let write = try Self.ask("/health", method: "POST")
    #expect(write.status == 405 && write.headers.contains(HTTPHeader("Allow", "GET")))
  }
}
