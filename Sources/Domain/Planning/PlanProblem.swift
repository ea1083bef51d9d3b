public import Quantities

/// One planning problem: everything a plan depends on, as plain values. `docs/plan-problem.md` is its file form.
public struct PlanProblem: Sendable, Hashable {
  /// Label of the site's currency, such as `JPY`.
  public var currency: String
  /// The horizon: contiguous, in order.
  public var slots: [ProblemSlot]
  /// Probability of each scenario; they sum to 1.
  public var scenarioWeights: [Double]
  public var banks: [ProblemBank]
  public var rigHourLimits: [RigHourLimit]
  public var startLimits: [StartLimit]
  public var jobs: [ProblemJob]
  public var limits: SiteLimits
  public var weights: ObjectiveWeights
  public var solver: SolverSettings

  public init(
    currency: String = "", slots: [ProblemSlot], scenarioWeights: [Double] = [1], banks: [ProblemBank],
    rigHourLimits: [RigHourLimit] = [], startLimits: [StartLimit] = [], jobs: [ProblemJob] = [],
    limits: SiteLimits = SiteLimits(), weights: ObjectiveWeights = ObjectiveWeights(),
    solver: SolverSettings = SolverSettings()
  ) {
    self.currency = currency
    self.slots = slots
    self.scenarioWeights = scenarioWeights
    self.banks = banks
    self.rigHourLimits = rigHourLimits
    self.startLimits = startLimits
    self.jobs = jobs
    self.limits = limits
    self.weights = weights
    self.solver = solver
  }
}

/// What is forecast for one slot of the horizon.
public struct ProblemSlot: Sendable, Hashable {
  public var slot: Slot
  public var importPrice: EnergyPrice
  public var exportPrice: EnergyPrice
  public var carbon: CarbonIntensity
  /// Renewable power of each scenario; a single value holds in all of them.
  public var renewable: [Kilowatts]
  public var ambient: Celsius
  /// Load of the site that is not a rig.
  public var otherLoad: Kilowatts
  /// Nil is unlimited.
  public var importCap: Kilowatts?
  /// Nil is unlimited.
  public var exportCap: Kilowatts?
  /// The least and the most that all rigs together may draw; nil is no limit. Always hard.
  public var minimumRigLoad: Kilowatts?
  public var maximumRigLoad: Kilowatts?

  public init(
    slot: Slot, importPrice: EnergyPrice, exportPrice: EnergyPrice = .zero, carbon: CarbonIntensity = .zero,
    renewable: [Kilowatts] = [.zero], ambient: Celsius = Celsius(25), otherLoad: Kilowatts = .zero,
    importCap: Kilowatts? = nil, exportCap: Kilowatts? = nil, minimumRigLoad: Kilowatts? = nil,
    maximumRigLoad: Kilowatts? = nil
  ) {
    self.slot = slot
    self.importPrice = importPrice
    self.exportPrice = exportPrice
    self.carbon = carbon
    self.renewable = renewable
    self.ambient = ambient
    self.otherLoad = otherLoad
    self.importCap = importCap
    self.exportCap = exportCap
    self.minimumRigLoad = minimumRigLoad
    self.maximumRigLoad = maximumRigLoad
  }
}

/// Identical rigs and the state they are in before the first slot.
public struct ProblemBank: Sendable, Hashable {
  public var name: String
  /// Rigs available: neither locked out nor lost.
  public var rigs: Int
  /// Draw of one rig at 25 C or below.
  public var draw: Kilowatts
  /// Rise of the draw per kelvin over 25 C.
  public var heatCoefficient: Double
  public var minimumOn: Duration
  public var minimumOff: Duration
  public var startCost: Money
  public var revenuePerRigHour: Money
  public var minimumRunning: Int
  /// How long each running rig has been on. Its count is the number running.
  public var runningFor: [Duration]
  /// How long each rig has been off that is off for less than the minimum off time.
  public var stoppedFor: [Duration]
  /// Windows in which its count is not the planner's to choose.
  public var fixed: [FixedCount] = []

  public init(
    name: String, rigs: Int, draw: Kilowatts, heatCoefficient: Double = 0, minimumOn: Duration = .zero,
    minimumOff: Duration = .zero, startCost: Money = .zero, revenuePerRigHour: Money = .zero,
    minimumRunning: Int = 0,
    runningFor: [Duration] = [], stoppedFor: [Duration] = []
  ) {
    self.name = name
    self.rigs = rigs
    self.draw = draw
    self.heatCoefficient = heatCoefficient
    self.minimumOn = minimumOn
    self.minimumOff = minimumOff
    self.startCost = startCost
    self.revenuePerRigHour = revenuePerRigHour
    self.minimumRunning = minimumRunning
    self.runningFor = runningFor
    self.stoppedFor = stoppedFor
  }
}

/// Exactly so many rigs of a bank run within a window of whole slots, because a person said so.
public struct FixedCount: Sendable, Hashable {
  public var window: Slot
  public var rigs: Int
  public init(window: Slot, rigs: Int) {
    self.window = window
    self.rigs = rigs
  }
}

