public import Quantities

/// What rig-hours took and cost. Cost is imports plus the export income given up; CO2 counts imports only.
public struct JobFigures: Sendable, Hashable, Codable {
  public var rigHours = 0.0
  public var energy = KilowattHours.zero
  public var cost = Money.zero
  public var co2 = KilogramsCO2.zero
  public init() {}

  public static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum.rigHours += b.rigHours
    sum.energy += b.energy
    sum.cost += b.cost
    sum.co2 += b.co2
    return sum
  }
}

/// A job as it is run, beside the same rig-hours run at once: from its release on, with as many rigs as it may have,
/// behind the same import cap.
public struct JobComparison: Sendable, Hashable, Codable {
  public var run = JobFigures()
  public var atOnce = JobFigures()
  public init() {}

  public static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum.run = a.run + b.run
    sum.atOnce = a.atOnce + b.atOnce
    return sum
  }

  public var savedCost: Money { self.atOnce.cost - self.run.cost }
  public var savedCO2: KilogramsCO2 { self.atOnce.co2 - self.run.co2 }

  /// Adds one slot in which the job has `rigHours`. `left` is the work the baseline still has to do when the slot
  /// begins, and `rigs` what may work on it at once during the last `hours` of the slot.
  public mutating func add(
    _ slot: JobSlot, rigHours: Double, draw: Kilowatts, atOnce rigs: Int, hours: Double, of work: Double
  ) {
    let share = slot.share(of: rigHours, draw: draw)
    self.run = self.run + share.figures
    let wanted = min(Double(rigs) * hours, work - self.atOnce.rigHours)
    guard wanted > 0, hours > 0 else { return }
    self.atOnce = self.atOnce + slot.instead(of: share, rigHours: wanted, draw: draw, hours: hours)
  }
}

/// One slot of a site, planned or metered, in what a job's costs depend on. Energies are of the whole site.
public struct JobSlot: Sendable, Hashable {
  public var slot: Slot
  public var rigEnergy: KilowattHours
  public var imported: KilowattHours
  public var exported: KilowattHours
  /// Renewable energy that nobody used and that spilled.
  public var curtailed: KilowattHours
  /// Renewable energy used on site.
  public var usedOnSite: KilowattHours
  public var importPrice: EnergyPrice
  public var exportPrice: EnergyPrice
  public var carbon: CarbonIntensity
  /// Nil is unlimited.
  public var importCap: Kilowatts?
  /// Whether surplus can spill, which makes exporting at a loss nobody's choice.
  public var isCurtailable: Bool

  public init(
    slot: Slot, rigEnergy: KilowattHours, imported: KilowattHours, exported: KilowattHours,
    curtailed: KilowattHours, usedOnSite: KilowattHours, importPrice: EnergyPrice, exportPrice: EnergyPrice,
    carbon: CarbonIntensity,
    importCap: Kilowatts?, isCurtailable: Bool
  ) {
    self.slot = slot
    self.rigEnergy = rigEnergy
    self.imported = imported
    self.exported = exported
    self.curtailed = curtailed
    self.usedOnSite = usedOnSite
    self.importPrice = importPrice
    self.exportPrice = exportPrice
    self.carbon = carbon
    self.importCap = importCap
    self.isCurtailable = isCurtailable
  }

  /// A job's part of the slot: of the rigs' renewable energy it has as much as of their energy.
  struct Share {
    var figures = JobFigures()
    var imported = KilowattHours.zero
    var absorbed: KilowattHours { self.figures.energy - self.imported }
  }

  func share(of rigHours: Double, draw: Kilowatts) -> Share {
    var share = Share()
    guard rigHours > 0 else { return share }
    let absorbed = min(max(.zero, self.usedOnSite), self.rigEnergy)
    let importedPart = self.rigEnergy > .zero ? 1 - absorbed / self.rigEnergy : 1
    share.figures.rigHours = rigHours
    share.figures.energy = KilowattHours(draw.value * rigHours)
    share.imported = share.figures.energy * importedPart
    share.figures.cost = self.cost(imported: share.imported, absorbed: share.absorbed)
    share.figures.co2 = self.carbon * share.imported
    return share
  }

  /// The same slot without the job's part and with up to `rigHours` of it instead, as far as the import cap allows:
  /// surplus first, the rest imported.
  func instead(of share: Share, rigHours: Double, draw: Kilowatts, hours: Double) -> JobFigures {
    var figures = JobFigures()
    let part = min(1, hours / self.slot.hours)
    let surplus = (self.exported + self.curtailed + share.absorbed) * part
    var energy = KilowattHours(draw.value * rigHours)
    if let importCap = self.importCap {
      let room = max(.zero, importCap * self.slot.length - self.imported + share.imported) * part
      energy = min(energy, surplus + room)
    }
    let imported = max(.zero, energy - surplus)
    figures.rigHours = draw > .zero ? energy.value / draw.value : rigHours
    figures.energy = energy
    figures.cost = self.cost(imported: imported, absorbed: energy - imported)
    figures.co2 = self.carbon * imported
    return figures
  }

  private func cost(imported: KilowattHours, absorbed: KilowattHours) -> Money {
    // Where something spills, using more gives up no income.
    let exportPrice = self.curtailed > .zero ? .zero : self.exportPrice
    let lost = self.isCurtailable ? max(.zero, exportPrice) : exportPrice
    return self.importPrice * imported + lost * absorbed
  }
}
