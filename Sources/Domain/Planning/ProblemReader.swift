public import JSONText
import Quantities

extension PlanProblem {
  public static let format = "rigshift-plan-problem/1"
  /// A year of hourly slots with 50 scenarios stays below it.
  public static let maximumFileBytes = 32 << 20

  /// Reads and checks a problem file. The error names the path inside the file.
  public init(jsonBytes: [UInt8]) throws(PlanProblemError) {
    let value: JSONValue
    do {
      value = try JSONValue.parse(
        jsonBytes, limits: JSONLimits(maximumBytes: Self.maximumFileBytes, allowsNonFinite: true))
    } catch {
      throw PlanProblemError(path: "", problem: error.description, remedy: "give one JSON object")
    }
    try self.init(json: value)
  }

  /// Reads and checks a problem already parsed as JSON.
  public init(json value: JSONValue) throws(PlanProblemError) {
    var fields = try ProblemFields(value, "")
    let format = try fields.text("format")
    guard format == Self.format else {
      throw PlanProblemError(
        path: "format", problem: "\"\(format.prefix(60))\" is unknown", remedy: "use \"\(Self.format)\"")
    }
    let currency = fields.value("currency") == nil ? "" : try fields.text("currency")
    let slots = try Self.slots(try fields.required("slots"))
    var weights: [Double] = []
    for (index, value) in (try fields.list("scenario_weights") ?? [1]).enumerated() {
      weights.append(try ProblemFields.number(value, "scenario_weights[\(index)]"))
    }
    self.init(currency: currency, slots: slots, scenarioWeights: weights, banks: [])
    self.banks = try Self.elements(try fields.list("banks"), "banks", Self.bank)
    self.rigHourLimits = try Self.elements(
      try fields.list("rig_hour_limits"), "rig_hour_limits", Self.rigHourLimit)
    self.startLimits = try Self.elements(try fields.list("start_limits"), "start_limits", Self.startLimit)
    self.jobs = try Self.elements(try fields.list("jobs"), "jobs", Self.job)
    if let value = fields.value("limits") { self.limits = try Self.limits(value) }
    if let value = fields.value("weights") { self.weights = try Self.weights(value) }
    if let value = fields.value("solver") { self.solver = try Self.solver(value) }
    try fields.finish()
    try self.check()
  }

  private static func elements<Element>(
    _ values: [JSONValue]?, _ path: String, _ read: (inout ProblemFields) throws(PlanProblemError) -> Element
  ) throws(PlanProblemError) -> [Element] {
    var elements: [Element] = []
    for (index, value) in (values ?? []).enumerated() {
      var fields = try ProblemFields(value, "\(path)[\(index)]")
      elements.append(try read(&fields))
      try fields.finish()
    }
    return elements
  }

  /// A slot ends where the next begins; its own `minutes` must agree to the millisecond.
  private static func slots(_ value: JSONValue) throws(PlanProblemError) -> [ProblemSlot] {
    guard let values = value.array else { throw ProblemFields.wrong("slots", value, "a list") }
    var slots = try Self.elements(values, "slots", Self.slot)
    for index in slots.indices.dropLast() {
      let next = slots[index + 1].slot.start
      let difference = next.millisecondsSince(slots[index].slot.end)
      if (-1...1).contains(difference), let slot = Slot(start: slots[index].slot.start, end: next) {
        slots[index].slot = slot
      }
    }
    return slots
  }

  private static func slot(_ fields: inout ProblemFields) throws(PlanProblemError) -> ProblemSlot {
    let start = try fields.instant("start")
    let length = try ProblemFields.minutes(try fields.required("minutes"), fields.path("minutes"))
    guard let span = Slot(start: start, end: start + length) else {
      throw PlanProblemError(
        path: fields.path("minutes"), problem: "is no time at all", remedy: "give the slot a length")
    }
    let price = try ProblemFields.number(try fields.required("import_price"), fields.path("import_price"))
    var slot = ProblemSlot(slot: span, importPrice: EnergyPrice(price))
    slot.exportPrice = EnergyPrice(try fields.number("export_price") ?? 0)
    slot.carbon = CarbonIntensity(try fields.number("carbon_g_per_kwh") ?? 0)
    slot.renewable = try Self.renewable(&fields)
    slot.ambient = Celsius(try fields.number("ambient_c") ?? 25)
    slot.otherLoad = Kilowatts(try fields.number("other_load_kw") ?? 0)
    slot.importCap = try fields.optionalNumber("import_cap_kw").map { Kilowatts($0) }
    slot.exportCap = try fields.optionalNumber("export_cap_kw").map { Kilowatts($0) }
    slot.minimumRigLoad = try fields.optionalNumber("minimum_rig_load_kw").map { Kilowatts($0) }
    slot.maximumRigLoad = try fields.optionalNumber("maximum_rig_load_kw").map { Kilowatts($0) }
    return slot
  }

  private static func renewable(_ fields: inout ProblemFields) throws(PlanProblemError) -> [Kilowatts] {
    let path = fields.path("renewable_kw")
    guard let value = fields.value("renewable_kw") else { return [.zero] }
    guard let list = value.array else { return [Kilowatts(try ProblemFields.number(value, path))] }
    var powers: [Kilowatts] = []
    for (index, value) in list.enumerated() {
      powers.append(Kilowatts(try ProblemFields.number(value, "\(path)[\(index)]")))
    }
    return powers
  }

