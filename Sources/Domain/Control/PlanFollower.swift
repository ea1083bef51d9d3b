package import Quantities

/// The plan in force and the step of it that holds now. The step is kept with the stretch of wall time it is
/// good for, so that a tick inside it compares two instants and nothing else.
package struct PlanFollower: Sendable {
  package private(set) var directive: PlanDirective?
  /// Index of the step in force; nil without a plan, before its first step and after its last.
  package private(set) var index: Int?
  private var validFrom = UTCInstant(milliseconds: .min)
  private var validTo = UTCInstant(milliseconds: .max)

  package init() {}

  package var step: PlanDirective.Step? { self.index.flatMap { self.directive?.steps[$0] } }

  /// What is wrong with a plan for banks of these sizes; nil when it can be followed.
  package static func refusal(of plan: PlanDirective, bankCounts: [Int]) -> String? {
    if plan.steps.isEmpty { return "it has no steps" }
    if plan.steps.count > ControlLimits.planSteps {
      return "it has more than \(ControlLimits.planSteps) steps"
    }
    for (number, step) in plan.steps.enumerated() {
      if number > 0, plan.steps[number - 1].slot.end != step.slot.start {
        return "step \(number + 1) does not begin where step \(number) ends"
      }
      if let bank = Self.badCount(step.running, bankCounts) {
        return "step \(number + 1), bank \(bank + 1): bad count"
      }
      if let limit = step.trimLimit, let bank = Self.badCount(limit, bankCounts) {
        return "step \(number + 1), bank \(bank + 1): bad trim limit"
      }
    }
    return nil
  }

  /// Takes a plan that `refusal` found nothing wrong with.
  package mutating func adopt(_ plan: PlanDirective?) {
    self.directive = plan
    self.index = nil
    // An empty stretch: the next `advance` looks the step up.
    self.validFrom = UTCInstant(milliseconds: .max)
    self.validTo = UTCInstant(milliseconds: .min)
  }

  /// Moves to the step that contains `wall`. Returns true when the step in force changed.
  package mutating func advance(to wall: UTCInstant) -> Bool {
    if self.validFrom <= wall && wall < self.validTo { return false }
    self.validFrom = UTCInstant(milliseconds: .min)
    self.validTo = UTCInstant(milliseconds: .max)
    self.index = nil
    guard let steps = self.directive?.steps, let first = steps.first, let last = steps.last else {
      return true
    }
    if wall < first.slot.start {
      self.validTo = first.slot.start
    } else if wall >= last.slot.end {
      self.validFrom = last.slot.end
    } else {
      let found = Self.lastStep(startingBy: wall, in: steps)
      self.index = found
      self.validFrom = steps[found].slot.start
      self.validTo = steps[found].slot.end
    }
    return true
  }

  /// True when the plan in force lies wholly before `wall`.
  package func isOver(at wall: UTCInstant) -> Bool {
    self.directive?.steps.last.map { $0.slot.end <= wall } ?? false
  }

  private static func lastStep(startingBy wall: UTCInstant, in steps: [PlanDirective.Step]) -> Int {
    var low = 0
    var high = steps.count
    while low + 1 < high {
      let middle = (low + high) / 2
      if steps[middle].slot.start <= wall { low = middle } else { high = middle }
    }
    return low
  }

  /// The first bank whose entry is missing or not 0...count; the number of banks when there are too many
  /// entries.
  private static func badCount(_ values: [Int], _ counts: [Int]) -> Int? {
    for (bank, count) in counts.enumerated() where bank >= values.count || !(0...count).contains(values[bank])
    {
      return bank
    }
    return values.count > counts.count ? counts.count : nil
  }
}
