import Devices
public import Quantities

/// A site in words, 80 columns wide, for a person to compare with what is there.
public struct SiteDescription: Sendable {
  private let site: Site
  private let now: UTCInstant

  /// `now` decides which offset of the zone is shown.
  public init(_ site: Site, at now: UTCInstant) {
    self.site = site
    self.now = now
  }

  public var text: String {
    var lines = [self.site.name]
    for (label, phrases) in self.sections { lines += Self.flow(phrases, label: label) }
    return lines.joined(separator: "\n")
  }

  private var sections: [(label: String, phrases: [String])] {
    [("place", self.place), ("grid", self.grid)]
      + Self.repeated(
        "generation", self.site.photovoltaics.map(Self.phrases) + self.site.turbines.map(Self.phrases))
      + [("other load", [Self.profile(self.site.otherLoad, unit: "kW")])]
      + Self.repeated("rigs", self.site.banks.map(self.phrases))
      + (self.site.buses.isEmpty ? [] : Self.repeated("buses", self.site.buses.map(Self.phrases)))
      + (self.site.relayBoards.isEmpty ? [] : [("relay boards", self.site.relayBoards.map(self.phrase))])
      + (self.site.emergencyStop.map { [("stop", [self.phrase($0)])] } ?? [])
      + [
        ("meters", self.site.meters.map(self.phrase)),
        ("import price", self.source(self.site.importTariff, unit: "\(self.site.currency)/kWh")),
        ("export price", self.source(self.site.exportTariff, unit: "\(self.site.currency)/kWh")),
        ("carbon", self.source(self.site.carbon, unit: "g/kWh")),
        ("weather", self.weather),
      ]
      + (self.site.demandEvents.isEmpty
        ? [] : Self.repeated("demand events", self.site.demandEvents.map(self.phrases)))
      + (self.site.flexibility.isEmpty
        ? [] : Self.repeated("flexibility", self.site.flexibility.map(self.phrases)))
      + [
        ("planner", self.planner), ("control", self.control), ("clock", self.clock),
        ("storage", self.storage),
      ]
      + (self.site.simulation.replacesHardware
        ? [("hardware", ["none: the simulated site replaces it (replaces_hardware in [simulation])"])] : [])
      + (self.site.peers.map { [("peers", Self.phrases($0))] } ?? [])
      + (self.site.web.map { [("web", [Self.phrase($0)])] } ?? [])
      + (self.site.alarms == AlarmSettings() ? [] : [("alarms", Self.phrases(self.site.alarms))])
      + (self.site.mqtt.map { [("mqtt", Self.phrases($0))] } ?? [])
  }

  private static func phrase(_ web: WebSettings) -> String {
    let whom = web.listen.isLoopback ? "this host" : "who signs in"
    return "\(web.usesTLS ? "https" : "http")://\(web.listen), for \(whom)"
  }

  // MARK: Sections

  private var place: [String] {
    let place = self.site.location
    let north = NumberText.string(abs(place.latitude), decimals: 4) + (place.latitude < 0 ? " S" : " N")
    let east = NumberText.string(abs(place.longitude), decimals: 4) + (place.longitude < 0 ? " W" : " E")
    let stamp = ISO8601.string(self.now, in: self.site.zone)
    return [
      "\(north) \(east)", "\(NumberText.string(place.elevation, decimals: 0)) m",
      "\(self.site.zone.name) (now UTC\(stamp.suffix(6)))", "prices in \(self.site.currency)",
    ]
  }

  private var grid: [String] {
    let grid = self.site.grid
    let export = grid.exportCap.map { "export up to \(NumberText.string($0.value)) kW" } ?? "export unlimited"
    return [
      "import up to \(NumberText.string(grid.importCap.value)) kW", export,
      grid.curtailable ? "surplus can spill" : "surplus cannot spill",
    ]
  }

  private static func phrases(_ array: PVArray) -> [String] {
    let cells =
      switch array.cellModel {
      case .faiman(let u0, let u1): "cells by Faiman \(NumberText.string(u0))/\(NumberText.string(u1))"
      case .noct(let noct): "cells by NOCT \(NumberText.string(noct)) C"
      case .fixedRise(let rise): "cells \(NumberText.string(rise)) K over air"
      }
    let peak = array.area * array.efficiency * (1 - array.losses)
    return [
      "\(array.name): PV \(NumberText.string(array.area, decimals: 1)) m2 at "
        + "\(NumberText.string(array.efficiency * 100, decimals: 1)) %", cells,
      "\(NumberText.string(-array.temperatureCoefficient * 100, decimals: 2)) %/K",
      "losses \(NumberText.string(array.losses * 100, decimals: 1)) %",
      array.inverterLimit.map { "inverter up to \(NumberText.string($0.value)) kW" } ?? "no inverter limit",
      "\(NumberText.string(peak, decimals: 1)) kW at 1000 W/m2",
    ]
  }

