public import Quantities

/// How the planner works and what it aims for.
public struct PlannerSettings: Sendable, Hashable {
  /// A stretch of local time of day; it runs over midnight when `to` is not after `from`.
  public struct Window: Sendable, Hashable {
    public var from: TimeOfDay
    public var to: TimeOfDay
    public init(from: TimeOfDay, to: TimeOfDay) {
      self.from = from
      self.to = to
    }
    public func contains(minute: Int) -> Bool {
      self.from < self.to
        ? (self.from.minutes..<self.to.minutes).contains(minute)
        : minute >= self.from.minutes || minute < self.to.minutes
    }
  }

  /// Length of a slot, a divisor of 60 minutes: 5, 10, 15, 30 or 60.
  public var slotMinutes: Int
  /// How far ahead a plan looks.
  public var horizon: Duration
  /// Rig-hours of all banks together in one local day.
  public var minimumRigHoursPerDay: Double
  /// Nil is unlimited.
  public var maximumRigHoursPerDay: Double?
  /// Kept free below the import cap, since a slot's average hides its peaks.
  public var planningMargin: Kilowatts
  /// Currency per kg of CO2 imported.
  public var carbonPricePerKilogram: Double
  /// Currency per kWh of renewable energy that rigs use.
  public var renewableBonus: Double
  /// g/kWh of imported energy over the energy rigs use; nil is unlimited.
  public var averageCarbonCap: Double?
  /// In slots above this many g/kWh, rigs run on renewables only; nil is unlimited.
  public var importCarbonCeiling: Double?
  /// No rig runs in these.
  public var quietWindows: [Window]
  /// Whole rigs (a mixed-integer program) or fractions of rigs.
  public var integral: Bool
  /// Whether minimum rig-hours and the like may give way when nothing else fits.
  public var soft: Bool
  public var relativeGap: Double
  public var timeLimit: Duration
  /// Share of worst cases that `cvarWeight` looks at, 0..<1.
  public var cvarAlpha: Double
  public var cvarWeight: Double
  /// The most scenarios of generation a plan is made for; 1 plans for one course.
  public var scenarios: Int
  /// Standard deviation of the forecast's relative error that is assumed until enough errors are recorded.
  public var forecastError: Double
  /// Whether forecasts are corrected by the errors of earlier ones.
  public var correctsForecast: Bool

  public init(
    slotMinutes: Int = 30, horizon: Duration = .hours(36), minimumRigHoursPerDay: Double = 0,
    maximumRigHoursPerDay: Double? = nil, planningMargin: Kilowatts = .zero,
    carbonPricePerKilogram: Double = 0,
    renewableBonus: Double = 0, averageCarbonCap: Double? = nil, importCarbonCeiling: Double? = nil,
    quietWindows: [Window] = [], integral: Bool = true, soft: Bool = true, relativeGap: Double = 0.001,
    timeLimit: Duration = .seconds(2), cvarAlpha: Double = 0.9, cvarWeight: Double = 0, scenarios: Int = 20,
    forecastError: Double = 0.3, correctsForecast: Bool = true
  ) {
    self.slotMinutes = slotMinutes
    self.horizon = horizon
    self.minimumRigHoursPerDay = minimumRigHoursPerDay
    self.maximumRigHoursPerDay = maximumRigHoursPerDay
    self.planningMargin = planningMargin
    self.carbonPricePerKilogram = carbonPricePerKilogram
    self.renewableBonus = renewableBonus
    self.averageCarbonCap = averageCarbonCap
    self.importCarbonCeiling = importCarbonCeiling
    self.quietWindows = quietWindows
    self.integral = integral
    self.soft = soft
    self.relativeGap = relativeGap
    self.timeLimit = timeLimit
    self.cvarAlpha = cvarAlpha
    self.cvarWeight = cvarWeight
    self.scenarios = scenarios
    self.forecastError = forecastError
    self.correctsForecast = correctsForecast
  }
}

/// How the controller keeps the site safe.
public struct ControlSettings: Sendable, Hashable {
  /// Shortest time between two closing relays of the site.
  public var stagger: Duration
  /// A reading older than this is stale.
  public var staleAfter: Duration
  /// How long rigs stay as they are once the site meter is stale, before the fallback.
  public var staleHold: Duration
  /// How long a shed rig must fit, with the margin, before it comes back.
  public var recloseHold: Duration
  /// How long a surplus or a shortfall must last before the trim acts; nil switches the trim off.
  public var trimHold: Duration?
  /// How long the relay holder waits for a heartbeat before it applies the policy.
  public var deadMan: Duration
  /// How long the clock stays trusted without a new confirmation.
  public var clockHoldover: Duration
  /// True when a battery-backed clock sets the time at boot.
  public var trustsBatteryClock: Bool
  /// How long after a switch its effect must show in watts.
  public var settle: Duration

