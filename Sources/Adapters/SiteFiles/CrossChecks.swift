import Quantities
import SiteModel

/// What a site's parts must agree on. Each check points at the key to change.
struct CrossChecks {
  var root: TableReader
  var location: Location?
  var zone: ZoneRules?
  var grid: Placed<GridConnection>?
  var photovoltaics: [Placed<PVArray>]
  var turbines: [Placed<WindTurbine>]
  var otherLoad: DailyProfile
  /// Nil where the table has errors; a check that needs all of them is left out then.
  var banks: [Placed<RigBank>?]
  var meters: [Placed<Meter>?]
  var buses: [Placed<Bus>?]
  var relayBoards: [Placed<RelayBoard>?]
  var planner: Placed<PlannerSettings>
  var control: Placed<ControlSettings>

  func run() {
    self.checkNames()
    self.checkRelayLines()
    self.checkMeters()
    self.checkBuses()
    self.checkRigHours()
    self.checkPower()
    self.checkTimes()
    self.checkZone()
    self.checkSlotsFitDays()
  }

  private var hasGeneration: Bool { !self.photovoltaics.isEmpty || !self.turbines.isEmpty }
  private var knownBanks: [Placed<RigBank>] { self.banks.compactMap(\.self) }
  private var knownMeters: [Placed<Meter>] { self.meters.compactMap(\.self) }
  private var rigCount: Int { self.knownBanks.reduce(0) { $0 + $1.value.count } }

  // MARK: Names and references

  private func checkNames() {
    Self.checkUnique("bank", self.knownBanks.map { ($0.value.name, $0.table) })
    Self.checkUnique("meter", self.knownMeters.map { ($0.value.name, $0.table) })
    Self.checkUnique("bus", self.buses.compactMap { $0.map { ($0.value.name, $0.table) } })
    Self.checkUnique("relay board", self.relayBoards.compactMap { $0.map { ($0.value.name, $0.table) } })
    Self.checkUnique(
      "generator",
      self.photovoltaics.map { ($0.value.name, $0.table) } + self.turbines.map { ($0.value.name, $0.table) })
  }

  private static func checkUnique(_ what: String, _ names: [(name: String, table: TableReader)]) {
    var seen: [String: FilePosition] = [:]
    for (name, table) in names {
      if let first = seen[name] {
        table.error(
          "there is already a \(what) named \"\(name)\" on line \(first.line)", at: "name",
          do: "give each its own name")
      } else {
        seen[name] = table.position(of: "name")
      }
    }
  }

  private func checkRelayLines() {
    var owners: [String: String] = [:]
    for bank in self.knownBanks {
      for line in bank.value.relayLines {
        if let owner = owners[line] {
          bank.table.error(
            "the relay line \"\(line)\" is used twice, by \(owner) and by \(bank.value.name)",
            at: "relay_lines",
            do: "give every rig a line of its own")
          break
        }
        owners[line] = bank.value.name
      }
    }
  }

  private func checkMeters() {
    let meters = self.knownMeters
    let isComplete = meters.count == self.meters.count
    let grid = meters.filter { $0.value.subject == .grid }
    if grid.isEmpty, isComplete {
      self.root.log.error(
        "no meter measures the grid connection", at: meters.first?.table.position ?? self.root.position,
        do: "add a [[meters]] table with name = \"main\" and measures = \"grid\"")
    }
    for meter in grid.dropFirst() {
      meter.table.error(
        "a second meter measures the grid connection", at: "measures",
        do: "keep one; the cap is watched at one point")
    }
    if self.hasGeneration, isComplete, !meters.contains(where: { $0.value.subject == .generation }) {
      self.root.log.warning(
        "no meter measures the generation, so renewable energy cannot be proved",
        at: self.photovoltaics.first?.table.position ?? self.turbines.first?.table.position,
        do: "add a [[meters]] table with measures = \"generation\"")
    }
    for (index, bank) in self.banks.enumerated()
    where isComplete && !meters.contains(where: { $0.value.subject == .bank(index) }) {
      bank?.table.warning(
        "no meter measures this bank, so its rigs cannot be proved on or off in watts", at: "name",
        do: "add a [[meters]] table with measures = \"bank:\(bank?.value.name ?? "")\"")
    }
  }

  // MARK: Amounts

