internal import CCurl
import Ports

/// One exchange: from the request to whoever waits for the answer. Handed from the caller's thread to the client's, which
/// owns it from then on.
final class Transfer: @unchecked Sendable {
  // Safe to share: the queue's lock passes it from one thread to the other, and the first keeps no reference.

  struct Answer: Sendable {
    var response: HTTPResponse
    /// Where the server says the answer is.
    var redirection: String?
  }

  private static let longestConnect = Duration.seconds(10)
  private static let mostHeaders = 100
  private static let mostHeaderBytes = 32 << 10

  private let request: HTTPRequest
  private let continuation: CheckedContinuation<Result<Answer, HTTPFailure>, Never>
  private var headers: [HTTPHeader] = []
  private var headerBytes = 0
  private var body: [UInt8] = []
  private var isTooLarge = false
  private var list: UnsafeMutablePointer<curl_slist>?
  /// libcurl's own words on a failure; it keeps the address.
  private let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

  init(_ request: HTTPRequest, _ continuation: CheckedContinuation<Result<Answer, HTTPFailure>, Never>) {
    self.request = request
    self.continuation = continuation
    self.message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    curl_slist_free_all(self.list)
    self.message.deallocate()
  }

  func end(_ result: Result<Answer, HTTPFailure>) { self.continuation.resume(returning: result) }

  // MARK: Before

