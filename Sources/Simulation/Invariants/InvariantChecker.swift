public import Ports
public import Quantities
public import SiteModel

/// Checks the seven invariants from outside, on every tick: it sees the truth and the commands, never the controller's
/// own state.
///
/// Devices that tell the truth are judged against physics. Devices that lie are judged against what could be measured
/// until the lie must have been found (`InvariantLimits.detection`). A quiet tick allocates nothing and costs a few
/// comparisons per bank.
public struct InvariantChecker: Sendable {
  public private(set) var log = ViolationLog()
  public let limits: InvariantLimits

  private var book: LineBook
  private var overload: OverloadWatch
  private var switches: SwitchWatch
  private var fallback: FallbackWatch
  private var energy: EnergyWatch
  private var recovery: RecoveryWatch

  /// `start` and `wall` are world time and true civil time of the first tick; every line is open then.
  public init(site: Site, limits: InvariantLimits? = nil, start: MonotonicInstant, wall: UTCInstant) {
    let limits = limits ?? InvariantLimits(site: site)
    self.limits = limits
    self.book = LineBook(site: site)
    self.overload = OverloadWatch(
      limits: limits, lieLimit: FallbackWatch.lieLimit(site: site, limits: limits))
    self.switches = SwitchWatch(site: site, limits: limits)
    self.fallback = FallbackWatch(site: site, limits: limits, start: start)
    self.energy = EnergyWatch(site: site, limits: limits)
    self.recovery = RecoveryWatch(site: site, limits: limits, start: start, wall: wall)
  }

  /// Judges one tick. `allowed` and `expected` must have one entry per bank.
  public mutating func check(_ tick: borrowing TickObservation) {
    self.book.mark(isAlive: tick.control.isAlive, at: tick.now)
    self.book.mark(unreliable: tick.unreliable, at: tick.now)
    if !tick.transitions.isEmpty || !tick.control.commands.isEmpty {
      self.switches.take(copy tick, book: &self.book, log: &self.log)
    }
    self.fallback.check(tick, book: self.book, log: &self.log)
    let isHolding = self.fallback.isHolding(at: tick.now)
    self.switches.checkAllowance(tick, isHolding: isHolding, book: self.book, log: &self.log)
    self.overload.check(tick, lyingFor: self.fallback.lyingFor(tick.now), book: self.book, log: &self.log)
    self.recovery.check(tick, isHolding: isHolding, book: self.book, log: &self.log)
  }

  /// Judges a slot record once it is durable, in the order in which the store kept them.
  public mutating func check(_ record: SlotRecord, truth: SlotTruth?, now: MonotonicInstant, wall: UTCInstant)
  {
    guard let fault = self.energy.fault(in: record, truth: truth) else { return }
    self.log.add(
      Violation(
        invariant: .energy, at: now, wall: wall,
        sentence: "the record of \(ISO8601.string(record.slot.start)) \(fault)"))
  }
}
