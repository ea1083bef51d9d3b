public import Control
public import Jobs
public import Quantities

/// A plan that has passed the audit, in the controller's terms, with what the record keeps of it.
public struct AuditedPlan: Sendable {
  /// What energy costs in one slot, in currency/kWh and g/kWh.
  public struct Terms: Sendable {
    public var importPrice: Double
    public var exportPrice: Double
    public var carbon: Double
    /// Renewable power that was expected to be there, kW.
    public var renewable: Double
    public init(importPrice: Double, exportPrice: Double, carbon: Double, renewable: Double = 0) {
      self.renewable = renewable
      self.importPrice = importPrice
      self.exportPrice = exportPrice
      self.carbon = carbon
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

  /// `steps` must not be empty and `terms` as long.
  public init(
    steps: [PlanDirective.Step], terms: [Terms], horizon: Slot, status: String, cause: String,
    problemJSON: String,
    planJSON: String, provenance: PlanProvenance, generation: [Kilowatts], jobs: JobPlan = JobPlan()
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
  }
}

/// What a plan expected of one settlement slot when the slot began.
struct SlotPlan: Sendable {
  var planID: Int64
  var rigHours: Double
  var imported: KilowattHours
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
    for step in self.plan.steps {
      guard let part = step.slot.intersection(slot) else { continue }
      var sum = expectation ?? SlotPlan(planID: self.directive.id, rigHours: 0, imported: .zero)
      sum.rigHours += Double(step.running.reduce(0, +)) * part.hours
      sum.imported = sum.imported + step.expectedImport * part.length
      expectation = sum
    }
    return expectation
  }
}
