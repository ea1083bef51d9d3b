import Quantities

/// Invariant 1: import above the cap never exceeds the guard's dose while a controllable rig is on.
///
/// Time counts in ticks with a fresh reading, since nobody can shed by what he cannot see. A reading that is a lie
/// counts with the smaller of truth and lie until the lie must have been found, then truth alone counts.
struct OverloadWatch {
  private let limits: InvariantLimits
  private let lieLimit: Int64
  private var dose = 0.0
  /// The cap that import is held against: a lower one once the site has had time to follow.
  private var cap = Kilowatts.zero
  private var lowerCapDue: MonotonicInstant?
  private var ticksSinceSpent = 0
  private var ticksSinceRelief = 0
  private var isReported = false

  init(limits: InvariantLimits, lieLimit: Int64) {
    self.limits = limits
    self.lieLimit = lieLimit
  }

  /// `lyingFor`: milliseconds the grid meter has been lying without a true reading between.
  @inline(__always) mutating func check(
    _ tick: borrowing TickObservation, lyingFor: Int64, book: LineBook, log: inout ViolationLog
  ) {
    if tick.importCap != self.cap { self.followCap(tick) }
    let judged: Kilowatts
    switch tick.grid {
    case .nothing: return
    case .truthful(let measured, let age):
      if age > 1500 { return }
      judged = min(measured, tick.gridPower)
    case .lie(let measured):
      judged = lyingFor > self.lieLimit ? tick.gridPower : min(measured, tick.gridPower)
    }
    if judged <= self.cap {
      if self.dose > 0 { self.reset() }
      return
    }
    self.overload(judged, tick, book: book, log: &log)
  }

  /// A controller that does not know the time cannot know that a cap has fallen.
  private mutating func followCap(_ tick: borrowing TickObservation) {
    if tick.importCap > self.cap {
      self.cap = tick.importCap
      self.lowerCapDue = nil
      return
    }
    if !tick.isClockTrustworthy { self.lowerCapDue = tick.now + self.limits.composure }
    let due = self.lowerCapDue ?? tick.now + self.limits.capFall
    self.lowerCapDue = due
    guard tick.now >= due else { return }
    self.cap = tick.importCap
    self.lowerCapDue = nil
    self.reset()
  }

  private mutating func overload(
    _ judged: Kilowatts, _ tick: TickObservation, book: LineBook, log: inout ViolationLog
  ) {
    let controllable = book.controllable
    guard controllable > 0, tick.control.isAlive else { return self.reset() }
    let cap = max(self.cap.value, 1)
    self.dose += judged.value / cap - 1
    guard self.dose > self.limits.dose else { return }
    self.ticksSinceSpent += 1
    let opened = tick.transitions.contains { !$0.closed }
    self.ticksSinceRelief = opened ? 0 : self.ticksSinceRelief + 1
    guard
      self.ticksSinceRelief > self.limits.guardReaction || self.ticksSinceSpent > self.limits.guardClear,
      !self.isReported
    else { return }
    self.isReported = true
    log.add(
      .importGuard, tick,
      "import \(rounded(judged.value)) kW over the cap of \(rounded(self.cap.value)) kW, dose "
        + "\(rounded(self.dose)) s, for \(self.ticksSinceSpent) s after the dose was spent, with \(controllable) "
        + "controllable rigs on")
  }

  private mutating func reset() {
    self.dose = 0
    self.ticksSinceSpent = 0
    self.ticksSinceRelief = 0
    self.isReported = false
  }
}

/// Two decimals for a sentence.
func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
