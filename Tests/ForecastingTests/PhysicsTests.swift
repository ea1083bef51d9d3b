import Forecasting
import JSONText
import Quantities
import SiteModel
import Testing

@Suite struct PhysicsTests {
  private func conditions(
    _ ghi: Double, _ air: Double, _ wind: Double, _ pressure: Double, humidity: Double = 0.6
  ) -> Conditions {
    Conditions(
      irradiance: Irradiance(ghi), air: Celsius(air), wind: MetersPerSecond(wind),
      pressure: Hectopascals(pressure),
      humidity: humidity)
  }

  @Test func `the plain models give the numbers computed apart from them`() throws {
    let rows = try Fixture.numbers("plain_models.csv")
    #expect(rows.count == 40)
    for row in rows {
      let conditions = self.conditions(row[0], row[1], row[2], row[3])
      #expect(agree(PVModel.power(of: Sample.plainArray, in: conditions).value, row[4]), "\(row)")
      #expect(agree(WindModel.power(of: Sample.plainTurbine, in: conditions).value, row[5]), "\(row)")
      #expect(agree(conditions.density, row[6]), "\(row)")
    }
  }

  @Test(.enabled(if: SharedData.isPresent, SharedData.absent))
  func `all recorded points of GridShift's energy model are reproduced`() throws {
    let cases = try #require(try SharedData.json("golden/gridshift_energy_model.json")["cases"]?.array)
    #expect(cases.count == 982)
    for point in cases {
      func number(_ name: String) throws -> Double { try #require(point[name]?.double) }
      let conditions = self.conditions(
        try number("ghi"), try number("temp_c"), try number("wind_ms"), try number("pressure_hpa"))
      let power = SiteForecast.power(
        site: Sample.site(photovoltaics: [Sample.plainArray]), conditions: conditions)
      #expect(agree(power.photovoltaic.value, try number("solar_kw")), "\(point)")
      #expect(agree(power.wind.value, try number("wind_kw")), "\(point)")
      #expect(agree(conditions.density, try number("air_density")), "\(point)")
    }
  }

  @Test func `cell temperature, losses, limit, shear and tabled curve give the numbers computed apart`()
    throws
  {
    let rows = try Fixture.numbers("better_models.csv")
    #expect(rows.count == 30)
    var faiman = Sample.array
    faiman.losses = 0.03
    faiman.inverterLimit = Kilowatts(90)
    var nominal = faiman
    nominal.cellModel = .noct(45)
    for row in rows {
      let conditions = self.conditions(row[0], row[1], row[2], row[3], humidity: row[4])
      #expect(agree(PVModel.power(of: faiman, in: conditions).value, row[5]), "\(row)")
      #expect(agree(PVModel.power(of: nominal, in: conditions).value, row[6]), "\(row)")
      #expect(agree(conditions.wind(at: 50, shearExponent: 1.0 / 7).value, row[7]), "\(row)")
      #expect(agree(WindModel.power(of: Sample.tabledTurbine, in: conditions).value, row[8]), "\(row)")
    }
  }

  @Test func `air is as dense as it should be`() {
    func density(_ air: Double, _ pressure: Double, _ humidity: Double = 0.6) -> Double {
      self.conditions(0, air, 0, pressure, humidity: humidity).density
    }
    #expect((1.20...1.35).contains(density(0, 1013.25)))
    #expect((1.10...1.25).contains(density(28, 1006)))
    #expect((density(15, 1013.25, 0) - 1.225).magnitude < 0.0005)
    #expect(density(20, 1013) > density(30, 1013))
    #expect(density(20, 1013) > density(20, 1000))
    #expect(density(30, 1013, 0) > density(30, 1013, 1))
    #expect(density(-243.5, 1013).isFinite)
    #expect(density(1e9, 1013).isFinite)
  }

  @Test func `a PV array follows the sun, the heat and its inverter`() {
    func power(_ ghi: Double, _ air: Double = 25, wind: Double = 2) -> Double {
      PVModel.power(of: Sample.array, in: self.conditions(ghi, air, wind, 1013)).value
    }
    #expect(power(0) == 0)
    #expect(power(9.99) == 0)
    #expect(power(10) > 0)
    #expect((50...120).contains(power(800)))
    #expect((1.9...2.0).contains(power(800) / power(400)))
    #expect(power(800, 0) > power(800, 35))
    #expect(power(800, wind: 10) > power(800, wind: 0))
    var limited = Sample.array
    limited.inverterLimit = Kilowatts(40)
    #expect(PVModel.power(of: limited, in: self.conditions(800, 25, 2, 1013)) == Kilowatts(40))
  }

  @Test func `cells warm as their model says`() {
    let sun = Irradiance(800)
    func cell(_ model: PVArray.CellModel) -> Double {
      PVModel.cellTemperature(model, irradiance: sun, air: Celsius(20), wind: MetersPerSecond(1)).value
    }
    #expect(cell(.noct(45)) == 45)
    #expect(cell(.fixedRise(25)) == 45)
    #expect(agree(cell(.faiman(u0: 25, u1: 6.84)), 20 + 800 / 31.84))
  }

  @Test func `a turbine starts, rises with the cube, is rated and cuts out`() {
    func power(_ wind: Double) -> Double {
      WindModel.power(of: Sample.plainTurbine, hubWind: MetersPerSecond(wind), density: 1.225).value
    }
    #expect(power(2.999) == 0)
    #expect(power(3) > 0)
    #expect(agree(power(8) / power(6), 512.0 / 216))
    #expect(power(12) == power(20))
    #expect(agree(power(12), 831.26736))
    #expect(power(25) == power(12))
    #expect(power(25.001) == 0)
  }

  @Test func `cut-out goes by the wind at the hub, not by the wind given or normalised`() {
    let atTen = self.conditions(0, 15, 20, 1013.25)
    var tall = Sample.plainTurbine
    #expect(WindModel.power(of: tall, in: atTen).value > 0)
    tall.hubHeight = 80  // 20 m/s at 10 m are 26.9 at 80
    #expect(WindModel.power(of: tall, in: atTen) == .zero)
    // Cold dense air normalises 24.9 m/s to more than the curve's last 25.
    let dense = WindModel.power(of: Sample.tabledTurbine, hubWind: MetersPerSecond(24.9), density: 1.4)
    #expect(dense == Kilowatts(275))
    #expect(WindModel.power(of: Sample.tabledTurbine, hubWind: MetersPerSecond(25.1), density: 1.0) == .zero)
  }

  @Test func `thin air enters a tabled curve further down`() {
    func power(_ density: Double) -> Double {
      WindModel.power(of: Sample.tabledTurbine, hubWind: MetersPerSecond(8), density: density).value
    }
    #expect(power(1.225) == 90)
    // 8 m/s count as 8 x (1/8)^(1/3) = 4 m/s, halfway from 2 to 18 kW.
    #expect(agree(power(1.225 / 8), 10))
  }

  @Test func `the wind given nearest to the hub counts`() {
    let conditions = Conditions(
      irradiance: .zero, air: Celsius(15),
      winds: [
        .init(height: 10, speed: MetersPerSecond(4)), .init(height: 100, speed: MetersPerSecond(9)),
        .init(height: 180, speed: MetersPerSecond(11)),
      ], pressure: Hectopascals(1013))
    #expect(conditions.wind(at: 100, shearExponent: 1.0 / 7) == MetersPerSecond(9))
    #expect(conditions.wind(at: 60, shearExponent: 0) == MetersPerSecond(9))
    #expect(agree(conditions.wind(at: 20, shearExponent: 1).value, 8))
    #expect(conditions.wind(at: 1000, shearExponent: 0) == MetersPerSecond(11))
    let calm = Conditions(irradiance: .zero, air: Celsius(15), winds: [], pressure: Hectopascals(1013))
    #expect(calm.wind(at: 10, shearExponent: 0) == .zero)
  }

  @Test func `pressure falls with height as the standard atmosphere has it`() {
    #expect(StandardAtmosphere.pressure(elevation: 0) == Hectopascals(1013.25))
    #expect((StandardAtmosphere.pressure(elevation: 1000).value - 898.7).magnitude < 0.1)
    #expect((StandardAtmosphere.pressure(elevation: 5000).value - 540.2).magnitude < 0.1)
    #expect(StandardAtmosphere.pressure(elevation: 1e9).value > 0)
  }
}
