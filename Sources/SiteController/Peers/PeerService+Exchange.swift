import PeerProtocol
import Ports
import Quantities

// Exchanges that this site begins.
extension PeerService {
  /// How long a peer may hold an exchange open until it has something to say.
  static let longestWait = 10
  private static let timeout = Duration.seconds(8)
  private static let shortestPause: Int64 = 1
  private static let longestPause: Int64 = 8

  /// Sends what waits for a peer.
  func push(_ node: NodeID) async {
    while let messages = self.links[node]?.takeOutbox(), !messages.isEmpty {
      guard await self.exchange(messages, with: node, wait: 0) else { break }
    }
    self.links[node]?.isPushing = false
  }

  /// Asks a peer for what it has to say, and lets it wait until it has something.
  func poll(_ node: NodeID) async {
    let messages = self.links[node]?.isPushing == false ? self.links[node]?.takeOutbox() ?? [] : []
    let isReached = await self.exchange(messages, with: node, wait: Self.longestWait)
    if !isReached, let failures = self.links[node]?.failures {
      let pause = min(Self.longestPause, Self.shortestPause << Int64(min(failures, 5)))
      do { try await Task.sleep(for: .seconds(pause)) } catch {}
      // Another attempt counts as the first one as far as waiting messages go.
    }
    self.links[node]?.isPolling = false
  }

  /// One exchange; what comes back is dealt with. False when it failed, and what was to be told is lost.
  private func exchange(_ messages: [[UInt8]], with node: NodeID, wait: Int) async -> Bool {
    let answer = await self.request(
      .post, "/rigshift/v1/exchange?wait=\(wait)", body: Framing.join(messages), of: node,
      timeout: Self.timeout + .seconds(wait))
    guard let answer, answer.status == 200 else {
      if let answer {
        self.links[node]?.lastFailure = "it answers \(answer.status)"
        self.links[node]?.failures += 1
      }
      self.exchange?.lost(node, retryAt: self.now + .seconds(1))
      return false
    }
    do throws(WireError) {
      self.receive(try Framing.split(answer.body), from: node)
    } catch {
      self.parts.notice(.misbehaved(self.links[node]?.peer.name ?? node.hint, what: "exchange: \(error)"))
    }
    return true
  }

  /// A request to a peer, which must show its pinned key; nil when it does not answer.
  func request(
    _ method: HTTPRequest.Method, _ path: String, body: [UInt8] = [], of node: NodeID,
    timeout: Duration = .seconds(8), maximumBytes: Int = Framing.maximumBytes
  ) async -> HTTPResponse? {
    guard let peer = self.links[node]?.peer, !peer.address.isEmpty else { return nil }
    let request = HTTPRequest(
      method, "https://\(peer.address)\(path)",
      headers: [HTTPHeader("Content-Type", "application/octet-stream")], body: body,
      trust: .pinned(node.pin), timeout: timeout, maximumBytes: maximumBytes)
    do throws(HTTPFailure) {
      let answer = try await self.parts.client.fetch(request)
      if self.links[node]?.failures ?? 0 > 0 || self.links[node]?.reachedAt == nil {
        self.parts.notice(.reached(peer.name))
      }
      self.links[node]?.failures = 0
      self.links[node]?.lastFailure = nil
      self.links[node]?.reachedAt = self.now
      return answer
    } catch {
      if self.links[node]?.failures == 0 { self.parts.notice(.lost(peer.name, why: "\(error)")) }
      self.links[node]?.failures += 1
      self.links[node]?.lastFailure = "\(error)"
      self.links[node]?.outbox = []
      return nil
    }
  }
}