  public init(
    stagger: Duration = .seconds(2), staleAfter: Duration = .seconds(10), staleHold: Duration = .seconds(60),
    recloseHold: Duration = .seconds(300), trimHold: Duration? = nil, deadMan: Duration = .seconds(2),
    clockHoldover: Duration = .hours(7 * 24), trustsBatteryClock: Bool = false,
    settle: Duration = .seconds(30)
  ) {
    self.stagger = stagger
    self.staleAfter = staleAfter
    self.staleHold = staleHold
    self.recloseHold = recloseHold
    self.trimHold = trimHold
    self.deadMan = deadMan
    self.clockHoldover = clockHoldover
    self.trustsBatteryClock = trustsBatteryClock
    self.settle = settle
  }
}

/// Where records are kept.
public struct StorageSettings: Sendable, Hashable {
  /// The SQLite database; nil is `/var/lib/rigshift/<site>.sqlite`.
  public var path: String?
  /// Days to keep superseded plans. Metered slots, decisions and events are never removed.
  public var retentionDays: Int
  public init(path: String? = nil, retentionDays: Int = 60) {
    self.path = path
    self.retentionDays = retentionDays
  }
}

/// How the simulated site behaves where the real one would be measured.
public struct SimulationSettings: Sendable, Hashable {
  /// Standard deviation of the forecast's relative error in PV and wind a day ahead.
  public var forecastError: Double
  /// Seconds a rig takes from power-on to full draw.
  public var startupSeconds: Double
  /// Standard deviation of fast noise on other load, as a share of it.
  public var loadNoise: Double
  /// How old the air is that the newest forecast starts from. Zero is the best forecast anybody could make.
  public var forecastAge: Duration
  /// Share by which forecasts promise too much power, or too little below zero.
  public var forecastBias: Double
  /// Whether the running controller drives the simulated site instead of hardware: a first look at an installed program.
  public var replacesHardware = false
  public init(
    forecastError: Double = 0.2, startupSeconds: Double = 120, loadNoise: Double = 0.05,
    forecastAge: Duration = .zero, forecastBias: Double = 0
  ) {
    self.forecastAge = forecastAge
    self.forecastBias = forecastBias
    self.forecastError = forecastError
    self.startupSeconds = startupSeconds
    self.loadNoise = loadNoise
  }
}

/// Other sites that this one exchanges net output and certificates with.
public struct PeerSettings: Sendable, Hashable {
  /// Host and port to listen on for peers; nil for a site that only connects to others.
  public var listen: HostPort?
  /// Where peers reach this site; nil is the address it listens on.
  public var address: HostPort?
  /// A net record that is older is not counted.
  public var staleness: Duration
  /// Megabytes that the mirror of one peer's certificates may take.
  public var mirrorLimit: Int
  /// The older Grid protocol, for nodes that speak nothing else.
  public var gridCompatible: GridCompatible?

  public struct GridCompatible: Sendable, Hashable {
    /// Loopback or a private network: the protocol has neither encryption nor identities.
    public var listen: HostPort
    public var id: Int
    public init(listen: HostPort, id: Int) {
      self.listen = listen
      self.id = id
    }
  }

  public init(
    listen: HostPort? = nil, address: HostPort? = nil, staleness: Duration = .seconds(30),
    mirrorLimit: Int = 256, gridCompatible: GridCompatible? = nil
  ) {
    self.listen = listen
    self.address = address
    self.staleness = staleness
    self.mirrorLimit = mirrorLimit
    self.gridCompatible = gridCompatible
  }
}

/// Where browsers and monitoring find the site.
public struct WebSettings: Sendable, Hashable {
  /// On loopback it is for this host and asks nobody who they are; elsewhere only those who sign in are let in.
  public var listen: HostPort
  /// Encrypted; always so where others reach it.
  public var usesTLS: Bool
  /// Host names and addresses under which others reach it, besides those of loopback and `listen`.
  public var names: [String]
  /// Without these the site makes a certificate of its own.
  public var files: CertificateFiles?

  /// In PEM.
  public struct CertificateFiles: Sendable, Hashable {
    public var certificate: String
    public var key: String
    public init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }

  public init(
    listen: HostPort, usesTLS: Bool? = nil, names: [String] = [], files: CertificateFiles? = nil
  ) {
    self.listen = listen
    self.usesTLS = usesTLS ?? !listen.isLoopback
    self.names = names
    self.files = files
  }
}

/// A network address as people write it: `host:port`, an IPv6 address in brackets.
public struct HostPort: Sendable, Hashable, CustomStringConvertible {
  public let host: String
  public let port: Int

  /// Nil when it is not of this form.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (1...65535).contains(port)
    else { return nil }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty, host.utf8.count <= 200,
      host.utf8.allSatisfy({ byte in
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20)
          || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ":")
      })
    else { return nil }
    self.host = host
    self.port = port
  }

  /// Whether nobody but this host reaches it. Of names, `localhost` alone is known to be so.
  public var isLoopback: Bool {
    if self.host == "localhost" || self.host == "::1" { return true }
    let parts = self.host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return parts.count == 4 && parts[0] == 127 && !parts.contains(nil)
  }

  public var description: String {
    self.host.contains(":") ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)"
  }
}
