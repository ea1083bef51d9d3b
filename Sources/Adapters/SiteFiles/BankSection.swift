import Quantities
import SiteModel

/// `[[banks]]`: rigs that are alike.
enum BankSection {
  /// One entry per table of the file, nil where it has errors.
  static func read(_ root: TableReader) -> [Placed<RigBank>?] {
    guard let tables = root.tables("banks") else { return [nil] }
    if tables.isEmpty {
      root.log.error(
        "the site has no rigs", at: root.position,
        do: "add a [[banks]] table with name, count, draw_kw and relay_lines")
    }
    return tables.map { table in
      let bank = Self.bank(table)
      table.finish()
      return bank.map { Placed(value: $0, table: table) }
    }
  }

  private static func bank(_ table: TableReader) -> RigBank? {
    let name = table.identifier("name", .required(example: #"name = "s19""#))
    let count = table.wholeNumber("count", in: 1...10_000, .required(example: "count = 40"))
    let draw = table.number("draw_kw", in: 0.001...1000, .required(example: "draw_kw = 3.25"))
    let lines = Self.relayLines(table)
    let heatCoefficient = table.number("heat_coefficient_per_k", in: 0...0.1)
    let minimumOn = table.duration("minimum_on", in: .zero ... .hours(48))
    let minimumOff = table.duration("minimum_off", in: .zero ... .hours(48))
    let startCost = table.number("start_cost", in: 0...1_000_000)
    let revenue = table.number("revenue_per_rig_hour", in: 0...1_000_000)
    let minimumRunning = table.wholeNumber("minimum_running", in: 0...10_000)
    let starts = table.wholeNumber("maximum_starts_per_day", in: 0...1_000_000)
    let fallback = Self.fallback(table)
    let cycles = table.wholeNumber("rated_cycles", in: 1...1_000_000_000)
    let softStop =
      table.has("soft_stop")
      ? SoftStopSection.read(table.table("soft_stop"), rigs: count, minimumOff: minimumOff ?? .zero) : nil
    if let count, let lines, lines.count != count {
      table.error(
        "'relay_lines' names \(lines.count) lines for \(count) rigs", at: "relay_lines",
        do: "give one line per rig, such as \"relay-01..relay-\(count < 10 ? "0" : "")\(count)\"")
    }
    if let count, let minimumRunning, minimumRunning > count {
      table.error(
        "'minimum_running' is \(minimumRunning) but the bank has \(count) rigs", at: "minimum_running",
        do: "lower it to \(count) or less")
    }
    guard let name, let count, let draw, let lines else { return nil }
    return RigBank(
      name: name, count: count, draw: Kilowatts(draw), heatCoefficient: heatCoefficient ?? 0,
      minimumOn: minimumOn ?? .zero, minimumOff: minimumOff ?? .zero, startCost: Money(startCost ?? 0),
      revenuePerRigHour: Money(revenue ?? 0), minimumRunning: minimumRunning ?? 0,
      maximumStartsPerDay: starts,
      relayLines: lines, fallback: fallback ?? .off, ratedCycles: cycles, softStop: softStop)
  }

  private static func fallback(_ table: TableReader) -> Fallback? {
    guard let text = table.text("fallback") else { return nil }
    if text == "off" { return .off }
    if text.hasPrefix("hold "), let length = DurationText.duration(text.dropFirst(5)), length <= .hours(24) {
      return .hold(length)
    }
    table.error(
      "'fallback' is \"\(text)\", which is not known", at: "fallback",
      do: "write \"off\", or \"hold 10 min\" with up to 24 h")
    return nil
  }

  /// A name, a range `first..last`, or a list of both.
  private static func relayLines(_ table: TableReader) -> [String]? {
    let example = #"relay_lines = "relay-01..relay-40""#
    guard let node = table.node("relay_lines", .required(example: example)) else { return nil }
    guard case .array(let elements) = node.value else { return Self.relayLines(node, "'relay_lines'", table) }
    var lines: [String] = []
    for (index, element) in elements.enumerated() {
      guard let more = Self.relayLines(element, "entry \(index + 1) of 'relay_lines'", table) else {
        return nil
      }
      lines += more
    }
    return lines
  }

  private static func relayLines(_ node: TOMLNode, _ what: String, _ table: TableReader) -> [String]? {
    guard let text = table.text(node, what) else { return nil }
    if let lines = RelayLineRange.lines(text) { return lines }
    table.log.error(
      "\(what) is \"\(text)\", which is no range of lines", at: node.position,
      do: "repeat the name and count up with as many digits, such as \"relay-01..relay-40\"")
    return nil
  }
}

/// The notation `relay-01..relay-40` for lines that are numbered in order.
enum RelayLineRange {
  /// The lines a text names: itself, or all from the first to the last of a range. Nil when the two ends do not
  /// differ in their final number alone, or when there are more than 10,000 lines.
  static func lines(_ text: String) -> [String]? {
    guard let dots = text.firstRange(of: "..") else { return [text] }
    let (first, last) = (Self.parts(text[..<dots.lowerBound]), Self.parts(text[dots.upperBound...]))
    guard first.prefix == last.prefix, let low = Int(first.digits), let high = Int(last.digits), low <= high,
      high - low < 10_000, first.digits.count == last.digits.count || !first.digits.hasPrefix("0")
    else { return nil }
    return (low...high).map { number in
      let digits = String(number)
      return first.prefix + String(repeating: "0", count: max(0, first.digits.count - digits.count)) + digits
    }
  }

  private static func parts(_ text: Substring) -> (prefix: Substring, digits: Substring) {
    let digits = text.reversed().prefix { $0.isASCII && $0.isNumber }.count
    return (text.dropLast(digits), text.suffix(digits))
  }
}
