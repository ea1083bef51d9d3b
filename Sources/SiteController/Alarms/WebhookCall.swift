public import Alarms
import Cryptography
import JSONText
public import Ports
public import Quantities
public import SiteModel

/// One alarm message posted to a webhook.
public enum WebhookCall {
  /// Nothing in an answer is of use but its status.
  private static let longestAnswer = 64 << 10

  /// The POST. A signature is the HMAC-SHA256 of the time, a full stop and the body, so that a receiver can refuse what
  /// somebody else wrote and what somebody sends again.
  public static func request(
    _ message: AlarmMessage, dropped: Int, url: String, token: String?, secret: String?,
    within timeout: Duration, zone: ZoneRules, at now: UTCInstant
  ) -> HTTPRequest {
    let body = Array((message.json(zone: zone, dropped: dropped).text() + "\n").utf8)
    var headers = [HTTPHeader("Content-Type", "application/json; charset=utf-8")]
    if let token { headers.append(HTTPHeader("Authorization", "Bearer \(token)")) }
    if let secret {
      let time = "\(now.milliseconds / 1000)"
      let code = HMAC.sha256(Array("\(time).".utf8) + body, key: Array(secret.utf8))
      headers.append(HTTPHeader("X-RigShift-Timestamp", time))
      headers.append(HTTPHeader("X-RigShift-Signature", "sha256=\(code.hexadecimal)"))
    }
    return HTTPRequest(
      .post, url, headers: headers, body: body, timeout: timeout, maximumBytes: Self.longestAnswer)
  }

  public static func outcome(_ result: Result<HTTPResponse, HTTPFailure>) -> DeliveryOutcome {
    switch result {
    case .success(let response):
      switch response.status {
      case 200..<300: return .delivered
      case 408, 425, 429, 500...:
        let after = response.header("retry-after").flatMap { Int($0) }
        return .failed(
          "the server answered \(response.status)",
          after: after.map { .seconds(min(max(0, $0), 86_400)) })
      case let status: return .rejected("the server answered \(status)")
      }
    // The address it leads to may be a secret, as ours may.
    case .failure(.redirected): return .rejected("the server sends elsewhere, where alarms are not sent")
    case .failure(.tooLarge): return .delivered  // it has been taken; what was said about it is not needed
    case .failure(.invalid(let why)): return .rejected(why)
    case .failure(let failure): return .failed(failure.description)
    }
  }
}

/// One alarm message handed to a mail server.
public enum MailCall {
  public static func submission(
    _ message: AlarmMessage, dropped: Int, _ settings: AlarmSettings.Mail, password: String?, zone: ZoneRules,
    at now: UTCInstant
  ) -> MailSubmission {
    let encryption: MailSubmission.Encryption =
      switch settings.security {
      case .tls: .fromTheStart
      case .startTLS: .afterGreeting
      case .none: .none
      }
    var login: (user: String, password: String)?
    if let user = settings.user, let password { login = (user, password) }
    var mail = MailSubmission(
      host: settings.server.host, port: settings.server.port, encryption: encryption, login: login,
      authoritiesFile: settings.authoritiesFile, from: settings.from, to: settings.to,
      text: MailText(message, zone: zone, dropped: dropped).bytes(
        from: settings.from, to: settings.to, sentAt: now),
      timeout: settings.answerWithin)
    // An alarm is for whom it reaches; a test is to find out whom it does not.
    mail.needsEveryRecipient = message.reason == .test
    return mail
  }

  public static func outcome(_ failure: MailFailure?) -> DeliveryOutcome {
    switch failure {
    case nil: .delivered
    case .refused?, .invalid?: .rejected(failure?.description ?? "")
    case .unreachable?, .timedOut?, .untrusted?: .failed(failure?.description ?? "")
    }
  }
}
