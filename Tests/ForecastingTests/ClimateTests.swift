import Forecasting
import Quantities
import SiteModel
import Testing

@Suite struct ClimateTests {
  private let yokohama = Location(latitude: 35.44, longitude: 139.63, elevation: 20)

  /// The worked example of NREL's Solar Position Algorithm (Reda and Andreas 2003): zenith 50.11 degrees.
  @Test func `the sun stands where NREL's example has it`() {
    let golden = Location(latitude: 39.742476, longitude: -105.1786)
    let sun = SolarPosition(at: at("2003-10-17T12:30:30-07:00"), location: golden)
    // cos 50.1116 degrees = 0.641304; a quarter of a degree there is 0.0034.
    #expect((sun.cosineOfZenith - 0.641304).magnitude < 0.0034)
    #expect((sun.equationOfTime - 14.64).magnitude < 0.5)
  }

  @Test func `noon by the sun comes when the place faces it`() {
    let sun = SolarPosition(at: at("2024-09-19T11:35:15+09:00"), location: self.yokohama)
    #expect((sun.solarMinutes - 720).magnitude < 1)
    #expect(
      (SolarPosition(at: at("2024-06-20T21:00Z"), location: self.yokohama).declination - 0.409).magnitude
        < 0.002)
  }

  @Test(arguments: [-89.0, -35, 0, 35.44, 66, 89])
  func `a year of climate is finite, plausible and the same each time`(latitude: Double) {
    let climate = ClimateProfile(location: Location(latitude: latitude, longitude: -75, elevation: 100))
    var instant = at("2024-01-01T00:00Z")
    var sunshine = 0.0
    while instant < at("2025-01-01T00:00Z") {
      let conditions = climate.conditions(at: instant)
      if !(0...1098).contains(conditions.irradiance.value) || !(-60...50).contains(conditions.air.value)
        || !(3...6).contains(conditions.winds[0].speed.value)
      {
        Issue.record("\(ISO8601.string(instant)): \(conditions)")
      }
      if conditions != climate.conditions(at: instant) { Issue.record("another answer to the same question") }
      sunshine += conditions.irradiance.value * 5
      instant = instant + .hours(5)
    }
    // kWh/m2 in a year: 600 near the poles to 2,000 in the tropics.
    #expect((400...2000).contains(sunshine / 1000))
  }

  @Test func `summer is warm in its own half of the year`() {
    func air(_ latitude: Double, _ day: String) -> Celsius {
      ClimateProfile(location: Location(latitude: latitude, longitude: 0)).conditions(at: at(day + "T12:00Z"))
        .air
    }
    #expect(air(50, "2024-07-20") > air(50, "2024-01-20"))
    #expect(air(-50, "2024-07-20") < air(-50, "2024-01-20"))
    #expect(agree(air(50, "2024-07-20").value, 18.5, within: 0.01))
  }

  @Test func `nights are dark and days are not`() {
    let climate = ClimateProfile(location: self.yokohama)
    #expect(climate.conditions(at: at("2024-12-21T00:00+09:00")).irradiance == .zero)
    #expect(climate.conditions(at: at("2024-12-21T12:00+09:00")).irradiance > Irradiance(200))
  }
}
