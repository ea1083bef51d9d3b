import JSONText
import PeerProtocol
import Ports
import Quantities
import Testing
import WebInterface

/// What somebody who is woken at three wants to know, and how many taps away it is: opening a page is one, opening a part of
/// it another.
@Suite struct `At three in the morning` {
  struct Question: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let page: String
    let answer: String
    let taps: Int

    init(_ question: String, _ page: String, _ answer: String, taps: Int) {
      (self.testDescription, self.page, self.answer, self.taps) = (question, page, answer, taps)
    }
  }

  @Test(arguments: [
    Question("Is anything wrong?", "/", "1 alarm, 1 to act on", taps: 0),
    Question("Do I have to get up?", "/", "<b>Act</b> Power flows.", taps: 0),
    Question("What can I do?", "/", "<b>First:</b> Switch it off.", taps: 0),
    Question("Is this screen live?", "/", "Screen disconnected since", taps: 0),
    Question("What happens next?", "/", "start 2 of rigs, to 4", taps: 0),
    Question("Is rig 1 dead?", "/rigs", "on, draws nothing", taps: 1),
    Question("Why is rig 3 off?", "/rigs", "the import guard shed it", taps: 2),
    Question("Are we near the import limit?", "/", "37.7 kW below the cap of 50.0 kW", taps: 0),
    Question("Was the plan followed?", "/", "Following plan 7 (optimal)", taps: 0),
    Question("What did rigs do against the plan?", "/plan", "solid is metered", taps: 1),
    Question("Are prices fresh or guessed?", "/plan", "tomorrow&#39;s prices are estimated", taps: 1),
    Question("Did the relay really open?", "/rigs", "seen in watts after 2.9 s", taps: 2),
    Question("Is a contact welded?", "/", "rigs-4: open but draws", taps: 0),
    Question("What did it do while I slept?", "/evidence", "href=\"/evidence?since=22%3A00\"", taps: 1),
    Question("Can I stop everything now?", "/", "<summary>All off</summary>", taps: 0),
    Question("Is money being lost?", "/", "<dt>cost so far</dt><dd>0.21 EUR</dd>", taps: 0),
    Question("Will job 12 meet its deadline?", "/plan", "no, 30 min late", taps: 1),
    Question("Is the evidence whole?", "/", "record ok, 12480 entries, witnessed by 1 of 1", taps: 0),
    Question("Can I check that?", "/evidence", "Verify the log in this browser", taps: 1),
    Question("Does a peer lie?", "/peers", "has shown two histories of its log", taps: 1),
    Question("Is the clock right?", "/", "clock ok", taps: 0),
    Question("Is the disk full?", "/system", "2.0 GiB are free there", taps: 1),
    Question("Whom do I send what?", "/system", "rigshift support", taps: 1),
  ])
  func `the answer is at most so many taps away`(_ question: Question) throws {
    #expect(try self.taps(to: question.answer, on: question.page, Self.night()) <= question.taps)
  }

  @Test func `what is held off is said with its proofs, and what others ask with what is left of it`() throws
  {
    #expect(!(try self.text("/", Self.night()).contains("Held off now")))
    var shedding = Self.night {
      $0["banks"] = [
        [
          "name": "rigs", "rigs": 4, "running": 1, "wanted": 2, "shed": 2,
          "held_by": "2.1 kW are free and 3.3 kW are needed",
        ]
      ]
      $0["demand_events_now"] = [
        [
          "name": "evening <peak>", "start": "2025-06-01T12:00:00Z", "end": "2025-06-01T13:00:00Z",
          "import_cap_kw": 10, "price_per_kwh": nil,
        ]
      ]
    }
    shedding.ratedDraw = ["rigs": 3.25]
    shedding.rigs = .array(
      [200, nil].map { (readBack: Int64?) -> JSONValue in
        Self.rig(
          "rigs-1",
          [
            "on": false, "switched_by": "importGuard",
            "proof": [
              "decided_at": "2025-06-01T12:03:07Z", "sent_ms": 0,
              "read_back_ms": readBack.map { .integer($0) } ?? nil, "seen_in_watts_ms": nil,
            ],
          ])
      })
    let page = try self.text("/", shedding)
    #expect(
      page.contains(
        "<b>2 of rigs</b> (6.5 kW) are held off, because import went over its cap, since 12:03:07."))
    #expect(page.contains("Of 2 opened: 2 sent, 1 read back, 0 seen in watts."))
    #expect(page.contains("The next may come back: 2.1 kW are free and 3.3 kW are needed."))
    #expect(
      page.contains("<b>evening &lt;peak&gt;</b> asks for import up to 10.0 kW until 13:00, 50 min to go."))
    #expect(page.contains("It is not kept yet: import 12.3 kW"))
  }

  @Test func `a broker that is lost is named`() throws {
    let lost = Self.night {
      $0["mqtt"] = ["broker": "hub:8883", "connected": false, "why": "refused", "commands": true]
    }
    #expect(try self.text("/system", lost).contains("no connection to hub:8883: refused"))
  }

  @Test func `somebody's will ends when the strip says so`() throws {
    let held = Self.night {
      $0["overrides"] = [["target": "rigs", "level": "2", "by": "Eva", "until": "2025-06-01T12:40:00Z"]]
    }
    for page in ["/", "/plan", "/rigs", "/evidence", "/system"] {
      #expect(try self.text(page, held).contains("<b data-live=\"strip-mode\">Manual until 12:40</b>"))
    }
  }

  /// Taps to the first place where the page says a text.
  private func taps(to answer: String, on path: String, _ snapshot: SiteSnapshot) throws -> Int {
    let page = try self.text(path, snapshot)
    let place = try #require(page.firstRange(of: answer), "\(path) does not say \(answer)")
    if path != "/" {
      #expect(try self.text("/", snapshot).contains("<a href=\"\(path)\">"), "nothing leads to \(path)")
    }
    let before = page[..<place.lowerBound]
    // What a summary says is seen without opening its part.
    let open = before.ranges(of: "<details").count - before.ranges(of: "</details>").count
    let isInSummary = before.ranges(of: "<summary").count > before.ranges(of: "</summary>").count
    return (path == "/" ? 0 : 1) + open - (isInSummary || answer.contains("<summary>") ? 1 : 0)
  }

  private func text(_ path: String, _ snapshot: SiteSnapshot) throws -> String {
    var reader = HTTPRequestReader(maximumBody: 0)
    reader.feed("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    var book = SessionBook()
    let now = MonotonicInstant(milliseconds: 0)
    let cookie = book.begin("Eva", at: now)
    let found = book.session(cookie, at: now)
    let session = try #require(found)
    let interface = WebInterface(host: "127.0.0.1", version: "1.2")
    guard
      case .response(let response) = interface.answer(
        try #require(try reader.next()), from: .person(session), snapshot)
    else { return "" }
    return String(decoding: response.body, as: UTF8.self)
  }

  /// A night with a bit of everything.
  private static func night(_ change: (inout [String: JSONValue]) -> Void = { _ in }) -> SiteSnapshot {
    var snapshot = DashboardTests.snapshot {
      $0["slot"] = [
        "start": "2025-06-01T12:00:00Z", "end": "2025-06-01T12:30:00Z", "imported_kwh": 1, "exported_kwh": 0,
        "generated_kwh": 3, "rigs_kwh": 4,
      ]
      change(&$0)
    }
    snapshot.alarms = ["open": [DashboardTests.alarm("act")], "closed": [], "channels": [], "quiet": false]
    snapshot.rigs = [
      Self.rig("rigs-1", ["on": true, "silent": true]),
      Self.rig(
        "rigs-2",
        [
          "on": false,
          "proof": [
            "decided_at": "2025-06-01T02:59:01Z", "sent_ms": 0, "read_back_ms": 200, "seen_in_watts_ms": 2900,
          ],
        ]),
      Self.rig("rigs-3", ["on": false, "reason": "the import guard shed it"]),
    ]
    snapshot.jobs = [
      "jobs": [
        [
          "id": "12", "state": "scheduled", "rig_hours": 4, "deadline": "2025-06-01T12:30:00Z",
          "planned_from": "2025-06-01T12:00:00Z", "planned_to": "2025-06-01T13:00:00Z",
        ]
      ]
    ]
    snapshot.log = ["checkpoint": "site\n12480\nAAAA\n\n- site x\n"]
    snapshot.grid = ["counted": 0, "nodes": []]
    snapshot.peers = [["name": "barn", "key": "ab", "cosigned_size": 12_000, "forked": true]]
    snapshot.process = ["started_at": "2025-05-01T00:00:00Z", "free_bytes": 2_147_483_648]
    return snapshot
  }

  private static func rig(_ name: String, _ members: [String: JSONValue]) -> JSONValue {
    let usual: [String: JSONValue] = [
      "rig": .string(name), "bank": "rigs", "for_s": 3900, "reason": "plan 7 wants it so", "cycles": 3,
      "override_until": nil,
    ]
    return .object(usual.merging(members) { $1 }.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) })
  }
}
