import Control
import Forecasting
import MarketFormats
import Quantities
import SiteModel
import Simulation
import Testing

@Test(arguments: [nil, 10.0]) func `power and energy balance on every tick`(exportCap: Double?) throws {
  let site = SimulatedSite(site: .simulated(exportCap: exportCap), start: start, seed: 3)
  var most = 0.0
  var kilowattSeconds = 0.0
  for tick in 0..<86_400 {
    if tick % 600 == 0 { try site.set(rig(tick / 600 % 2, tick / 1200 % 4), closed: tick / 4800 % 2 == 0) }
    site.advance()
    let power = site.power
    let balance =
      power.grid + power.photovoltaic + power.wind - power.curtailed - power.otherLoad - power.rigs
    most = max(most, abs(balance.value))
    kilowattSeconds += max(0, power.grid.value)
    if let exportCap { #expect(-power.grid.value <= exportCap + 1e-9) }
    #expect(power.curtailed >= .zero && power.curtailed <= power.photovoltaic + power.wind)
  }
  #expect(most < 1e-9)
  let energy = site.energy
  #expect(abs(kilowattSeconds / 3600 - energy.imported.value) < 1e-6)
  #expect(energy.rigs > .zero && energy.generated > .zero && energy.exported > .zero)
  let balance = energy.imported + energy.generated - energy.exported - energy.otherLoad - energy.rigs
  #expect(abs(balance.value) < 1e-6)
  #expect((energy.curtailed > .zero) == (exportCap != nil))
}

@Test func `a site that cannot curtail exports beyond the cap`() {
  let site = SimulatedSite(
    site: .simulated(exportCap: 1, curtailable: false), start: start, seed: 3,
    expected: steady(sun: 800, wind: 9))
  site.advance(seconds: 60)
  #expect(site.power.grid < Kilowatts(-1))
  #expect(site.power.curtailed == .zero)
}

@Test func `a rig ramps linearly to full draw and stops with its relay`() throws {
  let site = SimulatedSite(site: .simulated(startupSeconds: 100), start: start, seed: 1, expected: steady())
  site.advance()
  try site.set(rig(0, 0), closed: true)
  site.advance(seconds: 50)
  // The mean over the fiftieth second of a ramp of 100 s.
  #expect(abs(site.power(ofBank: 0).value - 3 * 0.495) < 0.001)
  site.advance(seconds: 60)
  #expect(abs(site.power(ofBank: 0).value - 3) < 1e-5)
  try site.set(rig(0, 0), closed: false)
  site.advance()
  let falling = site.power(ofBank: 0).value
  #expect(falling > 0 && falling < 3 * 0.03, "the relay takes some milliseconds")
  site.advance()
  #expect(site.power(ofBank: 0) == .zero)
}

@Test func `a rig that is stopped during its ramp draws what it had reached`() throws {
  let site = SimulatedSite(site: .simulated(startupSeconds: 100), start: start, seed: 1, expected: steady())
  try site.set(rig(0, 0), closed: true)
  site.advance(seconds: 30)
  try site.set(rig(0, 0), closed: false)
  site.advance(seconds: 2)
  #expect(site.power(ofBank: 0) == .zero)
  try site.set(rig(0, 0), closed: true)
  site.advance(seconds: 10)
  #expect(abs(site.power(ofBank: 0).value - 3 * 0.095) < 0.001, "the ramp begins again from nothing")
}

@Test func `rigs draw more in the heat`() throws {
  let site = SimulatedSite(
    site: .simulated(startupSeconds: 0), start: start, seed: 1, expected: steady(air: 35))
  try site.set(rig(0, 0), closed: true)
  try site.set(rig(1, 0), closed: true)
  site.advance(seconds: 3)
  #expect(abs(site.power(ofBank: 0).value - 3 * 1.05) < 1e-5)
  #expect(abs(site.power(ofBank: 1).value - 1) < 1e-5, "a bank without a coefficient does not care")
}

@Test func `truth wanders about the expected weather by the configured error`() {
  var squares = 0.0
  var sum = 0.0
  let seeds = 200
  for seed in 0..<seeds {
    let site = SimulatedSite(
      site: .simulated(), start: start, seed: UInt64(seed), expected: steady(sun: 400, wind: 6))
    site.advance(seconds: 86_400)
    let ratio = site.conditions.irradiance.value / 400
    sum += ratio
    squares += (ratio - 1) * (ratio - 1)
  }
  #expect(abs(sum / Double(seeds) - 1) < 0.05)
  let deviation = (squares / Double(seeds)).squareRoot()
  #expect(deviation > 0.14 && deviation < 0.26, "0.2 a day ahead")
}

@Test func `a forecast is right now and worse the further it looks`() throws {
  var errors: [Double] = [0, 0, 0]
  let leads = [0, 3, 24]
  for seed in 0..<80 {
    let site = SimulatedSite(
      site: .simulated(), start: start, seed: UInt64(seed), expected: steady(sun: 400, wind: 6))
    site.advance(seconds: 43_200)
    let forecast = try #require(site.forecast(for: .hours(36)).winds.first)
    for (index, hours) in leads.enumerated() {
      if index > 0 { site.advance(seconds: 3600 * (hours - leads[index - 1])) }
      let slot = Slot(start: site.wall, length: .seconds(60))
      let expected = try #require(
        forecast.speed.mean(over: slot, reach: PointSeries.Reach(between: .hours(1), beyond: .hours(1))))
      let truth = try #require(site.conditions.winds.first).speed.value
      errors[index] += abs(expected / truth - 1)
    }
  }
  #expect(errors[0] / 80 < 0.005)
  #expect(errors[0] < errors[1] / 2 && errors[1] < errors[2])
}
