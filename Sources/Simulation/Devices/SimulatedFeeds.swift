import Quantities

/// A source of forecasts or prices outside the site.
public enum Feed: Int, Sendable, Hashable, CaseIterable {
  case weather, importPrice, exportPrice, carbon
}

/// How a feed answers when it is asked.
public enum FeedCondition: Sendable, Hashable {
  case works
  /// No connection.
  case down
  /// HTTP 429 or the like.
  case rateLimited
  /// The answer is this old.
  case late(Duration)
  /// HTTP 200 and a body that makes no sense; the seed chooses which nonsense.
  case nonsense(UInt64)
}

extension FaultSchedule {
  /// How `feed` answers now, and which fault is to blame.
  func condition(of feed: Feed) -> (FeedCondition, FaultKind?) {
    func hit(_ kind: FaultKind) -> FaultEpisode? {
      guard let episode = self.episode(kind),
        episode.target % UInt64(Feed.allCases.count) == UInt64(feed.rawValue)
      else { return nil }
      return episode
    }
    if hit(.feedDown) != nil { return (.down, .feedDown) }
    if hit(.feedRateLimited) != nil { return (.rateLimited, .feedRateLimited) }
    if let episode = hit(.feedNonsense) { return (.nonsense(episode.target), .feedNonsense) }
    if let episode = hit(.feedLate) {
      return (.late(.milliseconds(Int64((0.5 + 5.5 * episode.severity) * 3_600_000))), .feedLate)
    }
    return (.works, nil)
  }
}
