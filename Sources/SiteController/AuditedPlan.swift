public import Control
public import Jobs
public import JSONText
public import Quantities

/// A plan that has passed the audit, in the controller's terms, with what the record keeps of it.
public struct AuditedPlan: Sendable {
  /// What energy costs in one slot, in currency/kWh and g/kWh.
  public struct Terms: Sendable {
    public var importPrice: Double
    public var exportPrice: Double
    public var carbon: Double
    /// What the plan expects to feed in on average.
    public var expectedExport: Kilowatts
    /// Renewable power that was expected to be there, kW.
    public var renewable: Double
    /// The import price is not known yet: another day's, or the profile's, stands in.
    public var isPriceEstimated: Bool
    public init(
      importPrice: Double, exportPrice: Double, carbon: Double, expectedExport: Kilowatts = .zero,
      renewable: Double = 0, isPriceEstimated: Bool = false
    ) {
      self.importPrice = importPrice
      self.exportPrice = exportPrice
      self.carbon = carbon
      self.expectedExport = expectedExport
      self.renewable = renewable
      self.isPriceEstimated = isPriceEstimated
    }
  }

  public var steps: [PlanDirective.Step]
  /// One entry per step.
  public var terms: [Terms]
  public var horizon: Slot
  /// Rung of the ladder.
  public var status: String
  public var cause: String
  public var problemJSON: String
  public var planJSON: String
  /// What the plan rests on; also in `planJSON`.
  public var provenance: PlanProvenance
  /// Generation that the weather alone let expect in each step, for the history of forecasts.
  public var generation: [Kilowatts]
  /// What the steps give to jobs.
  public var jobs: JobPlan
  /// What the log says of it.
  public var statement: [JSONValue.Member]

  /// `steps` must not be empty and `terms` as long.
  public init(
    steps: [PlanDirective.Step], terms: [Terms], horizon: Slot, status: String, cause: String,
    problemJSON: String,
    planJSON: String, provenance: PlanProvenance, generation: [Kilowatts], jobs: JobPlan = JobPlan(),
    statement: [JSONValue.Member] = []
  ) {
    self.jobs = jobs
    self.steps = steps
    self.terms = terms
    self.horizon = horizon
    self.status = status
    self.cause = cause
    self.problemJSON = problemJSON
    self.planJSON = planJSON
    self.provenance = provenance
    self.generation = generation
    self.statement = statement
  }
}

/// What a plan expected of one settlement slot when the slot began.
struct SlotPlan: Sendable {
  var planID: Int64
  var rigHours: Double
  var imported: KilowattHours
  var cost: Money
  var co2: KilogramsCO2
}

/// The plan the controller follows, with what the books need of it.
public struct PlanInForce: Sendable {
  public var directive: PlanDirective
  public var plan: AuditedPlan

  /// The terms that apply at the start of `slot`; nil outside the plan.
  func terms(for slot: Slot) -> AuditedPlan.Terms? {
    self.plan.steps.firstIndex { $0.slot.end > slot.start && $0.slot.start < slot.end }.map {
      self.plan.terms[$0]
    }
  }

  /// Rig-hours and import over the part of `slot` the plan covers; nil when it covers none.
  func expectation(for slot: Slot) -> SlotPlan? {
    var expectation: SlotPlan?
    for (step, terms) in zip(self.plan.steps, self.plan.terms) {
      guard let part = step.slot.intersection(slot) else { continue }
      var sum =
        expectation
        ?? SlotPlan(planID: self.directive.id, rigHours: 0, imported: .zero, cost: .zero, co2: .zero)
      let imported = step.expectedImport * part.length
      sum.rigHours += Double(step.running.reduce(0, +)) * part.hours
      sum.imported += imported
      sum.cost +=
        EnergyPrice(terms.importPrice) * imported
        - EnergyPrice(terms.exportPrice) * (terms.expectedExport * part.length)
      sum.co2 += CarbonIntensity(terms.carbon) * imported
      expectation = sum
    }
    return expectation
  }
}
