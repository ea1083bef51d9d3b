import Forecasting
import MarketFormats
public import Quantities
public import SiteModel

/// What lies on disk of a site's feeds, for whoever plans while no controller runs.
public enum KeptFeeds {
  /// The last good answers with their ages, judged as a running site would; only for what the site asks feeds for.
  public static func inputs(
    for site: Site, at now: UTCInstant, load: (FeedRole) -> KeptFeed?
  ) -> SiteInputs {
    var answers = FeedAnswers()
    for role in FeedRole.allCases {
      guard let source = site.feed(for: role) else { continue }
      answers.set(Self.answer(load(role), source, site), for: role)
    }
    var board = FeedBoard()
    return board.take(answers, site: site, at: now)
  }

  private static func answer(
    _ kept: KeptFeed?, _ source: FeedSource, _ site: Site
  ) -> FeedAnswer<FeedValue> {
    guard let kept, kept.question == KeptFeed.question(source, site: site) else {
      return .failed("nothing of it is kept on disk")
    }
    do throws(FormatError) {
      let value = try source.read(kept.body, site: site, until: kept.until)
      return .kept(source.paid(value), issued: kept.issued, why: "as kept on disk")
    } catch {
      return .failed("what is kept cannot be read: \(error)")
    }
  }
}

extension FeedAnswers {
  mutating func set(_ answer: FeedAnswer<FeedValue>, for role: FeedRole) {
    func series() -> FeedAnswer<IntervalSeries> {
      answer.map { if case .series(let series) = $0 { series } else { .empty } }
    }
    switch role {
    case .weather: self.weather = answer.map { if case .weather(let members) = $0 { members } else { [] } }
    case .importPrice: self.importPrices = series()
    case .exportPrice: self.exportPrices = series()
    case .carbon: self.carbon = series()
    }
  }
}
