public import Quantities

/// What a site forecast and what then came: hourly forecasts of generation as they were made, and the metered
/// generation of each hour. Of bounded size; the record keeps the same for people and for restarts.
public struct ForecastHistory: Sendable {
  /// Days kept: long enough for a distribution by hour of day, short enough to follow the seasons and a soiled roof.
  public static let days = 45
  /// Hours of a forecast that are kept.
  public static let hours = 48

  /// One forecast: mean power of each hour from its own on, in kW, before any correction.
  public struct Issue: Sendable, Hashable {
    /// Hours since 1970 UTC of the first value, which begins when the forecast was made, give or take minutes.
    public let hour: Int64
    public let kilowatts: [Double]
    public init(hour: Int64, kilowatts: [Double]) {
      self.hour = hour
      self.kilowatts = kilowatts
    }
  }

  /// One slot near the present: what was expected when it began and what was metered, in kWh.
  struct Pair: Sendable {
    var slot: Slot
    var forecast: Double
    var metered: Double
  }

  private struct OpenHour: Sendable {
    var hour: Int64
    var coveredMilliseconds: Int64
    var energy: Double
  }

  /// How far back metered slots tell of the present.
  private static let recentMilliseconds: Int64 = 60 * 60_000
  /// Expectations kept of the slots about to begin.
  private static let expectedSlots = 4

  /// In order of time, at most one per hour.
  public private(set) var issues: [Issue] = []
  /// Metered kWh of each hour from `firstHour` on; nil where unknown.
  private var generation: [Double?] = []
  private var firstHour: Int64 = 0
  private var open: OpenHour?
  private var expected: [(slot: Slot, energy: Double)] = []
  private var recent: [Pair] = []

  public init() {}

  // MARK: Forecasts

  /// Takes the forecast a plan was made with. Returns the issue to put on record, nil when this hour has one.
  ///
  /// - Parameters:
  ///   - slots: Contiguous, from `now` on.
  ///   - power: Mean power of each slot before any correction.
  public mutating func take(_ power: [Kilowatts], slots: [Slot], at now: UTCInstant) -> Issue? {
    self.expect(power, slots: slots, at: now)
    guard let issue = Self.issue(power, slots: slots, at: now), issue.hour > self.issues.last?.hour ?? .min
    else { return nil }
    self.add(issue)
    return issue
  }

  /// Adds an issue from the record; ignored unless it is newer than all before it.
  public mutating func add(_ issue: Issue) {
    guard issue.hour > self.issues.last?.hour ?? .min, !issue.kilowatts.isEmpty,
      issue.kilowatts.allSatisfy({ $0.isFinite && $0 >= 0 })
    else { return }
    self.issues.append(Issue(hour: issue.hour, kilowatts: Array(issue.kilowatts.prefix(Self.hours))))
    let oldest = issue.hour - Int64(Self.days * 24)
    // In bulk, so that an hour costs nothing most of the time.
    if self.issues.count > (Self.days + 2) * 24 || self.issues[0].hour < oldest - 48 {
      self.issues.removeAll { $0.hour < oldest }
    }
  }

  /// The whole hours from the one that begins nearest to `now`; nil when the horizon covers none.
  private static func issue(_ power: [Kilowatts], slots: [Slot], at now: UTCInstant) -> Issue? {
    guard slots.count == power.count, let last = slots.last else { return nil }
    let hour = Int64((Double(now.milliseconds) / 3_600_000).rounded())
    // Half an hour after its beginning an hour is no longer forecast but half known.
    guard abs(now.milliseconds - hour * 3_600_000) <= 10 * 60_000 else { return nil }
    var kilowatts: [Double] = []
    var index = 0
    while kilowatts.count < Self.hours {
      let start = UTCInstant(milliseconds: (hour + Int64(kilowatts.count)) * 3_600_000)
      let whole = Slot(start: start, length: .hours(1))
      guard whole.end <= last.end else { break }
      var energy = 0.0
      var covered = 0.0
      while index < slots.count, slots[index].end <= whole.start { index += 1 }
      var next = index
      while next < slots.count, slots[next].start < whole.end {
        let part = slots[next].intersection(whole)?.hours ?? 0
        energy += power[next].value * part
        covered += part
        next += 1
      }
      // The first hour may have begun some minutes ago.
      guard covered > 0.8 else { break }
      kilowatts.append(max(0, energy / covered))
    }
    return kilowatts.isEmpty ? nil : Issue(hour: hour, kilowatts: kilowatts)
  }