/// Rig-hours of all banks together within a window of whole slots, jobs included.
public struct RigHourLimit: Sendable, Hashable {
  public var window: Slot
  public var minimum: Double?
  public var maximum: Double?
  public init(window: Slot, minimum: Double? = nil, maximum: Double? = nil) {
    self.window = window
    self.minimum = minimum
    self.maximum = maximum
  }
}

/// The most starts of one bank within a window of whole slots.
public struct StartLimit: Sendable, Hashable {
  public var bank: String
  public var window: Slot
  public var maximum: Int
  public init(bank: String, window: Slot, maximum: Int) {
    self.bank = bank
    self.window = window
    self.maximum = maximum
  }
}

/// Deferrable compute: rig-hours of running rigs of one bank. It uses the slots that lie wholly in its window.
public struct ProblemJob: Sendable, Hashable {
  public var name: String
  public var bank: String
  public var rigHours: Double
  /// Nil is the whole bank.
  public var maximumRigs: Int?
  /// Nil is the first slot's start.
  public var release: UTCInstant?
  /// Nil is the horizon's end.
  public var deadline: UTCInstant?
  /// Otherwise one block of `maximumRigs` rigs that begins with a slot.
  public var interruptible: Bool
  /// Starts at its release with all the rigs it may have.
  public var critical: Bool

  public init(
    name: String, bank: String, rigHours: Double, maximumRigs: Int? = nil, release: UTCInstant? = nil,
    deadline: UTCInstant? = nil, interruptible: Bool = true, critical: Bool = false
  ) {
    self.name = name
    self.bank = bank
    self.rigHours = rigHours
    self.maximumRigs = maximumRigs
    self.release = release
    self.deadline = deadline
    self.interruptible = interruptible
    self.critical = critical
  }
}

public struct SiteLimits: Sendable, Hashable {
  /// CO2 of all imported energy over the energy rigs use, across the horizon; nil is unlimited.
  public var averageCarbonCap: CarbonIntensity?
  /// CO2 of expected imports over the horizon; nil is unlimited. Always hard.
  public var maximumCO2: KilogramsCO2?
  /// In slots above it rigs run on renewables only; nil is unlimited.
  public var importCarbonCeiling: CarbonIntensity?
  /// The most a bank's count may change from one slot to the next; nil is unlimited.
  public var maximumRigChangePerSlot: Int?
  /// Whether renewable power can be spilled.
  public var curtailable: Bool
  /// Whether early stops, deadlines, minimum rig-hours and carbon limits give way, in this order, when nothing fits.
  public var soft: Bool

  public init(
    averageCarbonCap: CarbonIntensity? = nil, maximumCO2: KilogramsCO2? = nil,
    importCarbonCeiling: CarbonIntensity? = nil,
    maximumRigChangePerSlot: Int? = nil, curtailable: Bool = false, soft: Bool = true
  ) {
    self.averageCarbonCap = averageCarbonCap
    self.maximumCO2 = maximumCO2
    self.importCarbonCeiling = importCarbonCeiling
    self.maximumRigChangePerSlot = maximumRigChangePerSlot
    self.curtailable = curtailable
    self.soft = soft
  }
}

public struct ObjectiveWeights: Sendable, Hashable {
  /// Currency per kg of CO2 imported.
  public var carbonPrice: Money
  /// Currency per kWh of renewable energy that rigs use.
  public var renewableBonus: EnergyPrice
  /// Tail of the cost distribution that `cvarWeight` prices: the worst `1 - cvarAlpha`.
  public var cvarAlpha: Double
  public var cvarWeight: Double

  public init(
    carbonPrice: Money = .zero, renewableBonus: EnergyPrice = .zero, cvarAlpha: Double = 0.9,
    cvarWeight: Double = 0
  ) {
    self.carbonPrice = carbonPrice
    self.renewableBonus = renewableBonus
    self.cvarAlpha = cvarAlpha
    self.cvarWeight = cvarWeight
  }
}

/// Where on the ladder the planner begins.
public enum PlannerMethod: Sendable, Hashable {
  /// The optimum to the gap asked for.
  case exact
  /// The linear program, rounded and repaired: a few milliseconds, with a bound but no promise of the gap.
  case rounded
}

public struct SolverSettings: Sendable, Hashable {
  /// Whole rigs; otherwise fractions of rigs are allowed.
  public var integral: Bool
  public var relativeGap: Double
  /// For all solves of a plan together. Nil never looks at the clock, which an exact replay needs.
  public var timeLimit: Duration?
  /// Branch-and-bound nodes of each solve; nil is unlimited. Not part of the problem file.
  public var nodeLimit: Int?
  /// Not part of the problem file.
  public var method: PlannerMethod

  public init(
    integral: Bool = true, relativeGap: Double = 0.001, timeLimit: Duration? = .seconds(10),
    nodeLimit: Int? = nil,
    method: PlannerMethod = .exact
  ) {
    self.integral = integral
    self.relativeGap = relativeGap
    self.timeLimit = timeLimit
    self.nodeLimit = nodeLimit
    self.method = method
  }
}
