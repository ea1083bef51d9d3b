import JSONText
public import Quantities

/// A plan as the record keeps it: its problem and what runs, enough to explain it as if it had just been made.
public struct StoredPlan: Sendable, Hashable {
  public let problem: PlanProblem
  /// Rigs running, by bank and slot.
  public let running: [[Double]]
  /// Rung of the ladder it came from.
  public let status: String
  private let jobHours: [[Double]]

  /// Reads the two texts of a plan's record.
  public init(problemJSON: String, planJSON: String) throws(PlanProblemError) {
    let problem = try PlanProblem(jsonBytes: Array(problemJSON.utf8))
    let plan: JSONValue
    do { plan = try JSONValue.parse(Array(planJSON.utf8)) } catch {
      throw Self.unreadable("plan", "is not JSON: \(error)")
    }
    let slots = plan["slots"]?.array ?? []
    guard slots.count == problem.slots.count else {
      throw Self.unreadable("plan.slots", "are not those of its problem")
    }
    var running: [[Double]] = []
    for bank in problem.banks {
      let counts = slots.compactMap { $0["running"]?[bank.name]?.double }
      guard counts.count == slots.count, counts.allSatisfy({ (0...Double(bank.rigs)).contains($0) }) else {
        throw Self.unreadable("plan.slots", "do not say how many rigs of \(bank.name) run")
      }
      running.append(counts)
    }
    let jobs = plan["jobs"]?.array ?? []
    let hours = jobs.map { $0["rig_hours_by_slot"]?.array?.compactMap(\.double) ?? [] }
    guard hours.count == problem.jobs.count, hours.allSatisfy({ $0.count == slots.count }) else {
      throw Self.unreadable("plan.jobs", "are not those of its problem")
    }
    self.problem = problem
    self.running = running
    self.jobHours = hours
    self.status = plan["status"]?.string ?? ""
  }

  /// The slot in force at `instant`; nil outside the horizon.
  public func slot(at instant: UTCInstant) -> Int? {
    self.problem.slots.firstIndex { $0.slot.contains(instant) }
  }

  public func explanation(ofSlot index: Int) -> SlotExplanation { self.whole.slot(index) }

  /// Of every slot.
  public var explanations: [SlotExplanation] {
    let whole = self.whole
    return self.problem.slots.indices.map { whole.slot($0) }
  }

  private var whole: PlanExplanation {
    PlanExplanation(self.problem, running: self.running, jobHours: self.jobHours)
  }

  private static func unreadable(_ path: String, _ problem: String) -> PlanProblemError {
    PlanProblemError(path: path, problem: problem, remedy: "the record of this plan cannot be explained")
  }
}
