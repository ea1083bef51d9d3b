public import Control
import Quantities
public import SiteModel

/// Decisions in words. The values stay values in the domain; this is the edge where people read them.
public struct ReasonText {
  private let site: Site
  private let now: Moment

  public init(site: Site, now: Moment) {
    self.site = site
    self.now = now
  }

  /// One clause without a full stop, such as `the plan (no. 12) wants it so`.
  public func clause(_ reason: Reason) -> String {
    switch reason {
    case .emergencyStop: "the emergency stop is pressed"
    case .lockedOut(let why): "it is locked out: \(why)"
    case .importOverCap(let measured, let cap, let dose):
      "import reached \(kw(measured)) over the cap of \(kw(cap)), dose \(number(dose)) s"
    case .waitingToReclose(let free, let needed):
      "it was shed by the import guard and needs \(kw(needed)) where \(kw(free)) are free"
    case .staleMeter(let age?): "the site meter has been silent for \(text(age))"
    case .staleMeter(nil): "the site meter has not answered since the start"
    case .untrustedClock: "the clock is not trusted"
    case .storeFailed: "records cannot be written"
    case .override(let by): "\(by) overrides the plan"
    case .plan(let id): "plan \(id) wants it so"
    case .noPlan: "there is no plan in force"
    case .surplus(let power): "\(kw(power)) of surplus would be exported"
    case .shortfall(let power): "\(kw(power)) are imported where the plan expected none"
    case .minimumOn(let until): "its minimum on time runs for another \(wait(until))"
    case .minimumOff(let until): "its minimum off time runs for another \(wait(until))"
    case .stagger(let until): "rigs start one by one; the next may in \(wait(until))"
    case .startLimit(let perDay): "its bank has had its \(perDay) starts of the day"
    case .noRoom(let free, let needed): "it needs \(kw(needed)) and only \(kw(free)) are free under the cap"
    case .relayFault: "its relay does not do what it is told"
    case .restarted: "the controller has just started"
    }
  }

  /// The same, with the end of the override that rules.
  func clause(_ reason: Reason, until expiry: UTCInstant?) -> String {
    guard case .override = reason, let expiry else { return self.clause(reason) }
    let zone = self.site.zone
    let isToday = zone.date(of: expiry) == zone.date(of: self.now.wall)
    let end =
      isToday
      ? ISO8601.string(minuteOfDay: zone.minuteOfDay(of: expiry)) : ISO8601.string(expiry, in: zone)
    return "\(self.clause(reason)) until \(end)"
  }

  /// When a rig was last switched, and why.
  func history(_ status: RigStatus) -> String {
    let since = self.text(self.now.monotonic - status.since)
    if case .restarted = status.switchedFor {
      return "nothing has switched it since the controller started \(since) ago"
    }
    return "it was switched \(status.isClosed ? "on" : "off") \(since) ago because "
      + self.clause(status.switchedFor)
  }

  private func kw(_ power: Kilowatts) -> String { "\(self.number(power.value)) kW" }

  private func number(_ value: Double) -> String {
    let tenths = (value.magnitude * 10).rounded()
    guard tenths < 1e15 else { return "-" }
    let whole = Int64(tenths)
    return "\(value < 0 && whole != 0 ? "-" : "")\(whole / 10).\(whole % 10)"
  }

  private func wait(_ until: MonotonicInstant) -> String {
    self.text(max(.zero, until - self.now.monotonic))
  }

  private func text(_ length: Duration) -> String {
    let seconds = length.wholeMilliseconds / 1000
    return switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7200: "\(seconds / 60) min"
    default: "\(seconds / 3600) h \(seconds / 60 % 60) min"
    }
  }
}
