package import Quantities

/// What the site cannot be controlled without, in order of authority.
package enum Lifeline: UInt8, Sendable, CaseIterable {
  case siteMeter, store, clock

  package var authority: Authority {
    switch self {
    case .siteMeter, .store: .freshness
    case .clock: .clock
    }
  }
}

/// How long a lifeline has been out. First everything stays as it is, then each bank falls back.
package struct Outage: Sendable {
  package enum Phase: Sendable { case none, holding, fallback }

  package private(set) var since: MonotonicInstant?
  private var last: (length: Int64, until: MonotonicInstant)?

  package init() {}

  /// Returns true when the state changed. `began` is when the lifeline went, if it is out. One that goes again within
  /// `ControlLimits.relapse` of coming back goes on where its last outage stopped: its holding time is not given twice.
  package mutating func update(isOut: Bool, began: MonotonicInstant, at now: MonotonicInstant) -> Bool {
    guard isOut != (self.since != nil) else { return false }
    if isOut {
      let relapse = self.last.flatMap {
        now.millisecondsSince($0.until) < ControlLimits.relapse ? $0.length : nil
      }
      self.since = began.advanced(byMilliseconds: -(relapse ?? 0))
    } else {
      self.last = self.since.map { (now.millisecondsSince($0), now) }
      self.since = nil
    }
    return true
  }

  /// `hold` is the site's, `bankHold` what the bank's fallback adds to it, both in milliseconds.
  package func phase(at now: MonotonicInstant, hold: Int64, bankHold: Int64) -> Phase {
    guard let since = self.since else { return .none }
    let elapsed = now.millisecondsSince(since)
    return elapsed >= hold && elapsed - hold >= bankHold ? .fallback : .holding
  }
}