  private mutating func expect(_ power: [Kilowatts], slots: [Slot], at now: UTCInstant) {
    let coming = Array(zip(slots, power).drop { $0.0.start <= now }.prefix(Self.expectedSlots))
    let first = coming.first?.0.start ?? now
    self.expected.removeAll {
      $0.slot.start >= first || $0.slot.end.milliseconds < now.milliseconds - 3_600_000
    }
    for (slot, power) in coming { self.expected.append((slot, power.value * slot.hours)) }
    if self.expected.count > 4 * Self.expectedSlots {
      self.expected.removeFirst(self.expected.count - 4 * Self.expectedSlots)
    }
  }

  // MARK: What came

  /// Takes the metered generation of a closed slot; nil when it was not metered throughout, or when it could have been
  /// more because the plant was held back. Slots come in order and do not cross a full hour. Returns the hour that is
  /// complete with it.
  public mutating func take(metered energy: KilowattHours?, in slot: Slot) -> (
    hour: Int64, energy: KilowattHours
  )? {
    self.pair(energy, slot)
    let hour = slot.start.milliseconds.hourNumber
    if self.open?.hour != hour { self.open = OpenHour(hour: hour, coveredMilliseconds: 0, energy: 0) }
    guard let energy, energy.value >= 0 else { return nil }
    self.open?.coveredMilliseconds += slot.end.millisecondsSince(slot.start)
    self.open?.energy += energy.value
    guard let open = self.open, open.coveredMilliseconds == 3_600_000 else { return nil }
    self.add(generated: open.energy, hour: hour)
    return (hour, KilowattHours(open.energy))
  }

  private mutating func pair(_ energy: KilowattHours?, _ slot: Slot) {
    self.recent.removeAll { slot.end.millisecondsSince($0.slot.start) > Self.recentMilliseconds }
    guard let energy, let expected = self.expected.first(where: { $0.slot == slot }) else { return }
    self.recent.append(Pair(slot: slot, forecast: expected.energy, metered: energy.value))
  }

  /// Adds an hour's metered generation in kWh; one from the record, or one just completed. Hours may be left out, but
  /// come in order.
  public mutating func add(generated energy: Double, hour: Int64) {
    guard energy.isFinite else { return }
    let capacity = Int64((Self.days + 3) * 24)
    if self.generation.isEmpty || hour < self.firstHour
      || hour - self.firstHour - Int64(self.generation.count) > capacity
    {
      self.generation = []
      self.firstHour = hour
    }
    let index = Int(hour - self.firstHour)
    while self.generation.count <= index { self.generation.append(nil) }
    self.generation[index] = energy
    // In bulk here too.
    if self.generation.count > Int(capacity) + 48 {
      let excess = self.generation.count - Int(capacity)
      self.generation.removeFirst(excess)
      self.firstHour += Int64(excess)
    }
  }

  /// Metered kWh of an hour, nil where unknown.
  public func generated(hour: Int64) -> Double? {
    let (index, overflow) = hour.subtractingReportingOverflow(self.firstHour)
    guard !overflow, index >= 0, index < Int64(self.generation.count) else { return nil }
    return self.generation[Int(index)]
  }

  /// Mean power forecast and metered over about the last hour, in kW; nil when nothing recent was metered.
  ///
  /// `current` is what has been metered of the slot that is not closed yet.
  func present(at now: UTCInstant, current: MeteredPart?) -> (forecast: Double, metered: Double)? {
    var pairs = self.recent.filter { now.millisecondsSince($0.slot.end) <= Self.recentMilliseconds }
    if let current, let slot = self.expected.first(where: { $0.slot.contains(current.part.start) }) {
      pairs.append(
        Pair(
          slot: current.part, forecast: slot.energy * current.part.hours / slot.slot.hours,
          metered: max(0, current.generated.value)))
    }
    let hours = pairs.reduce(0) { $0 + $1.slot.hours }
    guard hours > 0 else { return nil }
    return (
      pairs.reduce(0) { $0 + $1.forecast } / hours, pairs.reduce(0) { $0 + $1.metered } / hours
    )
  }
}

/// Generation metered so far in the slot that is not closed yet.
public struct MeteredPart: Sendable, Hashable {
  /// From the slot's start to the last reading.
  public var part: Slot
  public var generated: KilowattHours
  public init(part: Slot, generated: KilowattHours) {
    self.part = part
    self.generated = generated
  }
}

extension Int64 {
  /// Hours since 1970 of a number of milliseconds.
  var hourNumber: Int64 {
    let hour = self / 3_600_000
    return self % 3_600_000 < 0 ? hour - 1 : hour
  }
}
