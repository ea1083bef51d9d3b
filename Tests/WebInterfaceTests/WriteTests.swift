import JSONText
import PeerProtocol
import Ports
import Quantities
import Testing
import WebInterface

/// Who may write, and what a write means.
@Suite struct WriteTests {
  private static let interface = WebInterface(host: "127.0.0.1", version: "1")
  private static let json = "Content-Type: application/json"
  private static let form = "Content-Type: application/x-www-form-urlencoded"

  private static var eva: SessionBook.Session {
    get throws {
      var book = SessionBook()
      let now = MonotonicInstant(milliseconds: 0)
      let cookie = book.begin("Eva", at: now)
      let session = book.session(cookie, at: now)
      return try #require(session)
    }
  }

  private static func ask(
    _ request: String, _ headers: [String] = [], body: String = "", from caller: Caller = .program("ci"),
    of interface: WebInterface = Self.interface
  ) throws -> WebInterface.Answer {
    var reader = HTTPRequestReader(maximumBody: 10_000)
    let head = ["\(request) HTTP/1.1", "Host: localhost", "Content-Length: \(body.utf8.count)"] + headers
    reader.feed((head.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    return interface.answer(try #require(try reader.next()), from: caller, nil)
  }

  private static func status(_ answer: WebInterface.Answer) -> Int? {
    if case .response(let response) = answer { response.status } else { nil }
  }

  private static func wish(_ answer: WebInterface.Answer) -> WebWish? {
    if case .question(.wish(let wish, _, _)) = answer { wish } else { nil }
  }

  @Test(arguments: [
    ("POST /api/v1/overrides", "{\"target\":\"a\",\"level\":\"off\",\"for\":\"1h\"}"),
    ("DELETE /api/v1/overrides/a", ""), ("POST /api/v1/lockouts", "{\"rig\":\"a\"}"),
    ("DELETE /api/v1/lockouts/a", ""), ("POST /api/v1/all-off", ""), ("DELETE /api/v1/all-off", ""),
    ("POST /api/v1/alarms/test", ""), ("POST /api/v1/alarms/3/acknowledge", ""),
    ("POST /api/v1/clock/confirm", ""), ("POST /api/v1/replan", ""), ("POST /api/v1/jobs", "{}"),
    ("DELETE /api/v1/jobs/a", ""),
  ])
  func `no stranger writes, a program does, and a person only with the page's proof`(
    _ request: String, _ body: String
  ) throws {
    #expect(Self.status(try Self.ask(request, [Self.json], body: body, from: .stranger)) == 401)
    #expect(Self.wish(try Self.ask(request, [Self.json], body: body)) != nil)
    let eva = try Self.eva
    #expect(Self.status(try Self.ask(request, [Self.json], body: body, from: .person(eva))) == 403)
    let proof = "X-Rigshift-Proof: \(eva.proof)"
    #expect(Self.wish(try Self.ask(request, [Self.json, proof], body: body, from: .person(eva))) != nil)
    for foreign in ["Origin: https://example.org", "Origin: null", "Sec-Fetch-Site: cross-site"] {
      let answer = try Self.ask(request, [Self.json, proof, foreign], body: body, from: .person(eva))
      #expect(Self.status(answer) == 403, "\(foreign)")
    }
  }

  @Test func `a form writes with the proof in it, and goes back to its page`() throws {
    let eva = try Self.eva
    let body = "action=override&target=rigs-7&level=off&for=90+min&back=%2Frigs&proof="
    #expect(Self.status(try Self.ask("POST /do", [Self.form], body: body, from: .person(eva))) == 403)
    let answer = try Self.ask("POST /do", [Self.form], body: body + eva.proof, from: .person(eva))
    guard case .question(let question) = answer, case .wish(let wish, let by, let back) = question else {
      Issue.record("no wish")
      return
    }
    #expect(wish == .override(target: "rigs-7", level: "off", length: "90 min"))
    #expect(by == "Eva" && back == "/rigs")
    let done = Self.interface.response(to: question, .done(["recorded": true]))
    #expect(done.status == 303 && done.headers.contains(HTTPHeader("Location", "/rigs")))
    let refused = Self.interface.response(to: question, .refused("no rig is called <b>"))
    #expect(refused.status == 409)
    #expect(String(decoding: refused.body, as: UTF8.self).contains("no rig is called &lt;b&gt;"))
  }

  @Test(arguments: ["https://example.org/", "//example.org", "/rigs\r\nX: y", "", "/api/v1/status"])
  func `nobody is led to another place than a page`(_ back: String) throws {
    let done = Self.interface.response(to: .wish(.replan, by: "Eva", back: back), .done(nil))
    #expect(done.headers.contains(HTTPHeader("Location", "/")))
  }

  @Test func `all rigs are switched off only by typing it out`() throws {
    let eva = try Self.eva
    func answer(_ confirm: String) throws -> WebInterface.Answer {
      try Self.ask(
        "POST /do", [Self.form], body: "action=all-off&confirm=\(confirm)&proof=\(eva.proof)",
        from: .person(eva))
    }
    for typed in ["off", "OFF"] { #expect(Self.wish(try answer(typed)) == .allOff) }
    for typed in ["", "on"] { #expect(Self.status(try answer(typed)) == 400) }
  }

  @Test(
    arguments: [
      ("", 400), ("{", 400), ("[]", 422), ("{}", 422), ("{\"target\":\"a\",\"level\":1}", 422),
      ("{\"target\":\"a\",\"level\":1,\"for\":\"1h\",\"x\":\"y\"}", 422),
      ("{\"target\":[],\"level\":1,\"for\":\"1h\"}", 422),
      ("{\"target\":\"\(String(repeating: "a", count: 401))\",\"level\":1,\"for\":\"1h\"}", 422),
    ])
  func `a body that is not understood is refused with a remedy`(_ body: String, _ status: Int) throws {
    let answer = try Self.ask("POST /api/v1/overrides", [Self.json], body: body)
    #expect(Self.status(answer) == status)
    let plain = try Self.ask("POST /api/v1/overrides", ["Content-Type: text/plain"], body: body)
    #expect(Self.status(plain) == 415)
  }

  @Test func `a number is a level too`() throws {
    let body = "{\"target\":\"rigs\",\"level\":12,\"for\":\"1h\"}"
    let answer = try Self.ask("POST /api/v1/overrides", [Self.json], body: body)
    #expect(Self.wish(answer) == .override(target: "rigs", level: "12", length: "1h"))
  }

  @Test func `names in a path are read as they were meant`() throws {
    #expect(Self.wish(try Self.ask("DELETE /api/v1/jobs/a%20b%2Fc")) == .cancelJob(id: "a b/c"))
    #expect(Self.status(try Self.ask("DELETE /api/v1/jobs/%")) == 404)
    #expect(Self.status(try Self.ask("DELETE /api/v1/jobs/%ff")) == 404)
    #expect(Self.status(try Self.ask("DELETE /api/v1/jobs/")) == 404)
  }

  @Test func `where readers have to sign in, strangers see the way in and nothing else`() throws {
    let closed = WebInterface(host: "127.0.0.1", version: "1", readers: .signedIn)
    for path in ["/health", "/metrics", "/api/v1/status", "/api/v1/certificates?from=1", "/openapi.json"] {
      #expect(Self.status(try Self.ask("GET \(path)", from: .stranger, of: closed)) == 401, "\(path)")
    }
    let page = try Self.ask("GET /rigs", from: .stranger, of: closed)
    guard case .response(let response) = page else {
      Issue.record("no response")
      return
    }
    #expect(response.status == 303 && response.headers.contains(HTTPHeader("Location", "/login?back=/rigs")))
    #expect(Self.status(try Self.ask("GET /login", from: .stranger, of: closed)) == 200)
    #expect(Self.status(try Self.ask("GET /style.css", from: .stranger, of: closed)) == 200)
    #expect(Self.status(try Self.ask("GET /rigs", of: closed)) == 503)
  }

  @Test func `signing in sets a cookie that scripts and other sites cannot use`() throws {
    let body = "name=Eva&password=a%2Bb+c&back=%2Fplan"
    let answer = try Self.ask("POST /login", [Self.form], body: body, from: .stranger)
    guard case .question(let question) = answer, case .signIn("Eva", "a+b c", "/plan") = question else {
      Issue.record("not understood")
      return
    }
    let done = Self.interface.response(to: question, .signedIn(cookie: "abc"))
    let cookie = try #require(done.headers.first { $0.name == "Set-Cookie" }?.value)
    #expect(cookie.hasPrefix("rigshift=abc;"))
    for word in ["HttpOnly", "SameSite=Strict", "Path=/"] { #expect(cookie.contains(word)) }
    #expect(Self.interface.response(to: question, .refused("no")).status == 403)
    let foreign = try Self.ask(
      "POST /login", [Self.form, "Origin: https://example.org"], body: body, from: .stranger)
    #expect(Self.status(foreign) == 403)
    for broken in ["", "name=Eva", "name=&password=x", "name=a%0Ab&password=x"] {
      #expect(Self.status(try Self.ask("POST /login", [Self.form], body: broken, from: .stranger)) == 400)
    }
  }

  @Test func `cookies and tokens are found where they stand`() throws {
    var reader = HTTPRequestReader(maximumBody: 0)
    reader.feed(
      "GET / HTTP/1.1\r\nHost: a\r\nCookie: x=1; rigshift=abc; y=2\r\nAuthorization: bearer rst_1\r\n\r\n"
        .utf8)
    let request = try #require(try reader.next())
    #expect(Caller.cookie(of: request) == "abc")
    #expect(Caller.token(of: request) == "rst_1")
  }

  @Test func `a page has forms for a person who is signed in, and none for others`() throws {
    func page(_ caller: Caller) throws -> String {
      var reader = HTTPRequestReader(maximumBody: 0)
      reader.feed("GET /rigs HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
      var snapshot = SiteSnapshot(
        status: ["banks": [["name": "rigs", "rigs": 1]], "overrides": []], age: .zero)
      snapshot.rigs = [["rig": "rigs-1", "bank": "rigs", "override_until": nil]]
      let answer = Self.interface.answer(try #require(try reader.next()), from: caller, snapshot)
      guard case .response(let response) = answer else { return "" }
      return String(decoding: response.body, as: UTF8.self)
    }
    let eva = try Self.eva
    let own = try page(.person(eva))
    #expect(own.contains("name=\"proof\" value=\"\(eva.proof)\"") && own.contains("All off"))
    #expect(own.contains("value=\"override\"") && own.contains("value=\"lockout\""))
    let others = try page(.stranger)
    #expect(!others.contains("<form") && others.contains("/login?back=/rigs"))
  }
}
