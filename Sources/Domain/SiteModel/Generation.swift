public import Quantities

/// A photovoltaic array, seen as one horizontal plane behind one inverter limit.
public struct PVArray: Sendable, Hashable {
  /// How the cells get warmer than the air.
  public enum CellModel: Sendable, Hashable {
    /// Faiman 2008: T_air + G / (u0 + u1 * v), u0 in W/(m2 K), u1 in W s/(m3 K), v in m/s.
    case faiman(u0: Double, u1: Double)
    /// Nominal operating cell temperature (Ross 1976): T_air + (noct - 20) * G / 800.
    case noct(Double)
    /// A constant rise over the air at any irradiance, in kelvin (GridShift: 25).
    case fixedRise(Double)
  }

  public var name: String
  /// Square metres of module area.
  public var area: Double
  /// Module efficiency at 25 C, 0...1.
  public var efficiency: Double
  /// Loss of power per kelvin of cell temperature over 25 C, positive (0.0042 is typical for silicon).
  public var temperatureCoefficient: Double
  public var cellModel: CellModel
  /// AC limit of the inverter; nil is none.
  public var inverterLimit: Kilowatts?
  /// Share lost between module and meter (soiling, wiring, inverter), 0..<1.
  public var losses: Double

  public init(
    name: String, area: Double, efficiency: Double, temperatureCoefficient: Double = 0.0042,
    cellModel: CellModel = .faiman(u0: 25, u1: 6.84), inverterLimit: Kilowatts? = nil, losses: Double = 0
  ) {
    self.name = name
    self.area = area
    self.efficiency = efficiency
    self.temperatureCoefficient = temperatureCoefficient
    self.cellModel = cellModel
    self.inverterLimit = inverterLimit
    self.losses = losses
  }
}

public struct WindTurbine: Sendable, Hashable {
  public enum PowerCurve: Sendable, Hashable {
    /// 0.5 * rho * cp * area * v^3 between cut-in and cut-out, limited to its own value at `rated` speed and
    /// 1.225 kg/m3. Speeds in m/s.
    case cubic(powerCoefficient: Double, cutIn: Double, rated: Double, cutOut: Double)
    /// Points `(m/s, kW)` at 1.225 kg/m3 in rising order of speed, linear between them, zero outside.
    case table([Point])
  }

  public struct Point: Sendable, Hashable {
    public var speed: Double
    public var power: Double
    public init(speed: Double, power: Double) {
      self.speed = speed
      self.power = power
    }
  }

  public var name: String
  /// Square metres swept by the rotor.
  public var rotorArea: Double
  /// Metres above ground.
  public var hubHeight: Double
  /// Exponent of the power law that carries wind from the height it was given at to the hub; 0 switches it off.
  public var shearExponent: Double
  public var curve: PowerCurve

  public init(
    name: String, rotorArea: Double, hubHeight: Double = 10, shearExponent: Double = 1.0 / 7,
    curve: PowerCurve
  ) {
    self.name = name
    self.rotorArea = rotorArea
    self.hubHeight = hubHeight
    self.shearExponent = shearExponent
    self.curve = curve
  }
}

extension PVArray {
  /// The most it can deliver: module power at 1,000 W/m2, or the inverter's limit.
  public var nameplate: Kilowatts {
    let modules = Kilowatts(self.area * self.efficiency)
    return self.inverterLimit.map { min($0, modules) } ?? modules
  }
}

extension WindTurbine {
  /// The most it can deliver at 1.225 kg/m3.
  public var nameplate: Kilowatts {
    switch self.curve {
    case .cubic(let powerCoefficient, _, let rated, _):
      Kilowatts(0.5 * 1.225 * powerCoefficient * self.rotorArea * rated * rated * rated / 1000)
    case .table(let points): Kilowatts(points.reduce(0) { max($0, $1.power) })
    }
  }
}
