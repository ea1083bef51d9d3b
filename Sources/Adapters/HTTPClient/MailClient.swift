internal import CCurl
public import Ports

/// SMTP over libcurl and OpenSSL, one connection for each mail, on the caller's thread.
public struct MailClient: MailSending {
  private static let longestConnect = 10_000

  public init() {}

  public func send(_ mail: MailSubmission) throws(MailFailure) {
    let words = [mail.host, mail.from, mail.login?.user ?? "", mail.authoritiesFile ?? ""] + mail.to
    guard words.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } }),
      ([mail.host, mail.from] + mail.to).allSatisfy({ text in
        !text.isEmpty && !text.contains { " <>\"".contains($0) }
      }),
      !mail.to.isEmpty, (1...65_535).contains(mail.port)
    else { throw .invalid("blanks or line breaks in an address") }
    guard MultiHandle.isReady, let easy = curl_easy_init() else {
      throw .unreachable("no memory for libcurl")
    }
    defer { curl_easy_cleanup(easy) }
    let upload = Upload(mail.text)
    let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    defer { message.deallocate() }
    var recipients: UnsafeMutablePointer<curl_slist>?
    defer { curl_slist_free_all(recipients) }
    for recipient in mail.to {
      guard let longer = curl_slist_append(recipients, "<\(recipient)>") else {
        throw .unreachable("no memory for libcurl")
      }
      recipients = longer
    }
    let isSet =
      Self.setServer(easy, mail) && Self.ok(ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, message))
      && Self.ok(ccurl_set_text(easy, CURLOPT_MAIL_FROM, "<\(mail.from)>"))
      && Self.ok(ccurl_set_list(easy, CURLOPT_MAIL_RCPT, recipients))
      && (mail.needsEveryRecipient || Self.ok(ccurl_allow_failing_recipients(easy)))
      && Self.setBody(easy, upload)
    guard isSet else { throw .invalid("libcurl refuses it") }
    let code = withExtendedLifetime(upload) { curl_easy_perform(easy) }
    guard code != CURLE_OK else { return }
    let own = String(cString: message)
    throw Self.failure(
      code, own.isEmpty ? String(cString: curl_easy_strerror(code)) : own, reply: ccurl_status(easy))
  }

  private static func setServer(_ easy: UnsafeMutableRawPointer, _ mail: MailSubmission) -> Bool {
    let scheme = mail.encryption == .fromTheStart ? "smtps" : "smtp"
    let host = mail.host.contains(":") ? "[\(mail.host)]" : mail.host
    // Never a step back: a server that offers no encryption gets no mail.
    let level = mail.encryption == .none ? CURLUSESSL_NONE : CURLUSESSL_ALL
    let timeout = max(1, Int(min(max(0, mail.timeout.components.seconds), 3600)) * 1000)
    var isSet =
      Self.ok(ccurl_set_text(easy, CURLOPT_URL, "\(scheme)://\(host):\(mail.port)"))
      && Self.ok(ccurl_set_text(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps"))
      && Self.ok(ccurl_set_long(easy, CURLOPT_USE_SSL, Int(level.rawValue)))
      && Self.ok(ccurl_set_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)))
      && Self.ok(ccurl_set_text(easy, CURLOPT_PROXY, ""))
      && Self.ok(ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, timeout))
      && Self.ok(ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, min(timeout, Self.longestConnect)))
      && Self.ok(ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1))
    if let login = mail.login {
      isSet =
        isSet && Self.ok(ccurl_set_text(easy, CURLOPT_USERNAME, login.user))
        && Self.ok(ccurl_set_text(easy, CURLOPT_PASSWORD, login.password))
    }
    if let path = mail.authoritiesFile {
      isSet = isSet && Self.ok(ccurl_set_text(easy, CURLOPT_CAINFO, path))
    }
    return isSet
  }

  private static func setBody(_ easy: UnsafeMutableRawPointer, _ upload: Upload) -> Bool {
    // The caller keeps the upload until the exchange has ended.
    let owner = Unmanaged.passUnretained(upload).toOpaque()
    return Self.ok(ccurl_set_long(easy, CURLOPT_UPLOAD, 1))
      && Self.ok(ccurl_set_size(easy, CURLOPT_INFILESIZE_LARGE, upload.text.count))
      && Self.ok(ccurl_set_pointer(easy, CURLOPT_READDATA, owner))
      && Self.ok(
        ccurl_set_writer(easy, CURLOPT_READFUNCTION) { bytes, size, count, owner in
          guard let owner, let bytes else { return 0 }
          let room = size.multipliedReportingOverflow(by: count)
          let upload = Unmanaged<Upload>.fromOpaque(owner).takeUnretainedValue()
          return upload.take(
            UnsafeMutableRawBufferPointer(start: bytes, count: room.overflow ? 0 : room.partialValue))
        })
  }

  private static func failure(_ code: CURLcode, _ why: String, reply: Int) -> MailFailure {
    switch code {
    case CURLE_OPERATION_TIMEDOUT: .timedOut
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CONNECT_ERROR,
      CURLE_USE_SSL_FAILED,
      CURLE_SSL_ISSUER_ERROR, CURLE_LOGIN_DENIED:
      .untrusted(why)
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .invalid(why)
    // Replies from 500 are for ever, those from 400 for now (RFC 5321, 4.2.1).
    case _ where (500..<600).contains(reply): .refused(why)
    case _: .unreachable(why)
    }
  }

  private static func ok(_ code: CURLcode) -> Bool { code == CURLE_OK }

  /// What is still to be sent.
  private final class Upload {
    let text: [UInt8]
    private var sent = 0
    init(_ text: [UInt8]) { self.text = text }

    func take(_ room: UnsafeMutableRawBufferPointer) -> Int {
      let count = min(room.count, self.text.count - self.sent)
      guard count > 0 else { return 0 }
      room.copyBytes(from: self.text[self.sent..<(self.sent + count)])
      self.sent += count
      return count
    }
  }
}