  private func checkRigHours() {
    guard self.knownBanks.count == self.banks.count else { return }
    let planner = self.planner.value
    let minimum = planner.minimumRigHoursPerDay
    let quiet = (0..<1440).count { minute in planner.quietWindows.contains { $0.contains(minute: minute) } }
    let most = Double(self.rigCount) * Double(1440 - quiet) / 60
    if !self.banks.isEmpty, minimum > most {
      self.planner.table.error(
        "'minimum_rig_hours_per_day' is \(NumberText.string(minimum)), but \(self.rigCount) rigs can do "
          + "\(NumberText.string(most, decimals: 1)) in a day", at: "minimum_rig_hours_per_day",
        do: "lower it, add rigs or shorten the quiet windows")
    }
    if let maximum = planner.maximumRigHoursPerDay, minimum > maximum {
      self.planner.table.error(
        "'minimum_rig_hours_per_day' is above 'maximum_rig_hours_per_day'", at: "minimum_rig_hours_per_day",
        do: "lower it to \(NumberText.string(maximum)) or raise the maximum")
    }
    let always = self.knownBanks.reduce(0) { $0 + $1.value.minimumRunning }
    if let maximum = planner.maximumRigHoursPerDay, Double(always) * 24 > maximum {
      self.planner.table.error(
        "\(always) rigs must always run, more than 'maximum_rig_hours_per_day' allows",
        at: "maximum_rig_hours_per_day",
        do: "raise it to \(always * 24) or lower 'minimum_running' of a bank")
    }
    if always > 0, quiet > 0 {
      self.planner.table.error(
        "no rig may run in a quiet window, but \(always) must always run", at: "quiet_windows",
        do: "remove the windows or 'minimum_running' of the banks")
    }
  }

  private func checkPower() {
    guard let grid = self.grid else { return }
    let cap = grid.value.importCap
    let margin = self.planner.value.planningMargin
    if margin >= cap, margin > .zero {
      self.planner.table.error(
        "'planning_margin_kw' leaves nothing of the import cap of \(NumberText.string(cap.value)) kW",
        at: "planning_margin_kw", do: "lower it, or raise import_cap_kw")
    }
    let load = self.otherLoad.steps.map(\.value).max() ?? 0
    if load > cap.value {
      grid.table.warning(
        "other load reaches \(NumberText.string(load)) kW, above the import cap; rigs will not run on import then",
        at: "import_cap_kw", do: "check import_cap_kw and [other_load]")
    }
    if !self.hasGeneration, let smallest = self.knownBanks.map(\.value.draw).min(), smallest > cap - margin {
      grid.table.warning(
        "not even one rig of \(NumberText.string(smallest.value)) kW fits under the import cap",
        at: "import_cap_kw",
        do: "check import_cap_kw, planning_margin_kw and draw_kw")
    }
    if self.hasGeneration, grid.value.exportCap == .zero, !grid.value.curtailable {
      grid.table.warning(
        "surplus may neither be fed in nor spilled, so a plan exists only while rigs can use all of it",
        at: "export_cap_kw", do: "set curtailable = true if the inverters throttle by themselves")
    }
  }

  // MARK: Times

  private func checkTimes() {
    let planner = self.planner.value
    let slot = Duration.minutes(planner.slotMinutes)
    if self.control.value.stagger * self.rigCount > slot {
      self.control.table.warning(
        "closing \(self.rigCount) relays \(DurationText.string(self.control.value.stagger)) apart takes longer than a "
          + "slot of \(DurationText.string(slot))", at: "stagger",
        do: "shorten the stagger or lengthen slot_minutes; until then a plan changes fewer rigs per slot")
    }
    for bank in self.knownBanks where bank.value.minimumOn > planner.horizon {
      bank.table.warning(
        "'minimum_on' is longer than the planner looks ahead", at: "minimum_on",
        do: "shorten it or lengthen horizon")
    }
  }

  /// Solar time and the zone's clock differ by less than this anywhere on land.
  private static let largestSolarOffset = 4.5

  private func checkZone() {
    guard let zone = self.zone, let location = self.location else { return }
    let zoneHours = Double(zone.offsetSeconds(at: UTCInstant(seconds: 1_704_067_200))) / 3600  // 2024-01-01
    let apart = (zoneHours - location.longitude / 15).remainder(dividingBy: 24)
    if abs(apart) > Self.largestSolarOffset {
      self.root.warning(
        "\(zone.name) is \(NumberText.string(abs(apart), decimals: 1)) hours off the sun at this longitude",
        at: "time_zone", do: "check the sign of longitude (degrees east) and the zone")
    }
  }

  /// Slots lie on the grid of UTC; a local day begins between two of them only where the zone's offsets fit that grid.
  private func checkSlotsFitDays() {
    guard let zone = self.zone else { return }
    let slot = self.planner.value.slotMinutes
    for instant in [1_704_067_200, 1_719_792_000] {  // 2024-01-01 and 2024-07-01
      let offset = zone.offsetSeconds(at: UTCInstant(seconds: Int64(instant))) / 60
      guard offset % slot != 0 else { continue }
      let fitting = [30, 15, 10, 5].first { offset % $0 == 0 && $0 < slot } ?? 5
      self.planner.table.error(
        "\(zone.name) is \(abs(offset)) min off UTC, so its days do not begin with a slot of \(slot) min",
        at: "slot_minutes", do: "set slot_minutes = \(fitting)")
      return
    }
  }
}
