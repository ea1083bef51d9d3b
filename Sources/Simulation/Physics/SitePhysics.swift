import Forecasting
import Quantities
import SiteModel

/// The true site: weather, load and rigs behind one grid connection, in steps of one second.
struct SitePhysics {
  static let stepMilliseconds: Int64 = 1000

  private(set) var power = TruePower()
  private(set) var totals = EnergyTotals()
  /// Rig energy per bank since the start of the run, kWh.
  private(set) var bankTotals: [Double]
  /// Mean draw of each bank over the last step, kW.
  private(set) var bankKilowatts: [Double]
  /// What is true at the place of each meter, in site order. Several generation meters see equal shares.
  private(set) var atMeters: [MeterFace.Truth]
  private(set) var weather: SimulatedWeather
  var fleet: RigFleet

  private let site: Site
  private let exportCap: Double
  private let subjects: [Meter.Subject]
  private let generationShare: Double
  private var load: OtherLoad
  /// Draw of one rig of each bank at the present ambient temperature, per unit of level.
  private var drawPerLevel: [Double]
  private var nextRefresh: Int64 = 0

  init(
    site: Site, expected: @escaping @Sendable (UTCInstant) -> Conditions, start: UTCInstant, seed: UInt64
  ) {
    self.site = site
    self.weather = SimulatedWeather(
      site: site, expected: expected, start: start, generator: SplitMix64(seed: seed, stream: .weather))
    self.fleet = RigFleet(site: site, generator: SplitMix64(seed: seed, stream: .processes).stream(1))
    self.load = OtherLoad(site: site, generator: SplitMix64(seed: seed, stream: .load))
    self.exportCap = site.grid.curtailable ? site.grid.exportCap?.value ?? .infinity : .infinity
    self.subjects = site.meters.map(\.subject)
    self.generationShare = 1 / Double(max(1, site.meters.count { $0.subject == .generation }))
    self.atMeters = Array(
      repeating: MeterFace.Truth(kilowatts: 0, forward: 0, reverse: nil), count: site.meters.count)
    self.bankTotals = Array(repeating: 0, count: site.banks.count)
    self.bankKilowatts = self.bankTotals
    self.drawPerLevel = self.bankTotals
  }

  /// Moves the world from `now` to one step later; `wall` is the true civil time at `now`.
  mutating func advance(from now: MonotonicInstant, wall: UTCInstant) {
    if now.milliseconds >= self.nextRefresh { self.refresh(at: now, wall: wall) }
    self.weather.advance()
    let load = self.load.advance()
    let end = now.milliseconds + Self.stepMilliseconds
    self.fleet.advance(from: now.milliseconds, to: end)
    let hours = Double(Self.stepMilliseconds) / 3_600_000

    var rigs = 0.0
    for bank in self.drawPerLevel.indices {
      let draw = Double(self.fleet.levelSums[bank]) * self.drawPerLevel[bank]
      self.bankKilowatts[bank] = draw
      self.bankTotals[bank] += draw * hours
      rigs += draw
    }
    let renewable = self.weather.photovoltaicKilowatts + self.weather.windKilowatts
    let uncurtailed = load + rigs - renewable
    let curtailed = min(max(0, -uncurtailed - self.exportCap), renewable)
    let grid = uncurtailed + curtailed

    self.power.photovoltaic = Kilowatts(finite: self.weather.photovoltaicKilowatts)
    self.power.wind = Kilowatts(finite: self.weather.windKilowatts)
    self.power.curtailed = Kilowatts(finite: curtailed)
    self.power.otherLoad = Kilowatts(finite: load)
    self.power.rigs = Kilowatts(finite: rigs)
    self.power.grid = Kilowatts(finite: grid)

    self.totals.imported += max(0, grid) * hours
    self.totals.exported += max(0, -grid) * hours
    self.totals.generated += (renewable - curtailed) * hours
    self.totals.curtailed += curtailed * hours
    self.totals.otherLoad += load * hours
    self.totals.rigs += rigs * hours
    self.showAtMeters()
  }

  @inline(__always) private mutating func showAtMeters() {
    for index in self.subjects.indices {
      switch self.subjects[index] {
      case .grid:
        self.atMeters[index] = MeterFace.Truth(
          kilowatts: self.power.grid.value, forward: self.totals.imported, reverse: self.totals.exported)
      case .generation:
        self.atMeters[index] = MeterFace.Truth(
          kilowatts: self.power.generation.value * self.generationShare,
          forward: self.totals.generated * self.generationShare, reverse: nil)
      case .bank(let bank):
        self.atMeters[index] = MeterFace.Truth(
          kilowatts: self.bankKilowatts[bank], forward: self.bankTotals[bank], reverse: nil)
      }
    }
  }

  private mutating func refresh(at now: MonotonicInstant, wall: UTCInstant) {
    self.nextRefresh = now.milliseconds + Int64(SimulatedWeather.refreshSeconds * 1000)
    self.weather.refresh(at: wall)
    self.load.refresh(at: wall)
    let ambient = self.weather.conditions.air
    for (index, bank) in self.site.banks.enumerated() {
      self.drawPerLevel[index] = bank.draw(at: ambient).value / Double(RigFleet.full)
    }
  }
}

/// What else draws power: the site's daily profile with noise that lasts about a minute.
private struct OtherLoad {
  private let profile: DailyProfile
  private let zone: ZoneRules
  private let noise: Double
  private var expected = 0.0
  private var generator: SplitMix64
  private var deviation = Autoregressive(timeConstant: 60, step: 1)

  init(site: Site, generator: SplitMix64) {
    self.profile = site.otherLoad
    self.zone = site.zone
    self.noise = site.simulation.loadNoise
    self.generator = generator
  }

  mutating func refresh(at wall: UTCInstant) {
    self.expected = max(0, self.profile.value(atMinute: self.zone.minuteOfDay(of: wall)))
  }

  /// kW over the next second.
  @inline(__always) mutating func advance() -> Double {
    self.deviation.advance(&self.generator)
    return self.expected * max(0, 1 + self.noise * self.deviation.value)
  }
}
