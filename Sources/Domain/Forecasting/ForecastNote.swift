public import MarketFormats
public import Quantities

/// Something a forecast had to put in the place of what was not given: for how long, what, and why.
public struct ForecastNote: Sendable, Hashable {
  public let stretch: Slot
  /// The weather variable concerned; nil when it is no single one.
  public let variable: WeatherVariable?
  public let text: String

  public init(stretch: Slot, variable: WeatherVariable? = nil, text: String) {
    self.stretch = stretch
    self.variable = variable
    self.text = text
  }

  /// One line with the stretch in local time.
  public func line(in zone: ZoneRules) -> String {
    "\(ISO8601.minute(self.stretch.start, in: zone)) to \(ISO8601.minute(self.stretch.end, in: zone)): \(self.text)"
  }
}
