public import Quantities

/// What a feed gave when it was asked.
public enum FeedAnswer<Value: Sendable>: Sendable {
  /// The site file names no such feed.
  case notAsked
  /// `issued` is when it was made or fetched, as far as that is known.
  case given(Value, issued: UTCInstant)
  /// The last good answer, as whoever asks kept it; the present asking failed, and why.
  case kept(Value, issued: UTCInstant, why: String)
  /// Why there is nothing to use.
  case failed(String)
}

extension FeedAnswer {
  public func map<Other>(_ transform: (Value) -> Other) -> FeedAnswer<Other> {
    switch self {
    case .notAsked: .notAsked
    case .given(let value, let issued): .given(transform(value), issued: issued)
    case .kept(let value, let issued, let why): .kept(transform(value), issued: issued, why: why)
    case .failed(let why): .failed(why)
    }
  }
}

/// Where on the ladder a feed stands, and why.
public struct FeedState: Sendable, Hashable {
  public enum Rung: String, Sendable, Hashable {
    /// What the feed gives now.
    case fresh
    /// The last good answer, because the present one fails or makes no sense, or because nothing newer came.
    case lastGood = "last_good"
    /// Nothing of the feed's own; the site's profile or climate stands in.
    case profile
  }

  /// `weather`, `import price` and the like.
  public var feed: String
  public var rung: Rung
  /// Of what is used; nil on the last rung.
  public var age: Duration?
  /// What is wrong; nil when nothing is.
  public var why: String?

  public init(feed: String, rung: Rung, age: Duration? = nil, why: String? = nil) {
    self.feed = feed
    self.rung = rung
    self.age = age
    self.why = why
  }

  /// One sentence for the record and for people.
  public var sentence: String {
    let reason = self.why.map { " (\($0))" } ?? ""
    switch self.rung {
    case .fresh: return "\(self.feed): as the feed gives it"
    case .lastGood: return "\(self.feed): the last good answer, \(self.ageText) old, stands in\(reason)"
    case .profile:
      return "\(self.feed): no good answer yet; the site's own profile or climate stands in\(reason)"
    }
  }

  private var ageText: String {
    let minutes = (self.age ?? .zero).wholeMilliseconds / 60_000
    return minutes < 120 ? "\(minutes) min" : minutes < 2880 ? "\(minutes / 60) h" : "\(minutes / 1440) d"
  }
}

/// A feed's ladder: what it gives now, the last good answer with its age, nothing. It remembers the last answer that
/// passed the check and decides anew with every answer; coming back up is as quick as going down.
public struct FeedLadder<Value: Sendable>: Sendable {
  private let feed: String
  /// An answer older than this is no longer called fresh.
  private let freshFor: Duration
  private var good: (value: Value, issued: UTCInstant)?

  public init(feed: String, freshFor: Duration) {
    self.feed = feed
    self.freshFor = freshFor
  }

  /// - Parameters:
  ///   - check: Says what is implausible about an answer, seen beside the last good one; nil for nothing.
  /// - Returns: What to use, nil on the last rung, and where that is on the ladder; no state for a feed not asked.
  public mutating func take(
    _ answer: FeedAnswer<Value>, at now: UTCInstant, check: (_ value: Value, _ last: Value?) -> String?
  ) -> (value: Value?, state: FeedState?) {
    switch answer {
    case .notAsked:
      self.good = nil
      return (nil, nil)
    case .failed(let why): return self.fallBack(why, at: now)
    case .kept(let value, let issued, let why):
      // What was kept was judged when it came; it counts unless this ladder knows something newer.
      if self.good.map({ $0.issued < issued }) ?? true, check(value, self.good?.value) == nil {
        self.good = (value, issued)
      }
      return self.fallBack(why, at: now)
    case .given(let value, let issued):
      if let why = check(value, self.good?.value) { return self.fallBack(why, at: now) }
      self.good = (value, issued)
      let age = now - issued
      if age <= self.freshFor {
        return (value, FeedState(feed: self.feed, rung: .fresh, age: max(age, .zero)))
      }
      return (value, FeedState(feed: self.feed, rung: .lastGood, age: age, why: "nothing newer came"))
    }
  }

  private func fallBack(_ why: String, at now: UTCInstant) -> (value: Value?, state: FeedState?) {
    guard let good = self.good else { return (nil, FeedState(feed: self.feed, rung: .profile, why: why)) }
    let age = max(now - good.issued, .zero)
    return (good.value, FeedState(feed: self.feed, rung: .lastGood, age: age, why: why))
  }
}
