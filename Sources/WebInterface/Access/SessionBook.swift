import Cryptography
public import Quantities

/// Who is signed in on a browser. Sessions live in memory: a restart signs everybody out.
public struct SessionBook: Sendable {
  /// What a signed-in browser brings with every request, and what it must repeat with every write.
  public struct Session: Sendable, Hashable {
    /// As the person wants to stand in the record.
    public let name: String
    /// Nobody who can make a browser send a request knows it.
    public let proof: String
    fileprivate let secret: Digest
    fileprivate let began: MonotonicInstant
    fileprivate var used: MonotonicInstant
  }

  static let longest = Duration.hours(12)
  private static let longestIdle = Duration.hours(1)
  private static let most = 16

  /// Guesses that may be made at once, and how long one takes to come back.
  private static let guesses = 5
  private static let guessEvery = Duration.seconds(20)

  private var sessions: [Session] = []
  private var failures: [MonotonicInstant] = []

  public init() {}

  /// How long a person has to wait before the next guess; nil when it may be made. Counts for everybody together, so that
  /// many addresses do not help.
  public mutating func wait(at now: MonotonicInstant) -> Duration? {
    self.failures.removeAll { now - $0 >= Self.guessEvery * Self.guesses }
    guard self.failures.count >= Self.guesses, let oldest = self.failures.first else { return nil }
    return Self.guessEvery * Self.guesses - (now - oldest)
  }

  public mutating func guessFailed(at now: MonotonicInstant) { self.failures.append(now) }

  /// Signs somebody in and returns the cookie's value. With too many, the one unused for the longest is signed out.
  public mutating func begin(_ name: String, at now: MonotonicInstant) -> String {
    let value = Hexadecimal.text(secureRandomBytes(32))
    self.expire(at: now)
    if self.sessions.count >= Self.most,
      let idle = self.sessions.indices.min(by: { self.sessions[$0].used < self.sessions[$1].used })
    {
      self.sessions.remove(at: idle)
    }
    self.sessions.append(
      Session(
        name: name, proof: Hexadecimal.text(secureRandomBytes(16)), secret: SHA256.hash(value), began: now,
        used: now))
    return value
  }

  public mutating func session(_ cookie: String, at now: MonotonicInstant) -> Session? {
    self.expire(at: now)
    guard cookie.utf8.count == 64 else { return nil }
    let secret = SHA256.hash(cookie)
    guard let index = self.sessions.firstIndex(where: { $0.secret == secret }) else { return nil }
    self.sessions[index].used = now
    return self.sessions[index]
  }

  public mutating func end(_ cookie: String) {
    let secret = SHA256.hash(cookie)
    self.sessions.removeAll { $0.secret == secret }
  }

  /// A new password or a withdrawn one ends what the old one began.
  public mutating func endAll() { self.sessions.removeAll() }

  private mutating func expire(at now: MonotonicInstant) {
    self.sessions.removeAll { now - $0.began >= Self.longest || now - $0.used >= Self.longestIdle }
  }
}
