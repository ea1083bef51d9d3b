import Certificates
import JSONText
import Quantities

/// What evidence proves, in words and as JSON.
enum EvidenceText {
  static func text(_ proof: EvidenceVerifier.Proof, _ key: NoteKey) -> String {
    let sums = proof.sums
    let currency = proof.genesis.currency
    func figure(_ sum: IntervalSums.Sum, _ unit: String) -> String {
      sum.stated == 0 ? "not metered" : "\(sum.value.text(places: 2)) \(unit)"
    }
    var lines = [
      "VALID: certificates \(proof.run.lowerBound) to \(proof.run.upperBound) of the log \(proof.genesis.origin), none missing",
      "",
      "site               \(proof.genesis.site)",
      "period             \(sums.from.map { ISO8601.string($0) } ?? "-") to \(sums.to.map { ISO8601.string($0) } ?? "-")",
      "energy of the rigs \(figure(sums.rigs, "kWh"))",
      "  of it renewable  \(figure(sums.renewableRigs, "kWh"))"
        + (sums.renewableShare.map { " (\(($0 * 100).text(places: 1)) %), matched slot by slot" } ?? ""),
      "import             \(figure(sums.imported, "kWh")), export \(figure(sums.exported, "kWh"))",
      "generation         \(figure(sums.generated, "kWh"))",
      "cost               \(figure(sums.cost, currency)), planned \(figure(sums.plannedCost, currency))",
      "CO2 of imports     \(figure(sums.co2, "kg")), planned \(figure(sums.plannedCO2, "kg"))",
      "rigs switched on   \((sums.relaySeconds / 3600).text(places: 2)) rig-hours",
      "",
      "Signed by \(key.name) over a log of \(proof.size) certificates.",
      Self.text(proof.witnesses),
      "",
      Self.gaps(sums),
    ]
    lines += sums.unmetered.map {
      "  \(ISO8601.string($0.start)) to \(ISO8601.string($0.end)): nothing metered"
    }
    return lines.joined(separator: "\n")
  }

  static func text(_ witnesses: [EvidenceVerifier.Witness]) -> String {
    guard !witnesses.isEmpty else {
      return "No witness was asked for: name one with --witness to learn when it saw the log."
    }
    return witnesses.map { "Seen by \($0.name) at \(ISO8601.string(UTCInstant(seconds: $0.time)))." }
      .joined(separator: "\n")
  }

  private static func gaps(_ sums: IntervalSums) -> String {
    let hours = Double(sums.gapMilliseconds) / 3_600_000
    guard sums.gapMilliseconds > 0 else { return "Every slot is metered whole." }
    return
      "Gaps: \(hours.text(places: 3)) of \((Double(sums.coveredMilliseconds) / 3_600_000).text(places: 1)) hours "
      + "without metering of the grid connection; \(sums.partialSlots) slots metered in part. "
      + "What was not metered is in no figure."
  }

  static func json(_ proof: EvidenceVerifier.Proof, _ key: NoteKey) -> JSONValue {
    .object([
      .init("valid", true), .init("origin", .string(proof.genesis.origin)),
      .init("site", .string(proof.genesis.site)),
      .init("currency", .string(proof.genesis.currency)), .init("first_seq", .integer(proof.run.lowerBound)),
      .init("last_seq", .integer(proof.run.upperBound)), .init("log_size", .integer(proof.size)),
      .init("signed_by", .string(key.text)), .init("witnesses", Self.json(proof.witnesses)),
      .init("sums", proof.sums.json),
    ])
  }

  static func json(_ witnesses: [EvidenceVerifier.Witness]) -> JSONValue {
    .array(
      witnesses.map {
        .object([
          .init("name", .string($0.name)),
          .init("time", .string(ISO8601.string(UTCInstant(seconds: $0.time)))),
        ])
      })
  }
}

extension IntervalSums {
  var json: JSONValue {
    func figure(_ sum: Sum) -> JSONValue { sum.stated == 0 ? .null : .number(sum.value) }
    return .object([
      .init("from", self.from.map { .string(ISO8601.string($0)) } ?? .null),
      .init("to", self.to.map { .string(ISO8601.string($0)) } ?? .null),
      .init("import_kwh", figure(self.imported)), .init("export_kwh", figure(self.exported)),
      .init("generation_kwh", figure(self.generated)), .init("rigs_kwh", figure(self.rigs)),
      .init("renewable_on_site_kwh", figure(self.renewableOnSite)),
      .init("renewable_rigs_kwh", figure(self.renewableRigs)),
      .init("renewable_share", self.renewableShare.map { .number($0) } ?? .null),
      .init("cost", figure(self.cost)),
      .init("co2_kg", figure(self.co2)), .init("planned_import_kwh", figure(self.plannedImport)),
      .init("planned_cost", figure(self.plannedCost)), .init("planned_co2_kg", figure(self.plannedCO2)),
      .init("planned_rig_hours", figure(self.plannedRigHours)),
      .init("rig_hours", .number(self.relaySeconds / 3600)), .init("slots", .integer(self.slots)),
      .init("partial_slots", .integer(self.partialSlots)),
      .init("gap_hours", .number(Double(self.gapMilliseconds) / 3_600_000)),
      .init("covered_hours", .number(Double(self.coveredMilliseconds) / 3_600_000)),
      .init(
        "unmetered",
        .array(
          self.unmetered.map {
            .object([
              .init("from", .string(ISO8601.string($0.start))), .init("to", .string(ISO8601.string($0.end))),
            ])
          })),
      .init("first_seq", self.firstSequence.map { .integer($0) } ?? .null),
      .init("last_seq", self.lastSequence.map { .integer($0) } ?? .null),
    ])
  }
}
