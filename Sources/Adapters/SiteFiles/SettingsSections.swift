import Quantities
import SiteModel

/// `[planner]`.
enum PlannerSection {
  static func read(_ table: TableReader) -> PlannerSettings {
    var settings = PlannerSettings()
    if let minutes = Self.slotMinutes(table) { settings.slotMinutes = minutes }
    if let horizon = table.duration("horizon", in: .hours(1) ... .hours(7 * 24)) {
      settings.horizon = horizon
    }
    if let hours = table.number("minimum_rig_hours_per_day", in: 0...1_000_000) {
      settings.minimumRigHoursPerDay = hours
    }
    settings.maximumRigHoursPerDay = table.number("maximum_rig_hours_per_day", in: 0...1_000_000)
    if let margin = table.number("planning_margin_kw", in: 0...1_000_000) {
      settings.planningMargin = Kilowatts(margin)
    }
    if let price = table.number("carbon_price_per_kg", in: 0...100_000) {
      settings.carbonPricePerKilogram = price
    }
    if let bonus = table.number("renewable_bonus_per_kwh", in: 0...100_000) {
      settings.renewableBonus = bonus
    }
    settings.averageCarbonCap = table.number("average_carbon_cap_g_per_kwh", in: 0...5000)
    settings.importCarbonCeiling = table.number("import_carbon_ceiling_g_per_kwh", in: 0...5000)
    settings.quietWindows = Self.quietWindows(table)
    if let whole = table.flag("whole_rigs") { settings.integral = whole }
    if let soft = table.flag("soft_limits") { settings.soft = soft }
    if let gap = table.number("relative_gap", in: 0...0.5) { settings.relativeGap = gap }
    if let limit = table.duration("time_limit", in: .milliseconds(100) ... .minutes(10)) {
      settings.timeLimit = limit
    }
    if let alpha = table.number("cvar_alpha", in: 0...0.999) { settings.cvarAlpha = alpha }
    if let weight = table.number("cvar_weight", in: 0...1000) { settings.cvarWeight = weight }
    if let scenarios = table.wholeNumber("scenarios", in: 1...200) { settings.scenarios = scenarios }
    if let error = table.number("forecast_error", in: 0...2) { settings.forecastError = error }
    if let corrects = table.flag("forecast_correction") { settings.correctsForecast = corrects }
    table.finish()
    return settings
  }

  private static func slotMinutes(_ table: TableReader) -> Int? {
    guard let minutes = table.wholeNumber("slot_minutes", in: 5...60) else { return nil }
    guard [5, 10, 15, 30, 60].contains(minutes) else {
      table.error(
        "'slot_minutes' is \(minutes), which does not fit an hour evenly", at: "slot_minutes",
        do: "use 5, 10, 15, 30 or 60")
      return nil
    }
    return minutes
  }

  private static func quietWindows(_ table: TableReader) -> [PlannerSettings.Window] {
    guard let rows = table.array("quiet_windows") else { return [] }
    return rows.enumerated().compactMap { index, node in
      guard let row = table.table(node, "window \(index + 1) of 'quiet_windows'") else { return nil }
      let from = row.timeOfDay("from", .required(example: #"from = "22:00""#))
      let to = row.timeOfDay("to", .required(example: #"to = "06:00""#))
      row.finish()
      guard let from, let to else { return nil }
      guard from.minutes % 1440 != to.minutes % 1440 else {
        row.error(
          "a quiet window begins and ends at the same time", at: "to", do: "give it a length, or remove it")
        return nil
      }
      return PlannerSettings.Window(from: from, to: to)
    }
  }
}

/// `[control]` and `[clock]`.
enum ControlSection {
  static func read(_ table: TableReader, clock: TableReader) -> ControlSettings {
    var settings = ControlSettings()
    if let stagger = table.duration("stagger", in: .zero ... .minutes(10)) { settings.stagger = stagger }
    if let age = table.duration("stale_after", in: .seconds(2) ... .minutes(15)) { settings.staleAfter = age }
    if let hold = table.duration("stale_hold", in: .zero ... .hours(1)) { settings.staleHold = hold }
    if let hold = table.duration("reclose_hold", in: .seconds(10) ... .hours(24)) {
      settings.recloseHold = hold
    }
    settings.trimHold = table.duration("trim_hold", in: .seconds(10) ... .hours(2))
    if let dead = table.duration("dead_man", in: .seconds(1) ... .minutes(5)) { settings.deadMan = dead }
    if let settle = table.duration("settle", in: .seconds(1) ... .minutes(30)) { settings.settle = settle }
    table.finish()
    if let length = clock.duration("holdover", in: .minutes(1) ... .hours(60 * 24)) {
      settings.clockHoldover = length
    }
    if let battery = clock.flag("battery") { settings.trustsBatteryClock = battery }
    clock.finish()
    return settings
  }
}

/// `[storage]`.
enum StorageSection {
  static func read(_ table: TableReader, _ folder: SiteFolder) -> StorageSettings {
    var settings = StorageSettings()
    settings.path = table.text("path").map(folder.resolve)
    if let days = table.wholeNumber("retention_days", in: 7...36_500) { settings.retentionDays = days }
    table.finish()
    return settings
  }
}

/// `[simulation]`.
enum SimulationSection {
  static func read(_ table: TableReader) -> SimulationSettings {
    var settings = SimulationSettings()
    if let error = table.number("forecast_error", in: 0...2) { settings.forecastError = error }
    if let startup = table.duration("startup", in: .zero ... .hours(1)) {
      settings.startupSeconds = startup.hours * 3600
    }
    if let age = table.duration("forecast_age", in: .zero ... .hours(48)) { settings.forecastAge = age }
    if let bias = table.number("forecast_bias", in: -0.9...2) { settings.forecastBias = bias }
    if let noise = table.number("load_noise", in: 0...1) { settings.loadNoise = noise }
    if let replaces = table.flag("replaces_hardware") { settings.replacesHardware = replaces }
    table.finish()
    return settings
  }
}
