import Quantities
import SiteModel

extension Site {
  /// The powers in kW that `meter` can honestly show: what is installed behind it, in each direction, with a
  /// wide margin. Anything beyond was not measured but made up on the way.
  func plausiblePower(of meter: Meter) -> ClosedRange<Double> {
    let sun = self.photovoltaics.reduce(0) { $0 + $1.area * $1.efficiency }  // 1 kW of sun per square metre
    let wind = self.turbines.reduce(0) { $0 + $1.ratedPower }
    let forward: Double
    let reverse: Double
    switch meter.subject {
    case .grid:
      let rigs = self.banks.reduce(0) { $0 + $1.installed }
      let other = self.otherLoad.steps.reduce(0) { max($0, $1.value) }
      forward = max(rigs + other, self.grid.importCap.value)
      reverse = max(sun + wind, self.grid.exportCap?.value ?? 0)
    case .generation:
      forward = sun + wind
      reverse = 0
    case .bank(let bank):
      forward = self.banks.indices.contains(bank) ? self.banks[bank].installed : 0
      reverse = 0
    }
    let factor = ControlLimits.powerBoundFactor
    // Standby consumption and noise around zero are plausible anywhere.
    return -factor * max(reverse, 0.01 * forward, 0.5)...factor * max(forward, 0.01 * reverse, 0.5)
  }
}

extension RigBank {
  /// kW of all rigs on a day of 45 C.
  fileprivate var installed: Double { Double(max(0, self.count)) * self.draw(at: Celsius(45)).value }
}

extension WindTurbine {
  /// kW at 1.225 kg/m3.
  fileprivate var ratedPower: Double {
    switch self.curve {
    case .cubic(let powerCoefficient, _, let rated, _):
      0.5 * 1.225 * powerCoefficient * self.rotorArea * rated * rated * rated / 1000
    case .table(let points): points.reduce(0) { max($0, $1.power) }
    }
  }
}
