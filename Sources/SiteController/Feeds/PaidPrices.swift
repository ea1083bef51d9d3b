public import Forecasting
public import SiteModel

extension FeedSource {
  /// What the site pays or earns where the market has `value`.
  public func paid(_ value: FeedValue) -> FeedValue {
    guard let markUp = self.markUp, case .series(let series) = value else { return value }
    return .series(markUp.added(to: series))
  }
}
