public import Quantities
import SiteModel

/// The truth about one settlement slot, to judge a record by.
public struct SlotTruth: Sendable, Hashable {
  /// True energy at one meter's place between the slot's boundaries.
  public struct Metered: Sendable, Hashable {
    public var forward: KilowattHours
    public var reverse: KilowattHours
    /// How far an honest record may be off: two counter steps, and what flowed between the true samples on both sides of
    /// each boundary.
    public var tolerance: KilowattHours
    /// How much of the slot the meter told lies.
    public var lied: Duration
    public init(
      forward: KilowattHours, reverse: KilowattHours, tolerance: KilowattHours, lied: Duration = .zero
    ) {
      self.forward = forward
      self.reverse = reverse
      self.tolerance = tolerance
      self.lied = lied
    }
  }
  /// In site order.
  public var meters: [Metered]
  public init(meters: [Metered]) { self.meters = meters }
}

/// True meter energies at the slot boundaries as the board's civil clock showed them while it could be trusted.
struct EnergyLedger {
  /// Boundaries kept; three weeks of half hours, far more than any record is late.
  private static let capacity = 1024
  /// A civil clock that moves further in one second has jumped, and passed no boundary.
  private static let longestStepMilliseconds: Int64 = 2000

  private struct Boundary {
    var wall: UTCInstant
    /// World time, in milliseconds.
    var at: Int64
    var marks: [Mark]
  }

  private struct Mark {
    var forward = 0.0
    var reverse = 0.0
    /// World time of the true samples on both sides of the boundary; nil when there was none (yet).
    var before: Int64?
    var after: Int64?
    /// Milliseconds of lies in the slot that ends here.
    var lied: Int64 = 0
    /// Largest power in the slot that ends here, kW.
    var peak = 0.0
  }

  private let slotMilliseconds: Int64
  private let meters: [Meter]
  /// The longest bridge between two samples that an honest record may make at a boundary.
  private let longestBridge: Int64
  private var boundaries: [Boundary?] = Array(repeating: nil, count: Self.capacity)
  private var newest: Int?
  private var nextBoundary = UTCInstant(milliseconds: .min)

  private var lastSample: [Int64?]
  private var isWaiting: [Bool]
  private var lied: [Int64]
  private var peaks: [Double]

  init(site: Site) {
    self.slotMilliseconds = Int64(max(1, site.planner.slotMinutes)) * 60_000
    self.meters = site.meters
    self.longestBridge = site.control.staleAfter.wholeMilliseconds + 2 * SitePhysics.stepMilliseconds
    self.lastSample = Array(repeating: nil, count: site.meters.count)
    self.isWaiting = Array(repeating: false, count: site.meters.count)
    self.lied = Array(repeating: 0, count: site.meters.count)
    self.peaks = Array(repeating: 0, count: site.meters.count)
  }

  /// A true sample of meter `index`, taken at `instant` of the world, was delivered.
  @inline(__always) mutating func noteSample(_ index: Int, at instant: Int64, kilowatts: Double) {
    self.lastSample[index] = instant
    self.peaks[index] = max(self.peaks[index], abs(kilowatts))
    if self.isWaiting[index] { self.completeMark(index, at: instant) }
  }

  /// Meter `index` told a lie in the last second.
  mutating func noteLie(_ index: Int) { self.lied[index] += SitePhysics.stepMilliseconds }

  private mutating func completeMark(_ index: Int, at instant: Int64) {
    guard let newest = self.newest, let boundary = self.boundaries[newest], instant >= boundary.at else {
      return  // a slow device answers with a sample from before the boundary
    }
    self.isWaiting[index] = false
    self.boundaries[newest]?.marks[index].after = instant
  }

  /// True when `wall` has reached the next boundary, jumped, or stands in the first second after a boundary.
  @inline(__always) func isDue(wall: UTCInstant) -> Bool {
    wall >= self.nextBoundary
      || wall.milliseconds < self.nextBoundary.milliseconds - self.slotMilliseconds
        + SitePhysics.stepMilliseconds
  }

