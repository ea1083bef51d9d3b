import HTTPClient
import Ports
import ProgramTesting
import Testing

/// Mail to aiosmtpd, which shares no code with us.
@Suite(.timeLimit(.minutes(2)), .enabled(if: PythonServer.hasMailServer, "aiosmtpd is not installed"))
struct MailClientTests {
  private static let text = "Subject: x\r\n\r\none\r\n.two\r\n..\r\n.\r\nthree\r\n"

  private static func failure(_ mail: MailSubmission) -> MailFailure? {
    do throws(MailFailure) {
      try MailClient().send(mail)
      return nil
    } catch {
      return error
    }
  }

  private static func mail(
    _ server: MailServer, _ encryption: MailSubmission.Encryption, to: [String] = ["a@example.org"],
    login: (user: String, password: String)? = nil, trusts: Bool = true
  ) -> MailSubmission {
    MailSubmission(
      host: "127.0.0.1", port: server.port, encryption: encryption, login: login,
      authoritiesFile: trusts && encryption != .none ? server.certificate : nil, from: "rigshift@example.org",
      to: to, text: Array(Self.text.utf8), timeout: .seconds(20))
  }

  @Test(
    arguments: [("plain", .none), ("starttls", .afterGreeting), ("tls", .fromTheStart)]
      as [(String, MailSubmission.Encryption)])
  func `hands over a mail as it is, to everybody`(_ mode: String, _ encryption: MailSubmission.Encryption)
    async throws
  {
    try await onThread {
      let server = try MailServer(mode)
      #expect(Self.failure(Self.mail(server, encryption, to: ["a@example.org", "b@example.org"])) == nil)
      let (text, envelope) = try server.mail(1)
      #expect(text == Self.text && envelope.from == "rigshift@example.org")
      #expect(envelope.to == ["a@example.org", "b@example.org"])
      #expect(envelope.encrypted == (encryption != .none) && server.count == 1)
    }
  }

  @Test func `logs in over an encrypted line, and a wrong password is for a person to mend`() async throws {
    try await onThread {
      let server = try MailServer("auth")
      #expect(Self.failure(Self.mail(server, .afterGreeting, login: ("site", "pass word"))) == nil)
      #expect(try server.mail(1).envelope.user == "site")
      let wrong = Self.failure(Self.mail(server, .afterGreeting, login: ("site", "Geheim123")))
      guard case .untrusted(let why) = wrong else {
        Issue.record("\(String(describing: wrong))")
        return
      }
      #expect(!why.contains("Geheim123"))
      #expect(Self.failure(Self.mail(server, .afterGreeting)) != nil && server.count == 1)
    }
  }

  @Test func `gives neither mail nor password to a server it cannot trust, or that does not encrypt`()
    async throws
  {
    try await onThread {
      for (mode, encryption) in [
        ("starttls", MailSubmission.Encryption.afterGreeting), ("tls", .fromTheStart),
        ("plain", .afterGreeting),
      ] {
        let server = try MailServer(mode)
        let failure = Self.failure(
          Self.mail(server, encryption, login: ("site", "pass word"), trusts: false))
        guard case .untrusted = failure else {
          Issue.record("\(mode): \(String(describing: failure))")
          continue
        }
        #expect(server.count == 0)
      }
    }
  }

  @Test func `a recipient that is refused keeps a mail from the others only where that is wanted`()
    async throws
  {
    try await onThread {
      let server = try MailServer("plain")
      var mail = Self.mail(server, .none, to: ["unknown@example.org", "a@example.org"])
      #expect(Self.failure(mail) == nil)
      #expect(try server.mail(1).envelope.to == ["a@example.org"])
      mail.needsEveryRecipient = true
      let failure = Self.failure(mail)
      guard case .refused = failure else {
        Issue.record("\(String(describing: failure))")
        return
      }
      guard case .refused = Self.failure(Self.mail(server, .none, to: ["unknown@example.org"])),
        case .unreachable = Self.failure(Self.mail(server, .none, to: ["busy@example.org"]))
      else {
        Issue.record("for ever and for now are not told apart")
        return
      }
      #expect(server.count == 1)
    }
  }

  @Test func `nobody there is a failure that may pass`() async throws {
    try await onThread {
      var mail = MailSubmission(
        host: "127.0.0.1", port: 1, encryption: .none, from: "a@b", to: ["c@d"], text: [],
        timeout: .seconds(5))
      guard case .unreachable = Self.failure(mail) else {
        Issue.record("not unreachable")
        return
      }
      for bad in ["c@d\r\nRCPT TO:<x@y>", "c@d> SIZE=1", "c d@e", ""] {
        mail.to = [bad]
        let failure = Self.failure(mail)
        guard case .invalid = failure else {
          Issue.record("\(bad): \(String(describing: failure))")
          continue
        }
      }
    }
  }
}
