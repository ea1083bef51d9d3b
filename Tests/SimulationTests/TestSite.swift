import Control
import Forecasting
import Quantities
import SiteModel

extension Site {
  /// A small site with everything the simulation knows: sun, wind, other load, two banks, a meter for each.
  static func simulated(
    rigs: Int = 12, importCap: Double = 40, exportCap: Double? = nil, curtailable: Bool = true,
    startupSeconds: Double = 120, loadNoise: Double = 0.05, load: Double = 5, sun: Bool = true,
    control: ControlSettings = ControlSettings()
  ) -> Site {
    Site(
      name: "test", location: Location(latitude: 35.4, longitude: 139.6), zone: .utc, currency: "JPY",
      grid: GridConnection(
        importCap: Kilowatts(importCap), exportCap: exportCap.map { Kilowatts($0) }, curtailable: curtailable),
      photovoltaics: sun ? [PVArray(name: "roof", area: 200, efficiency: 0.2)] : [],
      turbines: sun
        ? [
          WindTurbine(
            name: "mast", rotorArea: 300,
            curve: .cubic(powerCoefficient: 0.4, cutIn: 3, rated: 12, cutOut: 25))
        ] : [],
      otherLoad: .constant(load),
      meters: [
        Meter(name: "grid", subject: .grid), Meter(name: "sun and wind", subject: .generation),
        Meter(name: "big", subject: .bank(0)), Meter(name: "small", subject: .bank(1)),
      ],
      banks: [
        RigBank(
          name: "big", count: rigs - rigs / 3, draw: Kilowatts(3), heatCoefficient: 0.005,
          minimumOn: .minutes(10),
          minimumOff: .minutes(5), relayLines: (0..<(rigs - rigs / 3)).map { "a\($0)" }),
        RigBank(
          name: "small", count: rigs / 3, draw: Kilowatts(1), relayLines: (0..<(rigs / 3)).map { "b\($0)" },
          fallback: .hold(.minutes(5))),
      ],
      importTariff: .fixed(20), control: control,
      simulation: SimulationSettings(startupSeconds: startupSeconds, loadNoise: loadNoise))
  }
}

/// 2024-09-19, midnight UTC.
let start = UTCInstant(seconds: 1_726_704_000)

/// Steady weather.
func steady(sun: Double = 0, air: Double = 20, wind: Double = 0) -> @Sendable (UTCInstant) -> Conditions {
  let conditions = Conditions(
    irradiance: Irradiance(sun), air: Celsius(air), wind: MetersPerSecond(wind), pressure: Hectopascals(1013))
  return { _ in conditions }
}

func rig(_ bank: Int, _ number: Int) -> RigID { RigID(bank: bank, rig: number) }

/// FNV-1a over 64-bit words.
struct Digest: Equatable {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325
  private mutating func mix(_ word: UInt64) { self.value = (self.value ^ word) &* 0x0000_0100_0000_01b3 }
  mutating func add(_ number: Double) { self.mix(number.bitPattern) }
  mutating func add(whole number: Int64) { self.mix(UInt64(bitPattern: number)) }
}
