import JSONText
import Quantities

/// An Open-Meteo response: forecast, archive, 15-minute or ensemble, for one place or several, of one model or several.
///
/// Units are those the response names. Stamps are local to its `utc_offset_seconds`, or Unix seconds. Radiation
/// belongs to the hour or quarter of an hour that ends at its stamp, everything else to the stamp itself. Where both
/// `minutely_15` and `hourly` give a variable, the finer counts as far as it goes. Null is a gap.
public struct OpenMeteoResponse: Sendable, Hashable {
  /// The control run, or the only one, first. Never empty.
  public let members: [WeatherSeries]
  /// What was chosen where the response offered more than one thing, as sentences for a person.
  public let choices: [String]

  /// Reads a response as the service sent it.
  ///
  /// - Parameters:
  ///   - file: What errors call the source.
  ///   - location: Which place of a response for several, from 0.
  ///   - model: Which model of a response of several; nil takes the first that has all that is required.
  ///   - required: What must have at least one value.
  public static func parse(
    _ bytes: [UInt8], file: String? = nil, location: Int = 0, model: String? = nil,
    requiring required: Set<WeatherVariable> = []
  ) throws(FormatError) -> OpenMeteoResponse {
    let root = try Self.json(bytes, file: file)
    var choices: [String] = []
    let place = try Self.place(location, of: root, file: file, choices: &choices)
    try Self.refuseErrorReply(place, file: file)
    let offset = try Self.offsetSeconds(place, file: file)
    var blocks: [OpenMeteoBlock] = []
    for name in OpenMeteoBlock.Name.allCases {
      if let block = try OpenMeteoBlock(name, of: place, offsetSeconds: offset, file: file) {
        blocks.append(block)
      }
    }
    guard !blocks.isEmpty else {
      throw FormatError(
        file: file, message: "neither an `hourly` nor a `minutely_15` block",
        remedy:
          "ask the service for hourly=shortwave_radiation,temperature_2m,wind_speed_10m,surface_pressure")
    }
    let reader = OpenMeteoReader(blocks: blocks, place: Self.place(place), file: file)
    let members = try reader.members(model: model, requiring: required, choices: &choices)
    return OpenMeteoResponse(members: members, choices: choices)
  }

  private init(members: [WeatherSeries], choices: [String]) {
    self.members = members
    self.choices = choices
  }

  private static func json(_ bytes: [UInt8], file: String?) throws(FormatError) -> JSONValue {
    do {
      // A NaN is let through, to be refused by its column and row.
      let limits = JSONLimits(
        maximumBytes: FormatLimits.weatherBytes, maximumDepth: 16, allowsNonFinite: true)
      return try JSONValue.parse(bytes, limits: limits)
    } catch {
      throw FormatError(
        file: file, line: error.line, column: error.column, message: error.message,
        remedy: "keep the response as the service sent it")
    }
  }

  private static func place(
    _ index: Int, of root: JSONValue, file: String?, choices: inout [String]
  ) throws(FormatError) -> JSONValue {
    guard let places = root.array else { return root }
    guard places.indices.contains(index) else {
      throw FormatError(
        file: file, message: "\(places.count) places, none with number \(index)",
        remedy: "choose a place from 0 to \(max(0, places.count - 1))")
    }
    if places.count > 1 {
      choices.append("\(places.count) places in the response: took number \(index) (from 0)")
    }
    return places[index]
  }

  private static func refuseErrorReply(_ place: JSONValue, file: String?) throws(FormatError) {
    guard place.object != nil else {
      throw FormatError(
        file: file, message: "\(place.kind) where an object was expected",
        remedy: "keep the response as the service sent it")
    }
    guard place["error"]?.bool == true else { return }
    let reason = place["reason"]?.string ?? "no reason given"
    let printable = String(
      String.UnicodeScalarView(reason.unicodeScalars.filter { $0.value >= 0x20 }.prefix(200)))
    throw FormatError(
      file: file, message: "the weather service refused: \"\(printable)\"",
      remedy: "correct the request, or ask again later; no weather was read")
  }

  private static func offsetSeconds(_ place: JSONValue, file: String?) throws(FormatError) -> Int {
    let field = "utc_offset_seconds"
    guard let offset = place[field]?.int, (-64_800...64_800).contains(offset) else {
      throw FormatError(
        file: file, field: field, message: "missing, or not a whole number of seconds within 18 hours",
        remedy: "keep the response as the service sent it; without it local stamps mean nothing")
    }
    for name in ["timezone", "timezone_abbreviation"] {
      guard let zone = place[name]?.string, let stated = Self.statedOffset(zone), stated != offset else {
        continue
      }
      throw FormatError(
        file: file, field: field, message: "\(offset) contradicts `\(name)` \"\(zone)\"",
        remedy: "fetch the response again, with timezone=GMT")
    }
    return offset
  }

  /// The offset a zone name itself states: `GMT`, `UTC`, `GMT+9`, `GMT-3:30`; nil for names of places.
  private static func statedOffset(_ zone: String) -> Int? {
    guard zone.hasPrefix("GMT") || zone.hasPrefix("UTC") else { return nil }
    let rest = zone.dropFirst(3)
    if rest.isEmpty { return 0 }
    guard let sign = rest.first, sign == "+" || sign == "-" else { return nil }
    let parts = rest.dropFirst().split(separator: ":").map { DecimalText.int(ArraySlice(Array($0.utf8))) }
    guard parts.count <= 2, let hours = parts.first ?? nil, hours <= 18,
      let minutes = parts.count == 2 ? parts[1] : 0
    else { return nil }
    return (sign == "-" ? -1 : 1) * (hours * 3600 + min(minutes, 59) * 60)
  }

  private static func place(_ value: JSONValue) -> WeatherSeries.Place? {
    guard let latitude = value["latitude"]?.double, let longitude = value["longitude"]?.double,
      (-90...90).contains(latitude), (-180...360).contains(longitude)
    else { return nil }
    let elevation = value["elevation"]?.double.flatMap { (-500...9000).contains($0) ? $0 : nil }
    return WeatherSeries.Place(latitude: latitude, longitude: longitude, elevation: elevation)
  }
}
