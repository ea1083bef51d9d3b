import Forecasting
import Ports
import Quantities
import SiteModel

/// The history of forecasts out of and into the record.
extension ForecastHistory {
  /// A share of the export cap from which the plant may have been held back.
  private static let nearExportCap = 0.97

  /// What a store still knows.
  init(_ recovered: Recovered) {
    self.init()
    for forecast in recovered.forecasts {
      self.add(Issue(hour: forecast.madeAt.milliseconds / 3_600_000, kilowatts: forecast.power.map(\.value)))
    }
    for hour in recovered.generation {
      self.add(generated: hour.generated.value, hour: hour.start.milliseconds / 3_600_000)
    }
  }

  /// Takes a closed slot as far as its generation was metered and nothing held it back. Returns the hour it completes.
  mutating func take(_ record: SlotRecord, of site: Site) -> GenerationRecord? {
    let isMetered = site.meters.indices.allSatisfy { meter in
      site.meters[meter].subject != .generation || record.meterGapMilliseconds[meter] == 0
    }
    let energy = isMetered && !Self.isHeldBack(record, site: site) ? record.generated : nil
    return self.take(metered: energy, in: record.slot).map { hour, energy in
      GenerationRecord(start: UTCInstant(milliseconds: hour * 3_600_000), generated: energy)
    }
  }

  /// Export near its cap: the inverters may have spilled some.
  private static func isHeldBack(_ record: SlotRecord, site: Site) -> Bool {
    guard let cap = site.grid.exportCap else { return false }
    return (record.exported ?? .zero) >= cap * record.slot.length * Self.nearExportCap
  }
}

extension ForecastRecord {
  init(_ issue: ForecastHistory.Issue) {
    self.init(
      madeAt: UTCInstant(milliseconds: issue.hour * 3_600_000), power: issue.kilowatts.map { Kilowatts($0) })
  }
}

extension Settlement {
  /// Generation of the open slot so far; nil unless all its meters have accounted for it without a hole.
  func openGeneration(of site: Site) -> MeteredPart? {
    var metered: MeteredPart?
    for meter in site.meters.indices where site.meters[meter].subject == .generation {
      guard let part = self.openPart(meter: meter),
        let energy = KilowattHours(checking: self.openEnergy(meter: meter).forward)
      else { return nil }
      // Meters are read within seconds of each other.
      metered = MeteredPart(part: part, generated: (metered?.generated ?? .zero) + energy)
    }
    return metered
  }
}
