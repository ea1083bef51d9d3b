import Certificates
import JSONText
import Planning
import Quantities
import SiteController
import SiteModel

/// The accounts of a site as a table, as CSV and as JSON.
enum ReportText {
  private static let columns = [
    "planned_rig_hours", "rig_hours", "planned_import_kwh", "import_kwh", "export_kwh", "generation_kwh",
    "rigs_kwh",
    "renewable_rigs_kwh", "renewable_share", "planned_cost", "cost", "planned_co2_kg", "co2_kg",
    "saving_against_continuous", "saving_against_asap", "saving_against_reference",
    "co2_saving_against_continuous_kg",
    "gap_hours",
  ]

  private static func figures(_ day: SiteAccounts.Day) -> [Double?] {
    func value(_ sum: IntervalSums.Sum) -> Double? { sum.stated == 0 ? nil : sum.value }
    func saving(_ cost: BaselineCost?) -> Double? {
      cost.map { ($0.energyCost + $0.carbonCost - day.comparedCost).value }
    }
    let sums = day.sums
    return [
      value(sums.plannedRigHours), sums.relaySeconds / 3600, value(sums.plannedImport), value(sums.imported),
      value(sums.exported), value(sums.generated), value(sums.rigs), value(sums.renewableRigs),
      sums.renewableShare,
      value(sums.plannedCost), value(sums.cost), value(sums.plannedCO2), value(sums.co2),
      saving(day.baselines?.continuous), saving(day.baselines?.asap), saving(day.baselines?.reference),
      day.baselines.map { ($0.continuous.co2 - day.comparedCO2).value },
      Double(sums.gapMilliseconds) / 3_600_000,
    ]
  }

  private static func name(_ day: SiteAccounts.Day) -> String {
    day.date.map { ISO8601.string($0) } ?? "total"
  }

  static func csv(_ days: [SiteAccounts.Day]) -> String {
    let rows = days.map { day in
      let figures = Self.figures(day).map { $0.map { JSONValue.number($0).canonicalText } ?? "" }
      let range = day.certificates
      return
        ([Self.name(day)] + figures + [
          range.map { "\($0.lowerBound)" } ?? "", range.map { "\($0.upperBound)" } ?? "",
        ])
        .joined(separator: ",")
    }
    return
      ([(["date"] + Self.columns + ["first_certificate", "last_certificate"]).joined(separator: ",")] + rows)
      .joined(separator: "\n")
  }

  static func json(_ days: [SiteAccounts.Day], _ site: Site) -> JSONValue {
    .object([
      .init("site", .string(site.name)), .init("currency", .string(site.currency)),
      .init(
        "days",
        .array(
          days.map { day in
            .object(
              [.init("date", .string(Self.name(day)))]
                + zip(Self.columns, Self.figures(day)).map { .init($0, $1.map { .number($0) } ?? .null) } + [
                  .init("first_certificate", day.certificates.map { .integer($0.lowerBound) } ?? .null),
                  .init("last_certificate", day.certificates.map { .integer($0.upperBound) } ?? .null),
                ])
          })),
    ])
  }

  static func text(_ days: [SiteAccounts.Day], _ site: Site) -> String {
    let header =
      "day".padded(to: 10)
      + "     rig-hours    import kWh   rigs kWh renewable  cost \(site.currency)     saved   CO2 kg"
      + "   gap h  certificates"
    let rows = days.map { day in
      let sums = day.sums
      func pair(_ planned: IntervalSums.Sum, _ metered: Double, _ width: Int) -> String {
        "\(planned.value.text(places: 0))/\(metered.text(places: 0))".leftPadded(to: width)
      }
      let saved = day.baselines.map {
        ($0.continuous.energyCost + $0.continuous.carbonCost - day.comparedCost).value
      }
      return Self.name(day).padded(to: 10) + pair(sums.plannedRigHours, sums.relaySeconds / 3600, 14)
        + pair(sums.plannedImport, sums.imported.value, 14)
        + sums.rigs.value.text(places: 1).leftPadded(to: 11)
        + (sums.renewableShare.map { "\(($0 * 100).text(places: 1)) %" } ?? "-").leftPadded(to: 10)
        + sums.cost.value.text(places: 1).leftPadded(to: 10)
        + (saved?.text(places: 1) ?? "-").leftPadded(to: 10)
        + sums.co2.value.text(places: 2).leftPadded(to: 9)
        + (Double(sums.gapMilliseconds) / 3_600_000).text(places: 2).leftPadded(to: 8)
        + "  \(day.certificates.map { "\($0.lowerBound)..\($0.upperBound)" } ?? "-")"
    }
    return
      ([header] + rows + [
        "",
        "planned/metered; saved: against the same rig-hours run evenly, carbon at its price, over slots metered whole.",
      ]).joined(separator: "\n")
  }
}