  private static func phrases(_ turbine: WindTurbine) -> [String] {
    let curve: [String] =
      switch turbine.curve {
      case .cubic(let coefficient, let cutIn, let rated, let cutOut):
        [
          "cp \(NumberText.string(coefficient))",
          "\(NumberText.string(cutIn))/\(NumberText.string(rated))/\(NumberText.string(cutOut)) m/s",
          "\(NumberText.string(0.5 * 1.225 * coefficient * turbine.rotorArea * rated * rated * rated / 1000, decimals: 1))"
            + " kW rated",
        ]
      case .table(let points):
        [
          "curve of \(points.count) points",
          "up to \(NumberText.string(points.map(\.power).max() ?? 0)) kW",
        ]
      }
    return [
      "\(turbine.name): wind \(NumberText.string(turbine.rotorArea, decimals: 1)) m2",
      "hub at \(NumberText.string(turbine.hubHeight)) m",
      "shear \(NumberText.string(turbine.shearExponent, decimals: 3))",
    ] + curve
  }

  private func phrases(_ bank: RigBank) -> [String] {
    var phrases = [
      "\(bank.name): \(bank.count) x \(NumberText.string(bank.draw.value)) kW = "
        + "\(NumberText.string(bank.draw.value * Double(bank.count), decimals: 2)) kW",
      "\(NumberText.string(bank.heatCoefficient * 100, decimals: 2)) %/K over 25 C",
      "on at least \(DurationText.string(bank.minimumOn))",
      "off at least \(DurationText.string(bank.minimumOff))",
      "a start costs \(NumberText.string(bank.startCost.value)) \(self.site.currency)",
      "a rig-hour earns \(NumberText.string(bank.revenuePerRigHour.value)) \(self.site.currency)",
    ]
    if bank.minimumRunning > 0 { phrases.append("\(bank.minimumRunning) always run") }
    if let starts = bank.maximumStartsPerDay { phrases.append("at most \(starts) starts a day") }
    if let first = bank.relayLines.first, let last = bank.relayLines.last {
      phrases.append(first == last ? "relay \(first)" : "relays \(first) to \(last)")
    }
    if let softStop = bank.softStop {
      let way =
        switch softStop.way {
        case .miners(_, let request): "asked to \(request) over their API"
        case .command(let words): "asked to stop by \(words.first ?? "")"
        }
      phrases.append("\(way) up to \(DurationText.string(softStop.drain)) before a relay opens")
    }
    if let cycles = bank.ratedCycles { phrases.append("contacts rated \(cycles) cycles") }
    switch bank.fallback {
    case .off: phrases.append("falls back to off")
    case .hold(let length): phrases.append("falls back to holding \(DurationText.string(length)), then off")
    }
    return phrases
  }

  private func phrases(_ event: DemandEvent) -> [String] {
    let zone = self.site.zone
    var phrases = [
      "\(event.name): \(ISO8601.string(event.window.start, in: zone)) to \(ISO8601.string(event.window.end, in: zone))"
    ]
    if let cap = event.importCap { phrases.append("import up to \(NumberText.string(cap.value)) kW") }
    if let price = event.price {
      phrases.append("\(NumberText.string(price.value)) \(self.site.currency) for each kWh less")
    }
    return phrases
  }

  private func phrases(_ product: FlexibilityProduct) -> [String] {
    var phrases = ["\(product.name): \(product.direction.rawValue)"]
    switch product.rate {
    case .energy(let price):
      phrases.append("\(NumberText.string(price.value)) \(self.site.currency)/kWh of deviation")
    case .availability(let price):
      phrases.append("\(NumberText.string(price)) \(self.site.currency) per kW and hour held ready")
      phrases.append("in blocks of \(DurationText.string(product.block))")
    }
    if product.minimum > .zero { phrases.append("at least \(NumberText.string(product.minimum.value)) kW") }
    return phrases
  }

  private static func phrases(_ bus: Bus) -> [String] {
    let line =
      switch bus.line {
      case .network(let address): "\(address)"
      case .serial(let path, let settings): "\(path) at \(settings)"
      }
    return [
      "\(bus.name): \(line)", "polled every \(DurationText.string(bus.poll))",
      "answers within \(DurationText.string(bus.answerWithin))",
    ]
  }

  private func phrase(_ board: RelayBoard) -> String {
    switch board.attachment {
    case .bus(let wiring):
      "\(board.name) (\(board.title), unit \(wiring.unit) on \(self.name(ofBus: wiring.bus)))"
    case .pins(let pins): "\(board.name) (\(board.title), \(pins.count) pins)"
    }
  }