  private static func bank(_ fields: inout ProblemFields) throws(PlanProblemError) -> ProblemBank {
    let name = try fields.text("name")
    _ = try fields.required("rigs")
    let draw = try ProblemFields.number(try fields.required("rig_kw"), fields.path("rig_kw"))
    var bank = ProblemBank(name: name, rigs: try fields.int("rigs") ?? 0, draw: Kilowatts(draw))
    bank.heatCoefficient = try fields.number("heat_coefficient_per_k") ?? 0
    bank.minimumOn = try fields.minutes("minimum_on_minutes") ?? .zero
    bank.minimumOff = try fields.minutes("minimum_off_minutes") ?? .zero
    bank.startCost = Money(try fields.number("start_cost") ?? 0)
    bank.revenuePerRigHour = Money(try fields.number("revenue_per_rig_hour") ?? 0)
    bank.minimumRunning = try fields.int("minimum_running") ?? 0
    bank.runningFor = try fields.minutesList("running_for_minutes")
    bank.stoppedFor = try fields.minutesList("stopped_for_minutes")
    bank.fixed = try Self.fixed(&fields)
    return bank
  }

  private static func fixed(_ fields: inout ProblemFields) throws(PlanProblemError) -> [FixedCount] {
    try Self.elements(try fields.list("fixed_running"), fields.path("fixed_running")) {
      (fields: inout ProblemFields) throws(PlanProblemError) in
      _ = try fields.required("rigs")
      return FixedCount(window: try fields.window(), rigs: try fields.int("rigs") ?? 0)
    }
  }

  private static func rigHourLimit(_ fields: inout ProblemFields) throws(PlanProblemError) -> RigHourLimit {
    RigHourLimit(
      window: try fields.window(), minimum: try fields.optionalNumber("minimum"),
      maximum: try fields.optionalNumber("maximum"))
  }

  private static func startLimit(_ fields: inout ProblemFields) throws(PlanProblemError) -> StartLimit {
    _ = try fields.required("maximum")
    return StartLimit(
      bank: try fields.text("bank"), window: try fields.window(), maximum: try fields.int("maximum") ?? 0)
  }

  private static func job(_ fields: inout ProblemFields) throws(PlanProblemError) -> ProblemJob {
    let name = try fields.text("name")
    let bank = try fields.text("bank")
    let hours = try ProblemFields.number(try fields.required("rig_hours"), fields.path("rig_hours"))
    var job = ProblemJob(name: name, bank: bank, rigHours: hours)
    job.maximumRigs = try fields.optionalInt("maximum_rigs")
    job.release = try fields.optionalInstant("release")
    job.deadline = try fields.optionalInstant("deadline")
    job.interruptible = try fields.bool("interruptible") ?? true
    job.critical = try fields.bool("critical") ?? false
    return job
  }

  private static func limits(_ value: JSONValue) throws(PlanProblemError) -> SiteLimits {
    var fields = try ProblemFields(value, "limits")
    let limits = SiteLimits(
      averageCarbonCap: try fields.optionalNumber("average_carbon_cap_g_per_kwh").map { CarbonIntensity($0) },
      maximumCO2: try fields.optionalNumber("maximum_co2_kg").map { KilogramsCO2($0) },
      importCarbonCeiling: try fields.optionalNumber("import_carbon_ceiling_g_per_kwh").map {
        CarbonIntensity($0)
      },
      maximumRigChangePerSlot: try fields.optionalInt("maximum_rig_change_per_slot"),
      curtailable: try fields.bool("curtailable") ?? false, soft: try fields.bool("soft") ?? true)
    try fields.finish()
    return limits
  }

  private static func weights(_ value: JSONValue) throws(PlanProblemError) -> ObjectiveWeights {
    var fields = try ProblemFields(value, "weights")
    let weights = ObjectiveWeights(
      carbonPrice: Money(try fields.number("carbon_price_per_kg") ?? 0),
      renewableBonus: EnergyPrice(try fields.number("renewable_bonus_per_kwh") ?? 0),
      cvarAlpha: try fields.number("cvar_alpha") ?? 0.9, cvarWeight: try fields.number("cvar_weight") ?? 0)
    try fields.finish()
    return weights
  }

  private static func solver(_ value: JSONValue) throws(PlanProblemError) -> SolverSettings {
    var fields = try ProblemFields(value, "solver")
    var settings = SolverSettings()
    settings.integral = try fields.bool("integral") ?? true
    settings.relativeGap = try fields.number("relative_gap") ?? settings.relativeGap
    if let value = fields.value("time_limit_s") {
      settings.timeLimit = value.isNull ? nil : try Self.seconds(value, fields.path("time_limit_s"))
    }
    try fields.finish()
    return settings
  }

  private static func seconds(_ value: JSONValue, _ path: String) throws(PlanProblemError) -> Duration {
    let seconds = try ProblemFields.number(value, path)
    if seconds < 0 {
      throw PlanProblemError(
        path: path, problem: "must not be negative", remedy: "give 0 or more (it is \(seconds))")
    }
    return .seconds(min(seconds, 1e6))
  }
}
