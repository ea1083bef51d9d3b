import Quantities
import SiteModel

/// The instant a test wrote down; stops the test run on a slip of the pen.
func at(_ text: String) -> UTCInstant {
  guard let instant = ISO8601.instant(text) else { fatalError("not an instant: \(text)") }
  return instant
}

func slot(_ start: String, _ end: String) -> Slot {
  guard let slot = Slot(start: at(start), end: at(end)) else { fatalError("not a slot: \(start) to \(end)") }
  return slot
}

func day(_ text: String) -> CivilDate {
  guard let date = ISO8601.date(text) else { fatalError("not a date: \(text)") }
  return date
}

/// `count` slots of equal length from `start` on.
func slots(from start: String, minutes: Int, count: Int) -> [Slot] {
  (0..<count).map { Slot(start: at(start) + .minutes(minutes * $0), length: .minutes(minutes)) }
}

func profile(_ steps: [(hour: Double, value: Double)]) -> DailyProfile {
  let checked = steps.compactMap { step in
    TimeOfDay(minutes: Int(step.hour * 60)).map { DailyProfile.Step(from: $0, value: step.value) }
  }
  guard checked.count == steps.count, let profile = DailyProfile(steps: checked) else {
    fatalError("not a profile: \(steps)")
  }
  return profile
}

enum Sample {
  static let tokyo = ZoneRules(
    name: "Asia/Tokyo", eras: [ZoneRules.Era(start: at("1951-09-08T15:00Z"), offsetSeconds: 32_400)])
  static let london = ZoneRules(
    name: "Europe/London",
    eras: [("2023-10-29T01:00Z", 0), ("2024-03-31T01:00Z", 3600), ("2024-10-27T01:00Z", 0)]
      .map { ZoneRules.Era(start: at($0.0), offsetSeconds: $0.1) })
  static let sydney = ZoneRules(
    name: "Australia/Sydney",
    eras: [("2023-09-30T16:00Z", 39_600), ("2024-04-06T16:00Z", 36_000), ("2024-10-05T16:00Z", 39_600)]
      .map { ZoneRules.Era(start: at($0.0), offsetSeconds: $0.1) })

  static let array = PVArray(name: "roof", area: 500, efficiency: 0.2)
  /// The array of the plainest model: cells 25 K over the air, no losses, no limit.
  static let plainArray = PVArray(name: "roof", area: 500, efficiency: 0.2, cellModel: .fixedRise(25))
  /// The turbine of the plainest model: cubic, at the height the wind is given at.
  static let plainTurbine = WindTurbine(
    name: "mill", rotorArea: 1963.5, hubHeight: 10,
    curve: .cubic(powerCoefficient: 0.4, cutIn: 3, rated: 12, cutOut: 25))
  /// The curve of `better_models.csv`.
  static let tabledTurbine = WindTurbine(
    name: "mill", rotorArea: 500, hubHeight: 50,
    curve: .table(
      [(3, 2), (5, 18), (8, 90), (10, 170), (12, 245), (14, 275), (25, 275)]
        .map { WindTurbine.Point(speed: $0.0, power: $0.1) }))

  static func site(
    photovoltaics: [PVArray] = [array], turbines: [WindTurbine] = [plainTurbine],
    location: Location = Location(latitude: 35.44, longitude: 139.63, elevation: 20), zone: ZoneRules = tokyo
  ) -> Site {
    Site(
      name: "yokohama", location: location, zone: zone, currency: "JPY",
      grid: GridConnection(importCap: Kilowatts(50)), photovoltaics: photovoltaics, turbines: turbines,
      meters: [Meter(name: "grid", subject: .grid)],
      banks: [
        RigBank(
          name: "s19", count: 2, draw: Kilowatts(3.25), heatCoefficient: 0.005, relayLines: ["a", "b"])
      ],
      importTariff: .fixed(20))
  }
}

/// Whether two numbers agree to a relative `tolerance`; below 1 absolutely.
func agree(_ a: Double, _ b: Double, within tolerance: Double = 1e-9) -> Bool {
  (a - b).magnitude <= tolerance * max(a.magnitude, b.magnitude, a == 0 || b == 0 ? 1 : 0)
}