  private func phrase(_ stop: EmergencyStop) -> String {
    "emergency stop on \(stop.pin.title), contact normally \(stop.isNormallyClosed ? "closed" : "open")"
  }

  private func phrase(_ meter: Meter) -> String {
    guard let wiring = meter.wiring else { return "\(meter.name) (\(self.subject(meter.subject)))" }
    return "\(meter.name) (\(self.subject(meter.subject)), \(wiring.template.title), unit \(wiring.unit) "
      + "on \(self.name(ofBus: wiring.bus))\(wiring.isReversed ? ", reversed" : ""))"
  }

  private func name(ofBus bus: Int) -> String {
    self.site.buses.indices.contains(bus) ? self.site.buses[bus].name : "no bus"
  }

  private func subject(_ subject: Meter.Subject) -> String {
    switch subject {
    case .grid: "grid"
    case .generation: "generation"
    case .bank(let index):
      self.site.banks.indices.contains(index) ? "rigs of \(self.site.banks[index].name)" : "rigs"
    }
  }

  private var planner: [String] {
    let planner = self.site.planner
    let most = planner.maximumRigHoursPerDay.map { "at most \(NumberText.string($0))" } ?? "no maximum"
    var phrases = [
      "\(planner.slotMinutes) min slots", "\(DurationText.string(planner.horizon)) ahead",
      "at least \(NumberText.string(planner.minimumRigHoursPerDay)) rig-hours a day", most,
      "margin \(NumberText.string(planner.planningMargin.value)) kW",
      "carbon price \(NumberText.string(planner.carbonPricePerKilogram)) \(self.site.currency)/kg",
      "renewable bonus \(NumberText.string(planner.renewableBonus)) \(self.site.currency)/kWh",
    ]
    if let cap = planner.averageCarbonCap {
      phrases.append("average carbon up to \(NumberText.string(cap)) g/kWh")
    }
    if let limit = planner.importCarbonCeiling {
      phrases.append("no import above \(NumberText.string(limit)) g/kWh")
    }
    phrases += planner.quietWindows.map {
      "quiet \(ISO8601.string(minuteOfDay: $0.from.minutes)) to \(ISO8601.string(minuteOfDay: $0.to.minutes))"
    }
    phrases.append(planner.integral ? "whole rigs" : "fractions of rigs")
    phrases.append(planner.soft ? "soft limits" : "hard limits")
    phrases.append(
      "stops at a gap of \(NumberText.string(planner.relativeGap * 100, decimals: 4)) % or after "
        + DurationText.string(planner.timeLimit))
    phrases.append(
      planner.scenarios > 1 ? "up to \(planner.scenarios) scenarios" : "one course of generation")
    phrases.append(
      "an assumed forecast error of \(NumberText.string(planner.forecastError * 100, decimals: 0)) %")
    phrases.append(planner.correctsForecast ? "forecasts corrected by earlier ones" : "forecasts as they are")
    if planner.cvarWeight > 0 {
      phrases.append(
        "risk weight \(NumberText.string(planner.cvarWeight)) beyond \(NumberText.string(planner.cvarAlpha))")
    }
    return phrases
  }

  private var control: [String] {
    let control = self.site.control
    return [
      "stagger \(DurationText.string(control.stagger))",
      "a reading is stale after \(DurationText.string(control.staleAfter)) and held \(DurationText.string(control.staleHold))",
      "shed rigs return after \(DurationText.string(control.recloseHold))",
      control.trimHold.map { "surplus trim after \(DurationText.string($0))" } ?? "no surplus trim",
      "dead man \(DurationText.string(control.deadMan))",
      "a switch shows in watts within \(DurationText.string(control.settle))",
    ]
  }

  private var clock: [String] {
    [
      "trusted for \(DurationText.string(self.site.control.clockHoldover)) without synchronisation",
      self.site.control.trustsBatteryClock ? "battery clock trusted at boot" : "no battery clock",
    ]
  }

  private var storage: [String] {
    let storage = self.site.storage
    return [storage.path ?? "under /var/lib/rigshift", "plans kept \(storage.retentionDays) days"]
  }

  private static func phrases(_ peers: PeerSettings) -> [String] {
    [
      peers.listen.map { "listens on \($0)" } ?? "listens nowhere, only connects to others",
      "records count for \(DurationText.string(peers.staleness))",
      "mirrors up to \(peers.mirrorLimit) MB a peer",
    ]
      + (peers.address.map { ["reached at \($0)"] } ?? [])
      + (peers.gridCompatible.map { ["speaks the older Grid protocol on \($0.listen) as node \($0.id)"] }
        ?? [])
  }

