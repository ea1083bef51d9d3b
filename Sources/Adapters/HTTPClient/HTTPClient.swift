internal import CCurl
public import Ports
import Synchronization

/// HTTP over libcurl and OpenSSL. One thread, which the caller lends, carries all exchanges at once.
public final class HTTPClient: HTTPFetching {
  /// The certificate and key shown to servers that are trusted by their pinned key.
  public struct Identity: Sendable {
    let certificatePEM: String
    /// Secret; never printed.
    let keyPEM: String
    public init(certificatePEM: String, keyPEM: String) {
      self.certificatePEM = certificatePEM
      self.keyPEM = keyPEM
    }
  }

  /// Peers and feeds of one site stay far below.
  private static let mostExchanges = 256
  private static let mostConnections = 64
  private static let mostRedirections = 4

  private struct State {
    var waiting: [Transfer] = []
    /// Given and not answered yet.
    var open = 0
    var isStopped = false
  }

  private let state = Mutex(State())
  private let multi: MultiHandle
  private let identity: Identity?

  /// `start` runs a function on a thread of its own; the function returns after `stop`.
  public init(identity: Identity? = nil, start: (@escaping @Sendable () -> Void) -> Void) {
    self.multi = MultiHandle(mostConnections: Self.mostConnections)
    self.identity = identity
    start { self.run() }
  }

  /// Fails what is on its way and everything that comes.
  public func stop() {
    self.state.withLock { $0.isStopped = true }
    self.multi.wake()
  }

  public func fetch(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    var request = request
    for _ in 0...Self.mostRedirections {
      let answer = try await self.exchange(request).get()
      guard let next = answer.redirection else { return answer.response }
      guard request.method == .get, Endpoint(next) == Endpoint(request.url) else {
        throw .redirected(to: next)
      }
      request.url = next
    }
    throw .redirected(to: request.url)
  }

  private func exchange(_ request: HTTPRequest) async -> Result<Transfer.Answer, HTTPFailure> {
    await withCheckedContinuation { continuation in
      let isTaken = self.state.withLock { state in
        guard !state.isStopped, state.open < Self.mostExchanges else { return false }
        state.open += 1
        state.waiting.append(Transfer(request, continuation))
        return true
      }
      if isTaken { self.multi.wake() } else { continuation.resume(returning: .failure(.busy)) }
    }
  }

  /// The loop of the thread that owns every handle.
  private func run() {
    var active = ActiveTransfers(self.multi)
    while true {
      let (new, isStopped) = self.state.withLock { state in
        defer { state.waiting = [] }
        return (state.waiting, state.isStopped)
      }
      if isStopped {
        for transfer in new { transfer.end(.failure(.busy)) }
        active.endAll(.busy)
        return
      }
      var ended = 0
      for transfer in new where !active.begin(transfer, identity: self.identity) { ended += 1 }
      ended += active.perform()
      if ended > 0 { self.state.withLock { $0.open -= ended } }
      self.multi.wait()
    }
  }
}

/// Scheme, host and port of an address.
private struct Endpoint: Equatable {
  var parts: [String]

  init?(_ url: String) {
    guard let handle = curl_url() else { return nil }
    defer { curl_url_cleanup(handle) }
    guard curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK else { return nil }
    self.parts = []
    for part in [CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT] {
      var text: UnsafeMutablePointer<CChar>?
      guard curl_url_get(handle, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text else {
        return nil
      }
      self.parts.append(String(cString: text).lowercased())
      curl_free(text)
    }
  }
}
