import Quantities
import SiteModel

/// `feed = "json"` and `feed = "csv"`: a service this program does not know by name, as the site file describes it.
enum DescribedFeedSection {
  private enum Separator: String, CaseIterable {
    case comma = ","
    case semicolon = ";"
    case tab

    var byte: UInt8 {
      switch self {
      case .comma: UInt8(ascii: ",")
      case .semicolon: UInt8(ascii: ";")
      case .tab: 0x09
      }
    }
  }

  static func json(_ table: TableReader, _ subject: FeedSection.Subject) -> SeriesShape? {
    Self.shape(.json(rows: table.text("rows") ?? ""), table, subject)
  }

  static func csv(_ table: TableReader, _ subject: FeedSection.Subject) -> SeriesShape? {
    let separator = table.choice("separator", of: Separator.self) ?? .comma
    let hasDecimalComma = table.flag("decimal_comma") ?? false
    if hasDecimalComma, separator == .comma {
      table.error(
        "a decimal comma beside commas between the columns", at: "decimal_comma",
        do: #"name what stands between the columns, such as: separator = ";""#)
    }
    return Self.shape(
      .csv(.init(separator: separator.byte, hasDecimalComma: hasDecimalComma)), table, subject)
  }

  private static func shape(
    _ format: SeriesShape.Format, _ table: TableReader, _ subject: FeedSection.Subject
  ) -> SeriesShape? {
    let start = table.text("start", .required(example: #"start = "start""#))
    let length = Self.length(table)
    let value = table.text("value", .required(example: #"value = "price""#))
    let time = table.choice("time", of: SeriesShape.TimeFormat.self) ?? .iso8601
    let unit = Self.unit(table, subject)
    let scale = table.number("scale", in: 0.000_001...1_000_000) ?? 1
    guard let start, let length, let value, let unit else { return nil }
    return SeriesShape(
      format: format, start: start, value: value, length: length, time: time, unit: unit, scale: scale)
  }

  private static func length(_ table: TableReader) -> SeriesShape.Length? {
    let end = table.text("end")
    let slot = table.duration("slot", in: .minutes(1) ... .hours(24))
    if table.has("end") {
      table.refuse("slot", because: "stands beside 'end'", do: "keep one of the two")
      return end.map { .field($0) }
    }
    if !table.has("slot") {
      table.log.error(
        "\(table.name) has no 'end' and no 'slot'", at: table.position,
        do: #"name the field with the end, or add a line such as: slot = "1 h""#)
    }
    return slot.map { .fixed($0) }
  }

  private static func unit(_ table: TableReader, _ subject: FeedSection.Subject) -> String? {
    let example: String
    let wanted: SeriesUnit.Kind?
    switch subject {
    case .price(let currency):
      example = "\(currency ?? "EUR")/MWh"
      wanted = currency.map { .price(currency: $0) }
    case .carbon, .weather:
      example = "gCO2/kWh"
      wanted = .carbon
    }
    guard let text = table.text("unit", .required(example: "unit = \"\(example)\"")) else { return nil }
    guard let unit = SeriesUnit(text) else {
      table.error(
        "'unit' is \"\(text)\", which is not known", at: "unit", do: "write it like \"\(example)\"")
      return nil
    }
    guard let wanted, unit.kind != wanted else { return text }
    table.error(
      "'unit' is \"\(text)\", and \(table.name) needs values such as in \"\(example)\"", at: "unit",
      do: "use a service that gives them; values are never converted")
    return nil
  }

  /// The header a key is sent in; nil sends it as a bearer's.
  static func keyHeader(_ table: TableReader, hasKey: Bool) -> String? {
    guard let name = table.text("key_header") else { return nil }
    if !hasKey {
      table.refuse(
        "key_header", because: "needs a 'key_file' beside it", do: "add key_file = \"…\" or remove it")
    }
    guard FeedSection.isPlain(name), name.utf8.count <= 60 else {
      table.error(
        "'key_header' is \"\(name)\"", at: "key_header",
        do: "give the name of a header, such as \"X-Api-Key\"")
      return nil
    }
    return name
  }
}
