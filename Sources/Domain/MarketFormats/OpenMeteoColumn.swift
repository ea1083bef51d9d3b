import Quantities

/// One column of an Open-Meteo block by its key: `wind_speed_100m_member07_icon_d2` is wind at 100 m, member 7 of the
/// ensemble, model `icon_d2`.
struct OpenMeteoColumn: Hashable {
  enum Quantity: Hashable {
    case radiationMean
    case radiationInstant
    case temperature
    case pressure
    case humidity
    case wind(height: Int)
  }

  let key: String
  let quantity: Quantity
  /// 0 is the control run, or the only one.
  let member: Int
  /// Empty when the key names none.
  let model: String

  /// Nil for columns this program has no use for.
  init?(key: String) {
    guard let (quantity, rest) = Self.quantity(key) else { return nil }
    guard rest.isEmpty || rest.first == "_" else { return nil }
    var suffix = rest.dropFirst()
    var member = 0
    if suffix.hasPrefix("member") {
      let digits = suffix.dropFirst(6).prefix { $0 != "_" }
      guard let number = DecimalText.int(ArraySlice(Array(digits.utf8))) else { return nil }
      member = number
      suffix = suffix.dropFirst(6 + digits.count)
      guard suffix.isEmpty || suffix.first == "_" else { return nil }
      suffix = suffix.dropFirst()
    }
    // These say what was computed, not by which model: shortwave_radiation_clear_sky is no forecast of radiation.
    let words = ["clear", "max", "min", "mean", "sum", "spread", "anomaly", "instant"]
    if let first = suffix.split(separator: "_").first, words.contains(String(first)) { return nil }
    self.key = key
    self.quantity = quantity
    self.member = member
    self.model = String(suffix)
  }

  private static func quantity(_ key: String) -> (Quantity, rest: Substring)? {
    // A longer name before the name it begins with.
    let names: [(String, Quantity)] = [
      ("shortwave_radiation_instant", .radiationInstant), ("shortwave_radiation", .radiationMean),
      ("temperature_2m", .temperature), ("surface_pressure", .pressure),
      ("relative_humidity_2m", .humidity), ("relativehumidity_2m", .humidity),
    ]
    for (name, quantity) in names where key.hasPrefix(name) { return (quantity, key.dropFirst(name.count)) }
    for name in ["wind_speed_", "windspeed_"] where key.hasPrefix(name) {
      let rest = key.dropFirst(name.count)
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let height = DecimalText.int(ArraySlice(Array(digits.utf8))), (1...1000).contains(height),
        rest.dropFirst(digits.count).first == "m"
      else { return nil }
      return (.wind(height: height), rest.dropFirst(digits.count + 1))
    }
    return nil
  }
}

extension OpenMeteoColumn.Quantity {
  /// The scale and offset that take a value in `unit` to W/m2, degrees Celsius, hPa, a share of 1 or m/s; nil for a
  /// unit this quantity is not given in.
  func conversion(from unit: String) -> (scale: Double, offset: Double)? {
    switch (self, unit) {
    case (.radiationMean, "W/m²"), (.radiationInstant, "W/m²"), (.radiationMean, "W/m2"),
      (.radiationInstant, "W/m2"):
      (1, 0)
    case (.temperature, "°C"): (1, 0)
    case (.temperature, "°F"): (5.0 / 9, -160.0 / 9)
    case (.pressure, "hPa"): (1, 0)
    case (.pressure, "Pa"): (0.01, 0)
    case (.humidity, "%"): (0.01, 0)
    case (.wind, "m/s"): (1, 0)
    case (.wind, "km/h"): (1 / 3.6, 0)
    case (.wind, "mph"), (.wind, "mp/h"): (0.44704, 0)
    case (.wind, "kn"): (1852.0 / 3600, 0)
    case (.radiationMean, _), (.radiationInstant, _), (.temperature, _), (.pressure, _), (.humidity, _),
      (.wind, _):
      nil
    }
  }

  /// The units `conversion` knows, for a message.
  var units: String {
    switch self {
    case .radiationMean, .radiationInstant: "W/m²"
    case .temperature: "°C or °F"
    case .pressure: "hPa or Pa"
    case .humidity: "%"
    case .wind: "m/s, km/h, mph or kn"
    }
  }

  /// What can be true on earth, after conversion.
  var plausible: ClosedRange<Double> {
    switch self {
    case .radiationMean, .radiationInstant: 0...1500
    case .temperature: -80...60
    case .pressure: 500...1100
    case .humidity: 0...1
    case .wind: 0...120
    }
  }

  /// The plausible range with its unit, for a message.
  var plausibleText: String {
    switch self {
    case .radiationMean, .radiationInstant: "0 to 1500 W/m²"
    case .temperature: "-80 to 60 °C"
    case .pressure: "500 to 1100 hPa"
    case .humidity: "0 to 100 %"
    case .wind: "0 to 120 m/s"
    }
  }
}
