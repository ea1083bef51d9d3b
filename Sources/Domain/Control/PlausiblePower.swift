import Quantities
import SiteModel

extension Site {
  /// The largest power in kW a meter of this site can honestly show: everything installed at once, with a
  /// wide margin.
  var plausiblePower: Double {
    let rigs = self.banks.reduce(0) { $0 + Double($1.count) * $1.draw.value }
    let other = self.otherLoad.steps.reduce(0) { max($0, $1.value) }
    // 1 kW of sun per square metre.
    let sun = self.photovoltaics.reduce(0) { $0 + $1.area * $1.efficiency }
    let wind = self.turbines.reduce(0) { $0 + $1.ratedPower }
    let caps = self.grid.importCap.value + (self.grid.exportCap?.value ?? 0)
    return ControlLimits.powerBoundFactor * max(caps + rigs + other + sun + wind, 1)
  }
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
