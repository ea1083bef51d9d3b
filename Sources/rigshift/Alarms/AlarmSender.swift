import Alarms
import Control
import HTTPClient
import LinuxHost
import Ports
import Quantities
import SiteController
import SiteModel

/// Brings alarm messages to people over what the site file names. Secrets are read for every message, so a changed one
/// counts at once, and go nowhere but to the server they are for.
final class AlarmSender: Sendable {
  private let posts = WebhookThread()
  private let mails = MailThread()

  func send(
    _ channel: AlarmChannel, _ message: AlarmMessage, dropped: Int, site: Site
  ) async -> DeliveryOutcome {
    switch channel {
    case .webhook:
      guard let settings = site.alarms.webhook else { return .rejected("the site file names no webhook") }
      return await self.posts.send(message, dropped: dropped, settings, zone: site.zone)
    case .mail:
      guard let settings = site.alarms.mail else { return .rejected("the site file names no mail server") }
      return await self.mails.send(message, dropped: dropped, settings, zone: site.zone)
    }
  }
}

/// Why a secret is not to be had.
private struct SecretProblem: Error {
  let text: String

  /// The text of a secret file without blanks around it; nil for no path.
  static func secret(_ path: String?) throws(SecretProblem) -> String? {
    guard let path else { return nil }
    let secret = try Self.text(path)?.split(whereSeparator: \.isWhitespace).first.map(String.init)
    guard let secret, secret.unicodeScalars.allSatisfy({ $0.value > 32 && $0.value != 127 }) else {
      throw SecretProblem(text: "the file \(path) is missing or empty")
    }
    return secret
  }

  private static func text(_ path: String) throws(SecretProblem) -> String? {
    do throws(SystemError) { return try SecretFile.read(path) } catch {
      throw SecretProblem(text: "\(error)")
    }
  }

  /// A password may contain blanks; only line breaks end it.
  static func password(_ path: String?) throws(SecretProblem) -> String? {
    guard let path else { return nil }
    guard let line = try Self.text(path)?.split(whereSeparator: \.isNewline).first.map(String.init),
      !line.isEmpty
    else {
      throw SecretProblem(text: "the file \(path) is missing or empty")
    }
    return line
  }
}

private actor WebhookThread {
  private nonisolated let executor = DedicatedThreadExecutor(name: "alarm posts")
  nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }
  private let clock = SystemClock()
  private var client: HTTPClient?

  func send(
    _ message: AlarmMessage, dropped: Int, _ settings: AlarmSettings.Webhook, zone: ZoneRules
  ) async -> DeliveryOutcome {
    let request: HTTPRequest
    do throws(SecretProblem) {
      request = WebhookCall.request(
        message, dropped: dropped, url: try Self.url(settings),
        token: try SecretProblem.secret(settings.tokenFile),
        secret: try SecretProblem.secret(settings.secretFile), within: settings.answerWithin, zone: zone,
        at: self.clock.now().moment.wall)
    } catch {
      return .failed(error.text)
    }
    let client = self.client ?? HTTPClient { startThread(name: "alarm client", $0) }
    self.client = client
    do throws(HTTPFailure) {
      return WebhookCall.outcome(.success(try await client.fetch(request)))
    } catch {
      return WebhookCall.outcome(.failure(error))
    }
  }

  private static func url(_ settings: AlarmSettings.Webhook) throws(SecretProblem) -> String {
    switch settings.address {
    case .plain(let url): return url
    case .file(let path):
      guard let url = try SecretProblem.secret(path), let origin = AlarmSettings.Webhook.origin(of: url),
        AlarmSettings.Webhook.isPrivate(origin)
      else { throw SecretProblem(text: "the file \(path) holds no address that begins with https://") }
      return url
    }
  }
}

private actor MailThread {
  private nonisolated let executor = DedicatedThreadExecutor(name: "alarm mail")
  nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }
  private let clock = SystemClock()
  private let client: any MailSending = MailClient()

  /// Blocks this thread, at most for the time the server has to answer.
  func send(
    _ message: AlarmMessage, dropped: Int, _ settings: AlarmSettings.Mail, zone: ZoneRules
  ) -> DeliveryOutcome {
    let mail: MailSubmission
    do throws(SecretProblem) {
      mail = MailCall.submission(
        message, dropped: dropped, settings, password: try SecretProblem.password(settings.passwordFile),
        zone: zone, at: self.clock.now().moment.wall)
    } catch {
      return .failed(error.text)
    }
    do throws(MailFailure) {
      try self.client.send(mail)
      return MailCall.outcome(nil)
    } catch {
      return MailCall.outcome(error)
    }
  }
}
