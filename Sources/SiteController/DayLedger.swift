import Ports
import Quantities

/// Rig-hours delivered in the current local day, by closed relays.
struct DayLedger: Codable, Sendable {
  private var dayNumber: Int64 = .min
  private var milliseconds: Int64 = 0

  mutating func add(_ record: SlotRecord, zone: ZoneRules) {
    let day = zone.date(of: record.slot.start).dayNumber
    if day != self.dayNumber {
      self.dayNumber = day
      self.milliseconds = 0
    }
    self.milliseconds += record.relayMilliseconds.reduce(0, +)
  }

  /// Rig-hours of closed slots in the local day of `instant`.
  func rigHours(on instant: UTCInstant, zone: ZoneRules) -> Double {
    zone.date(of: instant).dayNumber == self.dayNumber ? Double(self.milliseconds) / 3_600_000 : 0
  }
}
