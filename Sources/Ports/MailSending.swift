/// Handing one mail to a server.
///
/// Contract: `send` blocks its caller, at most for the time-out, and returns once the server has taken the mail for every
/// recipient, or for one of them where that is enough, or throws; then the server may have it all the same, which the mail's Message-ID lets readers find out. It
/// leaves the text as it is. A password goes only where the submission says, and never into an error.
public protocol MailSending: Sendable {
  func send(_ mail: MailSubmission) throws(MailFailure)
}

public struct MailSubmission: Sendable {
  /// How the way to the server is encrypted; a certificate that is not trusted fails the submission.
  public enum Encryption: Sendable, Hashable {
    case fromTheStart, afterGreeting, none
  }

  public var host: String
  public var port: Int
  public var encryption: Encryption
  /// Nil logs nobody in. The password is secret; never printed.
  public var login: (user: String, password: String)?
  /// A PEM file of the authorities to trust; nil is the system's.
  public var authoritiesFile: String?
  /// Plain addresses.
  public var from: String
  public var to: [String]
  /// A whole RFC 5322 message whose lines end with CR LF.
  public var text: [UInt8]
  public var timeout: Duration
  /// Whether a recipient that the server does not take keeps the mail from the others.
  public var needsEveryRecipient = false

  public init(
    host: String, port: Int, encryption: Encryption, login: (user: String, password: String)? = nil,
    authoritiesFile: String? = nil, from: String, to: [String], text: [UInt8], timeout: Duration
  ) {
    self.host = host
    self.port = port
    self.encryption = encryption
    self.login = login
    self.authoritiesFile = authoritiesFile
    self.from = from
    self.to = to
    self.text = text
    self.timeout = timeout
  }
}

/// Why a mail was not taken, by what the caller can do.
public enum MailFailure: Error, Sendable, Hashable {
  /// Nobody answers, the connection broke, or the server is busy: try again later.
  case unreachable(String)
  case timedOut
  /// The server is not who it should be, or refuses the login: a person must look.
  case untrusted(String)
  /// The server does not take this mail, from this sender or for these recipients.
  case refused(String)
  /// It cannot be sent as it is.
  case invalid(String)
}

extension MailFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreachable(let why): "not reachable: \(why)"
    case .timedOut: "no answer in time"
    case .untrusted(let why): "not trusted: \(why)"
    case .refused(let why): "refused: \(why)"
    case .invalid(let why): "the mail cannot be sent: \(why)"
    }
  }
}
