import JSONText
import Quantities

/// How numbers and times are written on every page. What is absent is said to be, never zero.
struct Words {
  let zone: ZoneRules
  let currency: String

  init(_ snapshot: SiteSnapshot) {
    self.zone = snapshot.zone
    self.currency = snapshot.currency
  }

  func kilowatts(_ value: Double?) -> String { value.map { "\($0.text(places: 1)) kW" } ?? "no reading" }
  /// Power over the grid connection, with its direction: positive on import. Imports are said beside their cap.
  func grid(_ value: Double?, cap: Double? = nil) -> String {
    guard let value else { return "import unknown" }
    guard value >= -0.05 else { return "export \(self.kilowatts(-value))" }
    let imported = max(0, value)
    return "import "
      + (cap.map { "\(imported.text(places: 1)) of \(self.kilowatts($0))" } ?? self.kilowatts(imported))
  }
  func energy(_ value: Double?) -> String { value.map { "\($0.text(places: 2)) kWh" } ?? "not metered" }
  func money(_ value: Double?) -> String {
    value.map { "\($0.text(places: 2)) \(self.currency)" } ?? "unknown"
  }
  func price(_ value: Double?) -> String {
    guard let value else { return "unknown" }
    return "\(value.text(places: 2)) \(self.currency)/kWh" + (value < 0 ? " (paid to draw)" : "")
  }
  func carbon(_ value: Double?) -> String { value.map { "\($0.text(places: 0)) g/kWh" } ?? "unknown" }

  /// Local time of day.
  func time(_ instant: UTCInstant) -> String {
    ISO8601.string(minuteOfDay: self.zone.minuteOfDay(of: instant))
  }

  /// Local time of day with its second.
  func second(_ instant: UTCInstant) -> String {
    String(ISO8601.string(instant, in: self.zone).split(separator: "T").last?.prefix(8) ?? "")
  }

  /// Local date and time.
  func dateAndTime(_ instant: UTCInstant) -> String {
    ISO8601.minute(instant, in: self.zone)
  }

  func time(_ value: JSONValue?) -> String {
    value?.string.flatMap { ISO8601.instant($0) }.map { self.time($0) } ?? "unknown"
  }

  func dateAndTime(_ value: JSONValue?) -> String {
    value?.string.flatMap { ISO8601.instant($0) }.map { self.dateAndTime($0) } ?? "unknown"
  }

  /// A name of the record in words: `planAccepted` is `plan accepted`.
  static func phrase(_ name: String) -> String {
    name.reduce(into: "") { text, letter in
      if letter.isUppercase, !text.isEmpty { text += " " }
      text += letter.lowercased()
    }
  }

  /// A length of time in its two largest units, such as `2 h 5 min`.
  static func length(seconds: Int) -> String {
    let seconds = max(0, seconds)
    switch seconds {
    case ..<60: return "\(seconds) s"
    case ..<3600: return "\(seconds / 60) min"
    case ..<86_400:
      let minutes = seconds / 60 % 60
      return "\(seconds / 3600) h" + (minutes == 0 ? "" : " \(minutes) min")
    case _:
      let hours = seconds / 3600 % 24
      return "\(seconds / 86_400) d" + (hours == 0 ? "" : " \(hours) h")
    }
  }
}
