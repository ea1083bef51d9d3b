import Quantities
import SiteFiles
import SiteModel
import Testing

struct SiteFileTests {
  static let examples = PackageFiles.root + "/boards/examples"
  static let fixtures = PackageFiles.tests + "/Fixtures"

  @Test func `the minimal example loads without a warning and fits a screen`() throws {
    let file = try SiteFile.load(path: Self.examples + "/minimal.toml")
    #expect(file.warnings.isEmpty)
    #expect(PackageFiles.text(Self.examples + "/minimal.toml").split(separator: "\n").count <= 50)
    #expect(file.site.grid == GridConnection(importCap: Kilowatts(10)))
    #expect(file.site.rigCount == 4)
    #expect(file.site.importTariff == .fixed(0.28))
    #expect(file.site.exportTariff == .fixed(0))
    #expect(file.site.control == ControlSettings())
    #expect(file.site.storage == StorageSettings())
  }

  @Test func `the Yokohama example is GridShift's site`() throws {
    let file = try SiteFile.load(path: Self.examples + "/yokohama.toml")
    let site = file.site
    #expect(file.warnings.isEmpty)
    #expect(site.location == Location(latitude: 35.44, longitude: 139.63, elevation: 10))
    #expect(site.zone.name == "Asia/Tokyo")
    #expect(site.zone.offsetSeconds(at: UTCInstant(seconds: 1_726_704_000)) == 9 * 3600)
    #expect(site.currency == "JPY")
    #expect(site.grid == GridConnection(importCap: Kilowatts(50), curtailable: true))
    let field = try #require(site.photovoltaics.first)
    #expect(field.area == 500 && field.efficiency == 0.2 && field.temperatureCoefficient == 0.0042)
    #expect(field.cellModel == PVArray(name: "", area: 1, efficiency: 1).cellModel)
    let turbine = try #require(site.turbines.first)
    #expect(abs(turbine.rotorArea - 1963.5) < 0.01)
    #expect(turbine.hubHeight == 40)
    #expect(turbine.curve == .cubic(powerCoefficient: 0.4, cutIn: 3, rated: 12, cutOut: 25))
    let rigs = try #require(site.banks.first)
    #expect(rigs.count == 40 && rigs.draw == Kilowatts(3.25) && rigs.heatCoefficient == 0.005)
    #expect(rigs.minimumOn == .hours(1) && rigs.minimumOff == .minutes(30))
    #expect(rigs.relayLines.count == 40)
    #expect(rigs.relayLines.first == "relay-01" && rigs.relayLines.last == "relay-40")
    #expect(site.meters.map(\.subject) == [.grid, .generation, .bank(0)])
    #expect(
      Self.hourly(site.importTariff) == [
        8.2, 7.8, 7.4, 7.1, 7.3, 8.5, 11.2, 14.7, 16.3, 15.8, 14.1, 13.2, 12.9, 13.1, 13.8, 14.5, 16.0, 18.7,
        19.4, 17.3,
        15.1, 13.2, 11.0, 9.3,
      ])
    #expect(
      Self.hourly(site.carbon) == [
        495, 498, 502, 505, 503, 497, 488, 475, 462, 450, 445, 442, 440, 443, 448, 455, 462, 470, 478, 482,
        487, 490, 493,
        496,
      ])
    #expect(site.planner.minimumRigHoursPerDay == 240 && site.planner.maximumRigHoursPerDay == 720)
    #expect(site.planner.carbonPricePerKilogram == 5 && site.planner.renewableBonus == 8)
  }

  @Test func `a broker is all that home automation needs, and its commands are refused at first`() throws {
    let minimal = PackageFiles.text(Self.examples + "/minimal.toml")
    let text = minimal + "\n[mqtt]\nbroker = \"192.168.1.10:1883\"\n"
    let file = try SiteFile.parse(Array(text.utf8), path: "site.toml")
    let mqtt = try #require(file.site.mqtt)
    #expect(mqtt.baseTopic == "rigshift/minimal" && mqtt.discoveryPrefix == "homeassistant")
    #expect(mqtt.isDiscoverable && !mqtt.acceptsCommands && mqtt.tls == nil && mqtt.version == .five)
    #expect(mqtt.commandHold == .hours(1) && mqtt.interval == .seconds(10))
    #expect(file.warnings.isEmpty)
    let description = SiteDescription(file.site, at: UTCInstant(seconds: 1_726_704_000)).text
    #expect(description.contains("broker 192.168.1.10:1883 without encryption"))
    #expect(description.contains("commands are refused"))
    #expect(MQTTSettings.topic(forSite: "Höfe & Söhne 3") == "rigshift/h-fe-s-hne-3")
    #expect(MQTTSettings.topic(forSite: "横浜") == nil)
  }

  private static func hourly(_ source: ValueSource) -> [Double] {
    guard case .profile(let profile) = source else { return [] }
    return (0..<24).map { profile.value(atMinute: $0 * 60 + 59) }
  }

  @Test func `every key arrives where it belongs`() throws {
    let file = try SiteFile.load(path: Self.fixtures + "/every-key.toml")
    #expect(file.warnings.isEmpty)
    let site = file.site
    #expect(site.location.elevation == 12.5)
    #expect(
      site.grid == GridConnection(importCap: Kilowatts(50), exportCap: Kilowatts(40), curtailable: true))
    #expect(
      site.photovoltaics == [
        PVArray(
          name: "faiman", area: 500, efficiency: 0.2, temperatureCoefficient: 0.004,
          cellModel: .faiman(u0: 30, u1: 5),
          inverterLimit: Kilowatts(90), losses: 0.1),
        PVArray(name: "noct", area: 10, efficiency: 0.21, cellModel: .noct(46)),
        PVArray(name: "fixed", area: 10, efficiency: 0.21, cellModel: .fixedRise(20)),
      ])
    #expect(site.turbines.map(\.hubHeight) == [40, 10])
    #expect(site.turbines[0].shearExponent == 0.2)
    #expect(site.turbines[1].rotorArea == 78.5)
    #expect(
      site.turbines[1].curve
        == .table([
          .init(speed: 3, power: 0), .init(speed: 5, power: 2.5), .init(speed: 12, power: 20),
          .init(speed: 25, power: 20),
        ]))
    #expect([0, 479, 480, 1110].map(site.otherLoad.value(atMinute:)) == [1, 1, 4.5, 2])
    #expect(
      site.banks == [
        RigBank(
          name: "s19", count: 3, draw: Kilowatts(3.25), heatCoefficient: 0.005, minimumOn: .minutes(90),
          minimumOff: .minutes(30), startCost: Money(12), revenuePerRigHour: Money(45.5), minimumRunning: 1,
          maximumStartsPerDay: 60, relayLines: ["a-1", "b-08", "b-09"], fallback: .hold(.minutes(10)),
          ratedCycles: 100_000),
        RigBank(name: "old", count: 1, draw: Kilowatts(1.4), relayLines: ["spare"]),
      ])
    #expect(
      site.meters == [
        Meter(
          name: "main", subject: .grid, counterResolution: KilowattHours(0.1),
          powerResolution: Kilowatts(0.01)),
        Meter(name: "sun", subject: .generation), Meter(name: "hall", subject: .bank(0)),
        Meter(name: "shed", subject: .bank(1)),
      ])
    #expect(
      site.importTariff
        == .file(
          SeriesFile(path: Self.fixtures + "/spot.csv", format: .jepx(area: "tokyo"), fallback: .constant(20))
        ))
    #expect(site.exportTariff == .profile(.constant(5)))
    #expect(site.carbon == .fixed(450))
    #expect(site.weather == WeatherSource(path: Self.fixtures + "/weather.json"))
    #expect(
      site.planner
        == PlannerSettings(
          slotMinutes: 15, horizon: .hours(48), minimumRigHoursPerDay: 20, maximumRigHoursPerDay: 90,
          planningMargin: Kilowatts(1.5), carbonPricePerKilogram: 5, renewableBonus: 8, averageCarbonCap: 300,
          importCarbonCeiling: 480, quietWindows: [], integral: false, soft: false, relativeGap: 0.01,
          timeLimit: .seconds(5), cvarAlpha: 0.95, cvarWeight: 0.5, scenarios: 12, forecastError: 0.25,
          correctsForecast: false))
    #expect(
      site.control
        == ControlSettings(
          stagger: .seconds(3), staleAfter: .seconds(15), staleHold: .seconds(90), recloseHold: .minutes(10),
          trimHold: .minutes(3), deadMan: .seconds(4), clockHoldover: .hours(72), trustsBatteryClock: true,
          settle: .seconds(45)))
    #expect(
      site.peers
        == PeerSettings(
          listen: HostPort("0.0.0.0:7443"), address: HostPort("site.example:7443"), staleness: .seconds(45),
          mirrorLimit: 64, gridCompatible: .init(listen: HostPort("192.168.1.20:8080")!, id: 7)))
    #expect(site.web?.listen == HostPort("127.0.0.1:8088"))
    #expect(
      site.alarms
        == AlarmSettings(
          quietHours: .init(from: TimeOfDay(minutes: 1290)!, to: TimeOfDay(minutes: 390)!), hold: .minutes(3),
          gather: .seconds(20), reminder: .minutes(45),
          webhook: .init(
            address: .file(Self.fixtures + "/hook.url"), tokenFile: Self.fixtures + "/hook.token",
            secretFile: Self.fixtures + "/hook.secret", answerWithin: .seconds(10)),
          mail: .init(
            server: HostPort("mail.site.example:465")!, security: .tls, user: "site",
            passwordFile: Self.fixtures + "/mail.password", authoritiesFile: Self.fixtures + "/mail-ca.pem",
            from: "site@site.example", to: ["day@site.example", "night+rigs@site.example"],
            answerWithin: .seconds(20))))
    let mqtt = try #require(site.mqtt)
    #expect(mqtt.broker == HostPort("broker.example:8883") && mqtt.version == .three)
    #expect(mqtt.tls?.authorities == Self.fixtures + "/tls/ca.pem")
    #expect(
      mqtt.tls?.identity
        == .init(certificate: Self.fixtures + "/tls/site.pem", key: Self.fixtures + "/tls/site.key"))
    #expect(mqtt.username == "rigs" && mqtt.passwordFile == Self.fixtures + "/mqtt.password")
    #expect(mqtt.baseTopic == "home/rigs" && mqtt.discoveryPrefix == "ha" && !mqtt.isDiscoverable)
    #expect(mqtt.acceptsCommands && mqtt.commandHold == .minutes(90) && mqtt.interval == .seconds(5))
    #expect(site.storage == StorageSettings(path: Self.fixtures + "/records/site.sqlite", retentionDays: 100))
    #expect(
      site.simulation
        == SimulationSettings(
          forecastError: 0.1, startupSeconds: 90, loadNoise: 0.02, forecastAge: .hours(6), forecastBias: 0.15)
    )
  }

  @Test func `quiet windows may run over midnight`() throws {
    let site = try Self.site(
      adding: #"[planner]"# + "\n" + #"quiet_windows = [{ from = "22:00", to = "06:30" }]"#)
    let window = try #require(site.planner.quietWindows.first)
    #expect([0, 389, 390, 1319, 1320].map(window.contains(minute:)) == [true, true, false, false, true])
  }

  @Test func `half-hour profiles count from midnight`() throws {
    let values = (0..<48).map { "\($0)" }.joined(separator: ", ")
    let site = try Self.site(adding: "[carbon]\nprofile = [\(values)]")
    guard case .profile(let profile) = site.carbon else {
      Issue.record("not a profile")
      return
    }
    #expect([0, 29, 30, 1439].map(profile.value(atMinute:)) == [0, 0, 1, 47])
  }

  @Test func `the description of a site keeps to 80 columns and names every part`() throws {
    let site = try SiteFile.load(path: Self.fixtures + "/every-key.toml").site
    let text = SiteDescription(site, at: UTCInstant(seconds: 1_726_704_000)).text
    // A path is longer than a line in some folders, and nothing is gained by cutting it.
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 || $0.contains("/") })
    for part in [
      "Asia/Tokyo (now UTC+09:00)", "import up to 50 kW", "noct", "table", "s19: 3 x 3.25 kW", "a-1 to b-09",
      "listens on 0.0.0.0:7443", "as node 7", "http://127.0.0.1:8088, for this host",
    ] {
      #expect(text.contains(part), "\(part) is missing")
    }
  }

  /// The minimal example with more tables at its end, in place of its own `[planner]`.
  static func site(adding text: String) throws -> Site {
    let minimal = PackageFiles.text(Self.examples + "/minimal.toml")
    let start = try #require(minimal.firstRange(of: "[planner]"))
    return try SiteFile.parse(Array((minimal[..<start.lowerBound] + text + "\n").utf8), path: "site.toml")
      .site
  }
}