  /// A handle for the exchange, which the caller frees; nil when it cannot be sent, which has been answered then.
  func prepare(identity: HTTPClient.Identity?) -> UnsafeMutableRawPointer? {
    let breaks = self.request.headers.contains { header in
      (header.name + header.value).utf8.contains { $0 < 0x20 && $0 != 0x09 }
    }
    guard !breaks, !self.request.url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }) else {
      self.end(.failure(.invalid("blanks or line breaks in the address or a header")))
      return nil
    }
    guard let easy = curl_easy_init() else {
      self.end(.failure(.busy))
      return nil
    }
    var isSet = self.setRequest(easy) && self.setLimits(easy) && self.setCallbacks(easy)
    switch self.request.trust {
    case .authorities:
      isSet = isSet && Self.ok(ccurl_set_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)))
    case .pinned(let key): isSet = isSet && self.setPin(easy, key, identity)
    }
    guard isSet else {
      curl_easy_cleanup(easy)
      self.end(.failure(.invalid("libcurl refuses it")))
      return nil
    }
    return easy
  }

  private func setRequest(_ easy: UnsafeMutableRawPointer) -> Bool {
    var isSet =
      Self.ok(ccurl_set_text(easy, CURLOPT_URL, self.request.url))
      && Self.ok(ccurl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https"))
    if self.request.method == .post || !self.request.body.isEmpty {
      isSet =
        isSet && Self.ok(ccurl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, self.request.body.count))
        && self.request.body.withUnsafeBytes {
          Self.ok(
            ccurl_set_text(
              easy, CURLOPT_COPYPOSTFIELDS,
              $0.baseAddress?.assumingMemoryBound(to: CChar.self) ?? UnsafePointer(self.message)))
        }
      isSet = isSet && Self.ok(ccurl_set_text(easy, CURLOPT_CUSTOMREQUEST, self.request.method.rawValue))
    }
    // An empty `Expect` saves the round trip in which a server says that it wants the body.
    for header in self.request.headers.map({ "\($0.name): \($0.value)" }) + ["Expect:"] {
      guard let longer = curl_slist_append(self.list, header) else { return false }
      self.list = longer
    }
    return isSet && Self.ok(ccurl_set_list(easy, CURLOPT_HTTPHEADER, self.list))
  }

  private func setLimits(_ easy: UnsafeMutableRawPointer) -> Bool {
    let timeout = Self.milliseconds(self.request.timeout)
    let connect = min(timeout, Self.milliseconds(Self.longestConnect))
    return Self.ok(ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, timeout))
      && Self.ok(ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, connect))
      && Self.ok(ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1))
      && Self.ok(ccurl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0))
      && Self.ok(ccurl_set_text(easy, CURLOPT_ACCEPT_ENCODING, ""))
      && Self.ok(ccurl_set_text(easy, CURLOPT_USERAGENT, "rigshift"))
  }

  private func setPin(
    _ easy: UnsafeMutableRawPointer, _ key: String, _ identity: HTTPClient.Identity?
  ) -> Bool {
    // The pin is the identity. Names and dates in a certificate that its owner signed prove nothing.
    var isSet =
      Self.ok(ccurl_set_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_3)))
      && Self.ok(ccurl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 0))
      && Self.ok(ccurl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 0))
      && Self.ok(ccurl_set_text(easy, CURLOPT_PINNEDPUBLICKEY, "sha256//\(key)"))
      && Self.ok(ccurl_set_text(easy, CURLOPT_PROXY, ""))
    if let identity {
      isSet =
        isSet && Self.ok(ccurl_set_text(easy, CURLOPT_SSLCERTTYPE, "PEM"))
        && Self.ok(ccurl_set_text(easy, CURLOPT_SSLKEYTYPE, "PEM"))
        && Self.setBlob(easy, CURLOPT_SSLCERT_BLOB, identity.certificatePEM)
        && Self.setBlob(easy, CURLOPT_SSLKEY_BLOB, identity.keyPEM)
    }
    return isSet
  }

  private func setCallbacks(_ easy: UnsafeMutableRawPointer) -> Bool {
    // The transfer outlives its handle: whoever holds the handle holds both.
    let owner = Unmanaged.passUnretained(self).toOpaque()
    return Self.ok(ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, self.message))
      && Self.ok(ccurl_set_pointer(easy, CURLOPT_WRITEDATA, owner))
      && Self.ok(ccurl_set_pointer(easy, CURLOPT_HEADERDATA, owner))
      && Self.ok(
        ccurl_set_writer(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, owner in
          guard let owner, let bytes else { return 0 }
          let transfer = Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
          return transfer.take(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
        })
      && Self.ok(
        ccurl_set_writer(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, owner in
          guard let owner, let bytes else { return 0 }
          let transfer = Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
          let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
          return transfer.takeHeader(String(decoding: line, as: UTF8.self)) ? size * count : 0
        })
  }

  private static func setBlob(_ easy: UnsafeMutableRawPointer, _ option: CURLoption, _ text: String) -> Bool {
    Array(text.utf8).withUnsafeBytes { Self.ok(ccurl_set_blob(easy, option, $0.baseAddress, $0.count)) }
  }

  private static func ok(_ code: CURLcode) -> Bool { code == CURLE_OK }

  /// At least one: zero means no limit to libcurl.
  private static func milliseconds(_ length: Duration) -> Int {
    let seconds = min(max(0, length.components.seconds), 86_400)
    return max(1, Int(seconds) * 1000 + Int(length.components.attoseconds / 1_000_000_000_000_000))
  }

  // MARK: Under way

  private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= self.request.maximumBytes - self.body.count else {
      self.isTooLarge = true
      return false
    }
    self.body.append(contentsOf: bytes)
    return true
  }

  private func takeHeader(_ line: String) -> Bool {
    self.headerBytes += line.utf8.count
    guard self.headerBytes <= Self.mostHeaderBytes, self.headers.count < Self.mostHeaders else {
      self.isTooLarge = true
      return false
    }
    // A new status line, after `100 Continue`, begins a new set.
    if line.hasPrefix("HTTP/") { self.headers = [] }
    guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return true }
    let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
    self.headers.append(
      HTTPHeader(
        line[..<colon].lowercased(), String(value.prefix { $0 != "\r" && $0 != "\n" && $0 != "\r\n" })))
    return true
  }

  // MARK: After

  func finish(_ easy: UnsafeMutableRawPointer, _ code: CURLcode) {
    guard code == CURLE_OK else {
      self.end(.failure(self.failure(code)))
      return
    }
    let response = HTTPResponse(status: ccurl_status(easy), headers: self.headers, body: self.body)
    self.end(
      .success(Answer(response: response, redirection: ccurl_redirection(easy).map { String(cString: $0) })))
  }

  private func failure(_ code: CURLcode) -> HTTPFailure {
    if self.isTooLarge { return .tooLarge(limit: self.request.maximumBytes) }
    let own = String(cString: self.message)
    let why = own.isEmpty ? String(cString: curl_easy_strerror(code)) : own
    return switch code {
    case CURLE_OPERATION_TIMEDOUT: .timedOut
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_ISSUER_ERROR,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CONNECT_ERROR:
      .untrusted(why)
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_SSL_CERTPROBLEM: .invalid(why)
    case _: .unreachable(why)
    }
  }
}
