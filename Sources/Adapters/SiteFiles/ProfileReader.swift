import Quantities
import SiteModel

/// A value by local time of day, written as a list: 24, 48 or 96 numbers that divide the day evenly, or steps
/// `{ from = "07:00", value = 12.5 }`.
enum ProfileReader {
  static func read(_ node: TOMLNode, _ what: String, in range: ClosedRange<Double>, _ table: TableReader)
    -> DailyProfile?
  {
    guard case .array(let elements) = node.value, let first = elements.first else {
      table.log.error(
        "\(what) must be a list of values", at: node.position,
        do: "write 24 numbers in square brackets, or steps such as { from = \"07:00\", value = 12.5 }")
      return nil
    }
    if case .table = first.value { return Self.steps(elements, what, in: range, table, at: node.position) }
    guard [24, 48, 96].contains(elements.count) else {
      table.log.error(
        "\(what) has \(elements.count) values", at: node.position,
        do: "give 24 (hours), 48 (half hours) or 96 (quarter hours) from midnight on")
      return nil
    }
    let minutes = 1440 / elements.count
    var steps: [DailyProfile.Step] = []
    for (index, element) in elements.enumerated() {
      guard let value = table.number(element, "value \(index + 1) of \(what)", in: range),
        let time = TimeOfDay(minutes: index * minutes)
      else { continue }
      if steps.last?.value != value { steps.append(.init(from: time, value: value)) }
    }
    return DailyProfile(steps: steps)
  }

  private static func steps(
    _ elements: [TOMLNode], _ what: String, in range: ClosedRange<Double>, _ table: TableReader,
    at position: FilePosition
  ) -> DailyProfile? {
    var steps: [DailyProfile.Step] = []
    for (index, element) in elements.prefix(1440).enumerated() {
      guard let row = table.table(element, "step \(index + 1) of \(what)") else { continue }
      let from = row.timeOfDay("from", .required(example: #"from = "07:00""#))
      let value = row.number("value", in: range, .required(example: "value = 12.5"))
      row.finish()
      guard let from, let value else { continue }
      if index == 0, from.minutes != 0 {
        row.error(
          "the first step of \(what) begins after midnight", at: "from", do: "begin with from = \"00:00\"")
      }
      if let last = steps.last, from <= last.from {
        row.error(
          "the steps of \(what) are not in order", at: "from", do: "order them by time of day, each time once"
        )
      }
      if from.minutes == 1440 {
        row.error("a step of \(what) begins at the day's end", at: "from", do: "remove it, or use \"00:00\"")
      }
      steps.append(.init(from: from, value: value))
    }
    return DailyProfile(steps: steps)
  }
}
