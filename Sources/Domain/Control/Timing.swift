import Quantities
import SiteModel

/// The site's control settings in whole milliseconds, so that a tick compares integers.
struct Timing: Sendable {
  let stagger: Int64
  let staleAfter: Int64
  let staleHold: Int64
  let recloseHold: Int64
  let trimHold: Int64?
  let settle: Int64
  let clockHoldover: Int64

  init(_ settings: ControlSettings) {
    self.stagger = max(0, settings.stagger.wholeMilliseconds)
    self.staleAfter = max(0, settings.staleAfter.wholeMilliseconds)
    self.staleHold = max(0, settings.staleHold.wholeMilliseconds)
    self.recloseHold = max(0, settings.recloseHold.wholeMilliseconds)
    self.trimHold = settings.trimHold.map { max(0, $0.wholeMilliseconds) }
    self.settle = max(0, settings.settle.wholeMilliseconds)
    self.clockHoldover = max(0, settings.clockHoldover.wholeMilliseconds)
  }
}