  /// Passes a boundary, if that is what happened: `wall` is the board's civil clock now, one step after `previous`. A
  /// clock that is set right within a second after a boundary has passed it too.
  mutating func pass(
    at now: MonotonicInstant, wall: UTCInstant, previous: UTCInstant, isTrusted: Bool,
    truths: [MeterFace.Truth]
  ) {
    let index = wall.milliseconds.flooredQuotient(by: self.slotMilliseconds)
    let boundary = UTCInstant(milliseconds: index * self.slotMilliseconds)
    let position = Int(index.flooredRemainder(by: Int64(Self.capacity)))
    self.nextBoundary = boundary.advanced(byMilliseconds: self.slotMilliseconds)
    let isPast = wall.millisecondsSince(boundary) < SitePhysics.stepMilliseconds
    if isPast, let known = self.boundaries[position], known.wall == boundary,
      now.milliseconds - known.at <= SitePhysics.stepMilliseconds
    {
      return  // the same boundary, seen again by a clock that is slewed back
    }
    let isCrossed =
      previous < boundary && wall.millisecondsSince(previous) <= Self.longestStepMilliseconds
    guard isTrusted, isCrossed || isPast else {
      // The clock jumped or is not trusted: no record may rely on this boundary.
      self.forgetSlotState()
      return
    }
    let marks = self.meters.indices.map { meter in
      let energy = truths[meter]
      return Mark(
        forward: energy.forward, reverse: energy.reverse ?? 0, before: self.lastSample[meter], after: nil,
        lied: self.lied[meter], peak: self.peaks[meter])
    }
    self.boundaries[position] = Boundary(wall: boundary, at: now.milliseconds, marks: marks)
    self.newest = position
    self.forgetSlotState()
    for meter in self.isWaiting.indices { self.isWaiting[meter] = true }
  }

  private mutating func forgetSlotState() {
    for meter in self.meters.indices {
      self.lied[meter] = 0
      self.peaks[meter] = 0
    }
  }

  /// Nil unless the board's trusted clock passed both boundaries, the end not more than about three weeks ago.
  func truth(of slot: Slot) -> SlotTruth? {
    guard let start = self.boundary(at: slot.start), let end = self.boundary(at: slot.end) else { return nil }
    return SlotTruth(
      meters: self.meters.indices.map { index in
        let from = start.marks[index]
        let to = end.marks[index]
        let bridged = self.bridge(from, at: start.at) + self.bridge(to, at: end.at)
        let drift = max(to.peak, from.peak) * Double(bridged) / 3_600_000
        return SlotTruth.Metered(
          forward: KilowattHours(to.forward - from.forward),
          reverse: KilowattHours(to.reverse - from.reverse),
          tolerance: KilowattHours(2 * self.meters[index].counterResolution.value + drift + 1e-6),
          lied: .milliseconds(to.lied))
      })
  }

  /// Milliseconds between the true samples on both sides of a boundary, as far as a record may bridge them.
  private func bridge(_ mark: Mark, at boundary: Int64) -> Int64 {
    if mark.after == boundary { return 0 }
    guard let before = mark.before, let after = mark.after else { return self.longestBridge }
    return min(max(0, after - before), self.longestBridge)
  }

  private func boundary(at wall: UTCInstant) -> Boundary? {
    let (index, isOn) = wall.milliseconds.dividedExactly(by: self.slotMilliseconds)
    guard isOn, let found = self.boundaries[Int(index.flooredRemainder(by: Int64(Self.capacity)))],
      found.wall == wall
    else { return nil }
    return found
  }
}

extension Int64 {
  /// Division by a positive number, rounded towards minus infinity.
  fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
  fileprivate func flooredRemainder(by divisor: Int64) -> Int64 {
    let remainder = self % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }
  fileprivate func dividedExactly(by divisor: Int64) -> (quotient: Int64, isExact: Bool) {
    (self.flooredQuotient(by: divisor), self % divisor == 0)
  }
}
