import Quantities
import SiteModel

/// A value with the table it was read from, so that later checks can point at its keys.
struct Placed<Value> {
  var value: Value
  var table: TableReader
}

/// Turns the tree of a site file into a site. Every section reads what it can, so that one run finds every problem.
enum SiteReader {
  /// Nil when the log has errors that leave a part of the site unknown.
  static func read(_ document: TOMLNode, folder: SiteFolder, log: ProblemLog) -> Site? {
    guard case .table(let table) = document.value else { return nil }
    let root = TableReader(table, name: "the file", at: FilePosition(line: 1, column: 1), log: log)
    let name = root.text("name", .required(example: #"name = "My site""#))
    let currency = Self.currency(root)
    let zone = Self.zone(root)
    let location = Self.location(root)
    let gridTable = root.table("grid")
    let grid = GridSection.read(gridTable)
    let photovoltaics = GenerationSection.photovoltaics(root)
    let turbines = GenerationSection.turbines(root)
    let otherLoad = LoadSection.read(root.table("other_load"))
    let banks = BankSection.read(root)
    let buses = BusSections.buses(root)
    let relayBoards = RelayBoardSection.read(root, buses: buses, folder: folder)
    let stop =
      root.has("emergency_stop")
      ? EmergencyStopSection.read(root.table("emergency_stop"), folder: folder) : nil
    let meters = MeterSection.read(root, banks: banks, buses: buses, folder: folder)
    let tariffs = root.table("tariff")
    let importTariff = SourceSection.price(tariffs.table("import"), isRequired: true, currency, folder)
    let exportTariff = SourceSection.price(tariffs.table("export"), isRequired: false, currency, folder)
    tariffs.finish()
    let carbon = SourceSection.carbon(root.table("carbon"), folder)
    let weather = SourceSection.weather(root.table("weather"), folder)
    let events = DemandSections.events(root, zone: zone)
    let products = DemandSections.products(root)
    let plannerTable = root.table("planner")
    let planner = PlannerSection.read(plannerTable)
    let controlTable = root.table("control")
    let control = ControlSection.read(controlTable, clock: root.table("clock"))
    let storage = StorageSection.read(root.table("storage"), folder)
    let simulation = SimulationSection.read(root.table("simulation"))
    let peers = root.has("peers") ? PeersSection.read(root.table("peers")) : nil
    let web = root.has("web") ? WebSection.read(root.table("web")) : nil
    let alarms = root.has("alarms") ? AlarmSections.read(root.table("alarms"), folder) : AlarmSettings()
    let mqtt = root.has("mqtt") ? MQTTSection.read(root.table("mqtt"), site: name, folder) : nil
    root.finish()

    let checks = CrossChecks(
      root: root, location: location, zone: zone, grid: grid.map { Placed(value: $0, table: gridTable) },
      photovoltaics: photovoltaics, turbines: turbines, otherLoad: otherLoad, banks: banks, meters: meters,
      buses: buses, relayBoards: relayBoards,
      planner: Placed(value: planner, table: plannerTable),
      control: Placed(value: control, table: controlTable))
    checks.run()

    guard let name, let currency, let zone, let location, let grid, let importTariff else { return nil }
    var site = Site(
      name: name, location: location, zone: zone, currency: currency, grid: grid,
      photovoltaics: photovoltaics.map(\.value), turbines: turbines.map(\.value), otherLoad: otherLoad,
      meters: meters.compactMap(\.?.value), banks: banks.compactMap(\.?.value), importTariff: importTariff,
      exportTariff: exportTariff ?? .fixed(0), carbon: carbon ?? .fixed(0), weather: weather,
      demandEvents: events, flexibility: products, planner: planner,
      control: control, storage: storage, simulation: simulation, peers: peers, web: web)
    site.buses = buses.compactMap(\.?.value)
    site.relayBoards = relayBoards.compactMap(\.?.value)
    site.emergencyStop = stop
    site.alarms = alarms
    site.mqtt = mqtt
    return site
  }

  private static func currency(_ root: TableReader) -> String? {
    guard let code = root.text("currency", .required(example: #"currency = "EUR""#)) else { return nil }
    guard code.utf8.count == 3, code.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
    else {
      root.error(
        "'currency' is \"\(code)\", which is not a currency code", at: "currency",
        do: "use the three capital letters of ISO 4217, such as \"EUR\" or \"JPY\"")
      return nil
    }
    return code
  }

  private static func zone(_ root: TableReader) -> ZoneRules? {
    guard let name = root.text("time_zone", .required(example: #"time_zone = "Europe/Berlin""#)) else {
      return nil
    }
    if let zone = NamedZones.rules(named: name) { return zone }
    let remedy =
      Spelling.nearest(to: name, among: NamedZones.names).map { "did you mean \"\($0)\"?" }
      ?? "use an IANA name of a continent and a city, such as \"Asia/Tokyo\""
    root.error("'time_zone' is \"\(name)\", which this system does not know", at: "time_zone", do: remedy)
    return nil
  }

  private static func location(_ root: TableReader) -> Location? {
    let table = root.table("location")
    let latitude = table.number(
      "latitude", in: -90...90, .required(example: "latitude = 35.44  # degrees north"))
    let longitude = table.number(
      "longitude", in: -180...180, .required(example: "longitude = 139.63  # degrees east"))
    let elevation = table.number("elevation_m", in: -500...6000)
    table.finish()
    guard let latitude, let longitude else { return nil }
    return Location(latitude: latitude, longitude: longitude, elevation: elevation ?? 0)
  }
}
