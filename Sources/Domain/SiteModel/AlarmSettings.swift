public import Quantities

/// How alarms reach a person.
public struct AlarmSettings: Sendable, Hashable {
  /// Local time in which nothing is sent that can wait; nil sends at any hour.
  public var quietHours: PlannerSettings.Window?
  /// How long a cause must be gone before its alarm counts as over, so that what flaps is one alarm.
  public var hold: Duration
  /// How long alarms are gathered into one message.
  public var gather: Duration
  /// After how long somebody who must act, and has not acknowledged, is told again; nil is never.
  public var reminder: Duration?
  public var webhook: Webhook?
  public var mail: Mail?

  /// Where alarms are posted as JSON.
  public struct Webhook: Sendable, Hashable {
    /// The address may be a secret itself, and then lies in a file.
    public enum Address: Sendable, Hashable {
      /// Absolute, `http` or `https`.
      case plain(String)
      case file(String)
    }

    public var address: Address
    /// A file with the token that is sent as `Authorization: Bearer`; nil sends none.
    public var tokenFile: String?
    /// A file with the key that messages are signed with; nil does not sign.
    public var secretFile: String?
    public var answerWithin: Duration

    /// Scheme and host of an address it can be posted to; nil for anything else, and for one with a name or password in it.
    public static func origin(of url: String) -> (isSecure: Bool, host: String)? {
      let isSecure = url.hasPrefix("https://")
      let rest = isSecure ? url.dropFirst(8) : url.hasPrefix("http://") ? url.dropFirst(7) : ""
      let authority = rest.prefix { $0 != "/" && $0 != "?" }
      let host =
        authority.hasPrefix("[")
        ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
      let isWhole = url.unicodeScalars.allSatisfy { (33...126).contains($0.value) && $0 != "#" && $0 != "\\" }
      guard isWhole, !host.isEmpty, !authority.contains("@") else { return nil }
      return (isSecure, String(host))
    }

    /// Whether what is sent there is encrypted or stays on this host.
    public static func isPrivate(_ origin: (isSecure: Bool, host: String)) -> Bool {
      let host = origin.host.contains(":") ? "[\(origin.host)]" : origin.host
      return origin.isSecure || HostPort("\(host):1")?.isLoopback ?? false
    }

    public init(
      address: Address, tokenFile: String? = nil, secretFile: String? = nil,
      answerWithin: Duration = .seconds(15)
    ) {
      self.address = address
      self.tokenFile = tokenFile
      self.secretFile = secretFile
      self.answerWithin = answerWithin
    }
  }

  /// Where alarms are mailed.
  public struct Mail: Sendable, Hashable {
    /// How the way to the server is encrypted.
    public enum Security: String, Sendable, Hashable, CaseIterable {
      /// From the first byte (port 465).
      case tls
      /// After a greeting in the clear, or not at all (port 587).
      case startTLS = "starttls"
      case none
    }

    public var server: HostPort
    public var security: Security
    /// Name at the server; nil logs nobody in.
    public var user: String?
    /// Nil without a user.
    public var passwordFile: String?
    /// Certificates to trust in place of the system's; nil trusts the system's.
    public var authoritiesFile: String?
    public var from: String
    /// Not empty.
    public var to: [String]
    public var answerWithin: Duration
    public init(
      server: HostPort, security: Security = .startTLS, user: String? = nil, passwordFile: String? = nil,
      authoritiesFile: String? = nil, from: String, to: [String], answerWithin: Duration = .seconds(15)
    ) {
      self.server = server
      self.security = security
      self.user = user
      self.passwordFile = passwordFile
      self.authoritiesFile = authoritiesFile
      self.from = from
      self.to = to
      self.answerWithin = answerWithin
    }
  }

  public init(
    quietHours: PlannerSettings.Window? = nil, hold: Duration = .minutes(5), gather: Duration = .seconds(10),
    reminder: Duration? = .minutes(30), webhook: Webhook? = nil, mail: Mail? = nil
  ) {
    self.quietHours = quietHours
    self.hold = hold
    self.gather = gather
    self.reminder = reminder
    self.webhook = webhook
    self.mail = mail
  }
}
