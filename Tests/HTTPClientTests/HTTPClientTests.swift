import Foundation
import HTTPClient
import Ports
import Testing

@Suite(.timeLimit(.minutes(2))) struct HTTPClientTests {
  private struct Echo: Decodable {
    var method: String
    var path: String
    var body: String
    var header: String?
    var has_certificate: Bool
  }

  private static func echo(_ response: HTTPResponse) throws -> Echo {
    try JSONDecoder().decode(Echo.self, from: Data(response.body))
  }

  private static func failure(_ client: HTTPClient, _ request: HTTPRequest) async -> HTTPFailure? {
    do throws(HTTPFailure) {
      _ = try await client.fetch(request)
      return nil
    } catch {
      return error
    }
  }

  @Test func `fetches with headers and query, and hands back what the server said`() async throws {
    let server = try LocalServer()
    let client = try server.client()
    defer { client.stop() }
    let answer = try await client.fetch(
      HTTPRequest(
        base: server.url("plain", "/"), path: "echo", query: [("q", "a b&c=ü")],
        headers: [HTTPHeader("X-Test", "1")]))
    let echo = try Self.echo(answer)
    #expect(answer.status == 200)
    #expect(answer.header("x-answer") == "yes" && answer.header("retry-after") == "7")
    #expect(echo.method == "GET" && echo.path == "/echo?q=a%20b%26c%3D%C3%BC" && echo.header == "1")
    #expect(try await client.fetch(HTTPRequest(.get, server.url("plain", "/nowhere"))).status == 404)
  }

  @Test(arguments: [HTTPRequest.Method.get, .post], ["", "{\"a\":1}"])
  func `sends a body with either method`(_ method: HTTPRequest.Method, _ body: String) async throws {
    let server = try LocalServer()
    let client = try server.client()
    defer { client.stop() }
    let answer = try await client.fetch(
      HTTPRequest(method, server.url("plain", "/echo"), body: Array(body.utf8)))
    let echo = try Self.echo(answer)
    #expect(echo.method == method.rawValue && echo.body == body)
  }

  @Test func `reads no more than allowed, however much comes`() async throws {
    let server = try LocalServer()
    let client = try server.client()
    defer { client.stop() }
    let fits = HTTPRequest(.get, server.url("plain", "/large"), maximumBytes: 100_000)
    #expect(try await client.fetch(fits).body.count == 100_000)
    for path in ["/large", "/endless"] {
      let request = HTTPRequest(.get, server.url("plain", path), maximumBytes: 99_999)
      #expect(await Self.failure(client, request) == .tooLarge(limit: 99_999))
    }
    let headers = HTTPRequest(.get, server.url("plain", "/headers"), maximumBytes: 10)
    #expect(await Self.failure(client, headers) == .tooLarge(limit: 10))
  }

  @Test func `gives up in time, while others are served`() async throws {
    let server = try LocalServer()
    let client = try server.client()
    defer { client.stop() }
    let silent = HTTPRequest(.get, server.url("plain", "/silent"), timeout: .milliseconds(700))
    async let failure = Self.failure(client, silent)
    for _ in 0..<10 {
      #expect(try await client.fetch(HTTPRequest(.get, server.url("plain", "/echo"))).status == 200)
    }
    #expect(await failure == .timedOut)
  }

  @Test func `follows a redirection on the same host alone`() async throws {
    let server = try LocalServer()
    let client = try server.client()
    defer { client.stop() }
    let moved = try await client.fetch(HTTPRequest(.get, server.url("plain", "/moved")))
    #expect(try Self.echo(moved).path == "/echo?moved")
    let elsewhere = "http://localhost:\(server.facts.ports["plain"] ?? 0)/echo"
    #expect(
      await Self.failure(client, HTTPRequest(.get, server.url("plain", "/away")))
        == .redirected(to: elsewhere))
    let around = HTTPRequest(.get, server.url("plain", "/around"))
    #expect(await Self.failure(client, around) == .redirected(to: around.url))
    let post = HTTPRequest(.post, server.url("plain", "/moved"))
    #expect(await Self.failure(client, post) == .redirected(to: server.url("plain", "/echo?moved")))
  }

  @Test func `talks to the pinned key alone, and shows its own certificate`() async throws {
    let server = try LocalServer()
    let client = try server.client(showing: "client")
    defer { client.stop() }
    let url = server.url("tls", "/echo")
    let answer = try await client.fetch(HTTPRequest(.get, url, trust: .pinned(server.pin("server"))))
    #expect(try Self.echo(answer).has_certificate)
    for trust in [HTTPRequest.Trust.pinned(server.pin("stranger")), .authorities] {
      let failure = await Self.failure(client, HTTPRequest(.get, url, trust: trust))
      guard case .untrusted = failure else {
        Issue.record("\(String(describing: failure))")
        continue
      }
    }
  }

  @Test func `is refused without a certificate the server knows, and refuses old TLS itself`() async throws {
    let server = try LocalServer()
    let pin = HTTPRequest.Trust.pinned(server.pin("server"))
    for name in [nil, "stranger"] {
      let client = try server.client(showing: name)
      defer { client.stop() }
      #expect(await Self.failure(client, HTTPRequest(.get, server.url("tls", "/echo"), trust: pin)) != nil)
    }
    let client = try server.client(showing: "client")
    defer { client.stop() }
    #expect(await Self.failure(client, HTTPRequest(.get, server.url("old", "/echo"), trust: pin)) != nil)
  }

  @Test(arguments: ["ftp://127.0.0.1/", "file:///etc/passwd", "nonsense", "http://a b/", "http://x/\r\nA: b"])
  func `does not send what is no web address`(_ url: String) async throws {
    let client = try LocalServer().client()
    defer { client.stop() }
    let failure = await Self.failure(client, HTTPRequest(.get, url))
    switch failure {
    case .invalid, .unreachable: break
    case let other: Issue.record("\(String(describing: other))")
    }
  }

  @Test func `says that nobody is there, and answers everybody when it stops`() async throws {
    let server = try LocalServer()
    let client = try server.client()
    let failure = await Self.failure(client, HTTPRequest(.get, "http://127.0.0.1:1/"))
    guard case .unreachable = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    async let waiting = Self.failure(client, HTTPRequest(.get, server.url("plain", "/silent")))
    client.stop()
    #expect(await waiting == .busy)
    #expect(await Self.failure(client, HTTPRequest(.get, server.url("plain", "/echo"))) == .busy)
  }
}
