public import Quantities
public import SiteModel

/// From irradiance to the power of a PV array.
public enum PVModel {
  /// Below this the inverter does not start.
  public static let startingIrradiance = Irradiance(10)
  /// Heat never takes more than this share of the power: no cell model is valid where it would.
  static let leastTemperatureFactor = 0.5
  /// Where a cell model wants the wind, in metres above ground.
  static let windHeight = 10.0

  /// Temperature of the cells under `irradiance` in `air` with `wind` over the modules.
  public static func cellTemperature(
    _ model: PVArray.CellModel, irradiance: Irradiance, air: Celsius, wind: MetersPerSecond
  ) -> Celsius {
    switch model {
    case .faiman(let u0, let u1): Celsius(air.value + irradiance.value / (u0 + u1 * max(0, wind.value)))
    case .noct(let nominal): Celsius(air.value + (nominal - 20) * irradiance.value / 800)
    case .fixedRise(let rise): Celsius(air.value + rise)
    }
  }

  /// Power at the meter: `efficiency * area * G * (1 - coefficient * (T_cell - 25)) / 1000` less the losses, and no
  /// more than the inverter's limit. Zero under 10 W/m2.
  public static func power(
    of array: PVArray, irradiance: Irradiance, air: Celsius, wind: MetersPerSecond
  ) -> Kilowatts {
    if irradiance < self.startingIrradiance { return .zero }
    let cell = self.cellTemperature(array.cellModel, irradiance: irradiance, air: air, wind: wind)
    let factor = max(1 - array.temperatureCoefficient * (cell.value - 25), self.leastTemperatureFactor)
    let direct = array.efficiency * array.area * irradiance.value * factor / 1000
    let delivered = Kilowatts(direct * (1 - array.losses))
    return array.inverterLimit.map { min(delivered, $0) } ?? delivered
  }

  /// Power in the given conditions. Wind cools the modules at 10 m, carried there with exponent 1/7 if given elsewhere.
  public static func power(of array: PVArray, in conditions: Conditions) -> Kilowatts {
    self.power(
      of: array, irradiance: conditions.irradiance, air: conditions.air,
      wind: conditions.wind(at: self.windHeight, shearExponent: 1.0 / 7))
  }
}
