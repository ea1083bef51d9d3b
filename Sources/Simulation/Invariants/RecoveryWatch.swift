import Quantities
import SiteModel

/// Invariant 7: after faults stop, the site is back on plan within a bounded number of ticks.
///
/// Judged while nothing keeps the site from its plan: no fault, a good meter, a trusted clock, room under the cap for
/// one more rig, starts left for the day. With a surplus trim the plan's count is a guide the trim may leave, so a site
/// that trims is only held to its allowance (invariant 3).
struct RecoveryWatch {
  private let site: Site
  private let limits: InvariantLimits
  /// The largest draw of one rig on a hot day, and the planning margin: what must fit under the cap.
  private let room: Kilowatts
  private var dueAt: MonotonicInstant
  private var expected: [Int]?
  private var isReported = false
  private var startsToday: [Int]
  private var day: CivilDate

  init(site: Site, limits: InvariantLimits, start: MonotonicInstant, wall: UTCInstant) {
    self.site = site
    self.limits = limits
    let hot = Celsius(45)
    self.room = (site.banks.map { $0.draw(at: hot) }.max() ?? .zero) + site.planner.planningMargin
    self.dueAt = start + limits.recovery
    self.startsToday = Array(repeating: 0, count: site.banks.count)
    self.day = site.zone.date(of: wall)
  }

  @inline(__always) mutating func check(
    _ tick: borrowing TickObservation, isHolding: Bool, book: LineBook, log: inout ViolationLog
  ) {
    if !tick.transitions.isEmpty { self.countStarts(tick) }
    if tick.isDisturbed || isHolding || !tick.unreliable.isEmpty || self.site.control.trimHold != nil
      || tick.importCap - tick.gridPower < self.room
    {
      self.dueAt = tick.now + self.limits.recovery
      self.isReported = false
      return
    }
    if tick.control.expected != self.expected { self.take(tick.control.expected, at: tick.now) }
    guard tick.now > self.dueAt, let expected = self.expected, book.closed != expected, !self.isReported
    else {
      return
    }
    self.judge(expected, tick, book: book, log: &log)
  }

  /// A changed plan gives the time its switches take.
  private mutating func take(_ expected: [Int]?, at now: MonotonicInstant) {
    var time = self.limits.recovery
    if let expected, let before = self.expected, expected.count == before.count {
      let switches = zip(expected, before).reduce(0) { $0 + abs($1.0 - $1.1) }
      time = self.limits.follow + self.site.control.stagger * switches
    }
    self.dueAt = max(self.dueAt, now + time)
    self.expected = expected
    self.isReported = false
  }

  private mutating func judge(
    _ expected: [Int], _ tick: TickObservation, book: LineBook, log: inout ViolationLog
  ) {
    for bank in expected.indices where book.closed[bank] != expected[bank] {
      if let most = self.site.banks[bank].maximumStartsPerDay, self.startsToday[bank] >= most { continue }
      self.isReported = true
      log.add(
        .recovery, tick,
        "\(book.closed[bank]) rigs of \(self.site.banks[bank].name) on where the plan has \(expected[bank]), though "
          + "nothing has been in the way for \(self.limits.recovery)")
    }
  }

  private mutating func countStarts(_ tick: TickObservation) {
    let today = self.site.zone.date(of: tick.wall)
    if today != self.day {
      self.day = today
      self.startsToday = Array(repeating: 0, count: self.startsToday.count)
    }
    for transition in tick.transitions
    where transition.closed && self.startsToday.indices.contains(transition.rig.bank) {
      self.startsToday[transition.rig.bank] += 1
    }
  }
}
