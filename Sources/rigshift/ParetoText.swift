import Planning
import Quantities

/// A front as a table and a plot, 80 columns wide.
enum ParetoText {
  private static let plotWidth = 60
  private static let plotHeight = 14

  static func text(_ front: ParetoFront, currency: String) -> String {
    var lines = [
      "      CO2 kg   cost \(currency.padded(to: 8)) per kg avoided  rig-hours  renewable  proved gap"
    ]
    for (index, point) in front.points.enumerated() {
      let totals = point.plan.totals
      let gap = point.plan.bound.isFinite ? "\((point.plan.relativeGap * 100).text(places: 4)) %" : "none"
      lines.append(
        "  \(Self.mark(point)) " + point.co2.value.text(places: 2).leftPadded(to: 9)
          + point.cost.value.text(places: 2).leftPadded(to: 12)
          + (front.costPerKilogram(at: index)?.value.text(places: 2) ?? "").leftPadded(to: 17)
          + totals.rigHours.text(places: 1).leftPadded(to: 11)
          + "\((totals.renewableShare * 100).text(places: 1)) %".leftPadded(to: 11) + gap.leftPadded(to: 12))
    }
    lines += [""] + Self.plot(front, currency: currency) + [""]
    lines.append("  C cheapest, L least CO2, * cheapest under a cap; cost without any price of carbon")
    for removal in front.removed {
      let cap = removal.point.cap.map { "the cap of \($0.value.text(places: 2)) kg" } ?? "the cheapest end"
      lines.append("  left out: \(cap) gives a \(removal.cause.rawValue) point")
    }
    return lines.joined(separator: "\n")
  }

  private static func mark(_ point: ParetoFront.Point) -> Character {
    switch point.role {
    case .cheapest: "C"
    case .capped: "*"
    case .leastCO2: "L"
    }
  }

  private static func plot(_ front: ParetoFront, currency: String) -> [String] {
    guard let first = front.points.first, let last = front.points.last, front.points.count > 1 else {
      return ["  one plan is both the cheapest and the one with the least CO2"]
    }
    var rows = Array(
      repeating: Array(repeating: Character(" "), count: Self.plotWidth), count: Self.plotHeight)
    func place(_ value: Double, _ low: Double, _ high: Double, _ count: Int) -> Int {
      let share = high > low ? (value - low) / (high - low) : 0
      return min(max(0, Int((share * Double(count - 1)).rounded())), count - 1)
    }
    for point in front.points {
      let column = place(point.co2.value, last.co2.value, first.co2.value, Self.plotWidth)
      let row = place(point.cost.value, first.cost.value, last.cost.value, Self.plotHeight)
      rows[Self.plotHeight - 1 - row][column] = Self.mark(point)
    }
    var lines = rows.enumerated().map { index, row in
      let label =
        index == 0
        ? last.cost.value.text(places: 0)
        : index == Self.plotHeight - 1 ? first.cost.value.text(places: 0) : ""
      return "  \(label.leftPadded(to: 12)) |" + String(row)
    }
    lines.append("  \(currency.leftPadded(to: 12)) +" + String(repeating: "-", count: Self.plotWidth))
    let least = last.co2.value.text(places: 0)
    let most = "\(first.co2.value.text(places: 0)) kg CO2"
    lines.append(
      String(repeating: " ", count: 16) + least + most.leftPadded(to: Self.plotWidth - least.count))
    return lines
  }
}