  private static func phrases(_ alarms: AlarmSettings) -> [String] {
    var phrases: [String] = []
    if let webhook = alarms.webhook {
      switch webhook.address {
      // The rest of an address may be a secret.
      case .plain(let url):
        phrases.append("posted to \(AlarmSettings.Webhook.origin(of: url)?.host ?? "no host")")
      case .file(let path): phrases.append("posted to the address in \(path)")
      }
      if webhook.tokenFile != nil { phrases.append("with a token") }
      if webhook.secretFile != nil { phrases.append("signed") }
    }
    if let mail = alarms.mail {
      phrases.append("mailed by \(mail.server) (\(mail.security.rawValue))")
      phrases += mail.to.map { "to \($0)" }
    }
    if phrases.isEmpty { phrases.append("sent nowhere, only shown") }
    if let quiet = alarms.quietHours {
      phrases.append(
        "what can wait does from \(ISO8601.string(minuteOfDay: quiet.from.minutes)) "
          + "to \(ISO8601.string(minuteOfDay: quiet.to.minutes))")
    }
    phrases.append(
      alarms.reminder.map { "a reminder every \(DurationText.string($0))" } ?? "no reminders")
    phrases.append("over when gone for \(DurationText.string(alarms.hold))")
    return phrases
  }

  private static func phrases(_ mqtt: MQTTSettings) -> [String] {
    [
      "broker \(mqtt.broker)\(mqtt.tls == nil ? " without encryption" : " over TLS")",
      mqtt.tls?.identity == nil ? "shows no certificate" : "shows a certificate",
      mqtt.username.map { "as \($0)" } ?? "without a user name", "topics below \(mqtt.baseTopic)",
      mqtt.isDiscoverable ? "described below \(mqtt.discoveryPrefix)" : "not described to Home Assistant",
      "figures at most every \(DurationText.string(mqtt.interval))",
      mqtt.acceptsCommands
        ? "commands hold for \(DurationText.string(mqtt.commandHold))" : "commands are refused",
    ]
  }

  // MARK: Pieces

  private func source(_ source: ValueSource, unit: String) -> [String] {
    switch source {
    case .fixed(let value): return ["\(NumberText.string(value)) \(unit), always"]
    case .profile(let profile): return [Self.profile(profile, unit: unit)]
    case .file(let file):
      let format =
        switch file.format {
        case .csv: "CSV"
        case .jepx(let area): "JEPX, area \(area)"
        }
      let fallback =
        file.fallback.map { "where it has gaps \(Self.profile($0, unit: unit))" } ?? "gaps are errors"
      return ["\(format) file \(file.path), \(fallback)"]
    case .feed(let feed):
      let fallback =
        feed.fallback.map { "where it has gaps \(Self.profile($0, unit: unit))" } ?? "gaps are errors"
      return Self.phrases(feed.source) + [fallback]
    }
  }

  private var weather: [String] {
    switch self.site.weather {
    case .file(let path): [path]
    case .feed(let source): Self.phrases(source)
    case nil: ["none named; give it with --weather"]
    }
  }

  private static func phrases(_ source: FeedSource) -> [String] {
    var phrases = [
      source.title, "asked every \(DurationText.string(source.every)) at \(source.address)",
      "at most \(source.callsPerDay) times a day",
    ]
    if let path = source.keyFile { phrases.append("key in \(path)") }
    if let markUp = source.markUp {
      phrases.append(
        "\(NumberText.string(markUp.addition)) per kWh added and the sum taken times "
          + NumberText.string(markUp.factor))
    }
    return phrases
  }

  private static func profile(_ profile: DailyProfile, unit: String) -> String {
    let values = profile.steps.map(\.value)
    guard let low = values.min(), let high = values.max(), low < high else {
      return "\(NumberText.string(values.first ?? 0)) \(unit), always"
    }
    return
      "\(NumberText.string(low)) to \(NumberText.string(high)) \(unit) in \(values.count) steps by time of day"
  }

  private static func repeated(_ label: String, _ rows: [[String]]) -> [(label: String, phrases: [String])] {
    rows.isEmpty ? [(label, ["none"])] : rows.enumerated().map { ($0 == 0 ? label : "", $1) }
  }

  /// Sets phrases side by side in the columns 15 to 80, with commas between them.
  private static func flow(_ phrases: [String], label: String) -> [String] {
    let indent = 15
    var lines: [String] = []
    var line = "  " + label + String(repeating: " ", count: max(1, indent - 2 - label.count))
    var isFresh = true
    for (index, phrase) in phrases.enumerated() {
      let piece = phrase + (index + 1 < phrases.count ? "," : "")
      if !isFresh, line.count + 1 + piece.count > 80 {
        lines.append(line)
        line = String(repeating: " ", count: indent)
        isFresh = true
      }
      line += (isFresh ? "" : " ") + piece
      isFresh = false
    }
    return lines + [line]
  }
}
