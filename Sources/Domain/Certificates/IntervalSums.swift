public import JSONText
public import Quantities

/// What the intervals of a run of certificates say, added up slot by slot; nothing is netted between slots.
public struct IntervalSums: Sendable, Hashable {
  /// A sum over the slots that state the figure, and how many did not.
  public struct Sum: Sendable, Hashable {
    public var value = 0.0
    public var stated: Int64 = 0
    public var missing: Int64 = 0
    public init() {}

    mutating func add(_ value: Double?) {
      if let value {
        self.value += value
        self.stated += 1
      } else {
        self.missing += 1
      }
    }
  }

  public var imported = Sum()
  public var exported = Sum()
  public var generated = Sum()
  public var rigs = Sum()
  public var renewableOnSite = Sum()
  public var renewableRigs = Sum()
  public var cost = Sum()
  public var co2 = Sum()
  public var plannedImport = Sum()
  public var plannedCost = Sum()
  public var plannedCO2 = Sum()
  public var plannedRigHours = Sum()
  public var relaySeconds = 0.0
  /// Slots with an entry of their own, and those with a part that was not metered.
  public var slots: Int64 = 0
  public var partialSlots: Int64 = 0
  /// Milliseconds covered, and those of them in which the grid connection was not metered.
  public var coveredMilliseconds: Int64 = 0
  public var gapMilliseconds: Int64 = 0
  /// Stretches without any metering.
  public var unmetered: [Slot] = []
  public private(set) var from: UTCInstant?
  public private(set) var to: UTCInstant?
  public private(set) var firstSequence: Int64?
  public private(set) var lastSequence: Int64?

  /// More stretches than this are counted in `gapMilliseconds` alone.
  static let mostStretches = 100

  public init() {}

  /// The rigs' renewable energy over all they used; nil when that is not known.
  public var renewableShare: Double? {
    self.rigs.value > 0 && self.renewableRigs.stated > 0 ? self.renewableRigs.value / self.rigs.value : nil
  }

  /// Adds an entry; anything but an interval is passed over.
  public mutating func add(_ data: [UInt8]) {
    guard let value = try? JSONValue.parse(data) else { return }
    self.add(value)
  }

  public mutating func add(_ value: JSONValue) {
    guard value["kind"]?.string == EntryKind.interval.rawValue,
      let start = value["slot_start"]?.string.flatMap({ ISO8601.instant($0) }),
      let end = value["slot_end"]?.string.flatMap({ ISO8601.instant($0) }),
      let slot = Slot(start: start, end: end)
    else { return }
    let length = end.millisecondsSince(start)
    self.from = self.from ?? start
    self.to = end
    let sequence = value["seq"]?.int.map { Int64($0) }
    self.firstSequence = self.firstSequence ?? sequence
    self.lastSequence = sequence
    self.coveredMilliseconds += length
    guard value["quality"]?.string != "unmetered" else {
      self.gapMilliseconds += length
      if self.unmetered.count < Self.mostStretches { self.unmetered.append(slot) }
      return
    }
    self.slots += 1
    if value["quality"]?.string != "metered" { self.partialSlots += 1 }
    self.gapMilliseconds += min(length, max(0, Int64(value["gap_ms"]?.int ?? 0)))
    self.addFigures(value)
  }

  private mutating func addFigures(_ value: JSONValue) {
    self.imported.add(value["import_kwh"]?.double)
    self.exported.add(value["export_kwh"]?.double)
    self.generated.add(value["generation_kwh"]?.double)
    self.rigs.add(value["rigs_kwh"]?.double)
    self.renewableOnSite.add(value["renewable_on_site_kwh"]?.double)
    self.renewableRigs.add(value["renewable_rigs_kwh"]?.double)
    self.cost.add(value["cost"]?.double)
    self.co2.add(value["co2_kg"]?.double)
    let planned = value["planned"]
    self.plannedImport.add(planned?["import_kwh"]?.double)
    self.plannedCost.add(planned?["cost"]?.double)
    self.plannedCO2.add(planned?["co2_kg"]?.double)
    self.plannedRigHours.add(planned?["rig_hours"]?.double)
    for bank in value["relays"]?.array ?? [] { self.relaySeconds += bank["relay_s"]?.double ?? 0 }
  }
}
