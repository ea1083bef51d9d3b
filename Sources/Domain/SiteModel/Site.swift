public import Quantities

/// One validated site: everything the program knows about the place it controls. Built by `SiteFiles` from the file a
/// person edits; every value has been checked for range and every reference resolves.
public struct Site: Sendable, Hashable {
  public var name: String
  public var location: Location
  public var zone: ZoneRules
  /// ISO 4217 code, such as `JPY`. All prices and costs of the site are in it.
  public var currency: String
  public var grid: GridConnection
  public var photovoltaics: [PVArray]
  public var turbines: [WindTurbine]
  /// What else draws power behind the grid connection.
  public var otherLoad: DailyProfile
  public var buses: [Bus] = []
  public var relayBoards: [RelayBoard] = []
  /// Nil for a site without one.
  public var emergencyStop: EmergencyStop?
  public var meters: [Meter]
  public var banks: [RigBank]
  public var importTariff: ValueSource
  public var exportTariff: ValueSource
  public var carbon: ValueSource
  public var weather: WeatherSource?
  public var demandEvents: [DemandEvent]
  public var flexibility: [FlexibilityProduct]
  public var planner: PlannerSettings
  public var control: ControlSettings
  public var storage: StorageSettings
  public var simulation: SimulationSettings
  /// Nil for a site without peers.
  public var peers: PeerSettings?
  /// Nil for a site without web interface.
  public var web: WebSettings?
  /// Where alarms are sent and when; without a channel they are only shown.
  public var alarms = AlarmSettings()
  /// Nil for a site without home automation.
  public var mqtt: MQTTSettings?
  /// SHA-256 of the site file's bytes in hexadecimal; nil for a site that was not read from one.
  public var fileDigest: String?

  public init(
    name: String, location: Location, zone: ZoneRules, currency: String, grid: GridConnection,
    photovoltaics: [PVArray] = [], turbines: [WindTurbine] = [], otherLoad: DailyProfile = .constant(0),
    meters: [Meter], banks: [RigBank], importTariff: ValueSource, exportTariff: ValueSource = .fixed(0),
    carbon: ValueSource = .fixed(0), weather: WeatherSource? = nil,
    demandEvents: [DemandEvent] = [], flexibility: [FlexibilityProduct] = [],
    planner: PlannerSettings = .init(),
    control: ControlSettings = .init(), storage: StorageSettings = .init(),
    simulation: SimulationSettings = .init(), peers: PeerSettings? = nil, web: WebSettings? = nil
  ) {
    self.name = name
    self.location = location
    self.zone = zone
    self.currency = currency
    self.grid = grid
    self.photovoltaics = photovoltaics
    self.turbines = turbines
    self.otherLoad = otherLoad
    self.meters = meters
    self.banks = banks
    self.importTariff = importTariff
    self.exportTariff = exportTariff
    self.carbon = carbon
    self.weather = weather
    self.demandEvents = demandEvents
    self.flexibility = flexibility
    self.planner = planner
    self.control = control
    self.storage = storage
    self.simulation = simulation
    self.peers = peers
    self.web = web
  }

  /// Rigs of all banks together.
  public var rigCount: Int { self.banks.reduce(0) { $0 + $1.count } }
}

public struct Location: Sendable, Hashable {
  /// Degrees north, -90...90.
  public var latitude: Double
  /// Degrees east, -180...180.
  public var longitude: Double
  /// Metres above sea level.
  public var elevation: Double
  public init(latitude: Double, longitude: Double, elevation: Double = 0) {
    self.latitude = latitude
    self.longitude = longitude
    self.elevation = elevation
  }
}

public struct GridConnection: Sendable, Hashable {
  /// The most the site may draw from the grid.
  public var importCap: Kilowatts
  /// The most it may feed in; nil is unlimited.
  public var exportCap: Kilowatts?
  /// True when surplus can spill: inverters that throttle by themselves, or a limit actuator.
  public var curtailable: Bool
  public init(importCap: Kilowatts, exportCap: Kilowatts? = nil, curtailable: Bool = false) {
    self.importCap = importCap
    self.exportCap = exportCap
    self.curtailable = curtailable
  }
}

extension Site {
  /// The most power a meter's subject could show if everything ran at once, with room to spare. What is above it is a
  /// phantom, not a reading.
  public func largestPlausiblePower(of subject: Meter.Subject) -> Kilowatts {
    let rigs = self.banks.reduce(Kilowatts.zero) { $0 + $1.draw(at: Celsius(50)) * Double($1.count) }
    let other = Kilowatts(self.otherLoad.steps.reduce(0) { max($0, $1.value) })
    let generation =
      self.photovoltaics.reduce(Kilowatts.zero) { $0 + $1.nameplate }
      + self.turbines.reduce(Kilowatts.zero) { $0 + $1.nameplate }
    switch subject {
    case .grid: return (rigs + other + generation + self.grid.importCap) * 1.5
    case .generation: return generation * 1.5 + Kilowatts(1)
    case .bank(let index):
      return self.banks.indices.contains(index)
        ? self.banks[index].draw(at: Celsius(50)) * Double(self.banks[index].count) * 1.5 + Kilowatts(1)
        : rigs
    }
  }
}
