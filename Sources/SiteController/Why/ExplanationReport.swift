public import JSONText
import Control
import Planning
import Quantities
public import SiteModel

/// The plan in force with its reasons, slot by slot, in data and in words.
public enum ExplanationReport {
  /// One object per slot, as `rigshift plan --explain --json` has it, with the reason in words for each bank: prices and
  /// costs in the site's currency. Nil where the plan cannot be explained, as one of fractions of rigs.
  public static func json(of plan: PlanInForce, site: Site) -> JSONValue? {
    guard let stored = try? StoredPlan(problemJSON: plan.plan.problemJSON, planJSON: plan.plan.planJSON)
    else {
      return nil
    }
    let problem = stored.problem
    let slots = stored.explanations.enumerated().map { index, explained -> JSONValue in
      let words = PlanReasonText(problem, slot: index, site: site)
      let because = zip(problem.banks, explained.banks).enumerated().map { number, pair -> JSONValue.Member in
        .init(pair.0.name, .string(words.clause(pair.1, bank: number)))
      }
      return .object(
        (explained.json(for: problem).object ?? []) + [.init("because", .object(because))])
    }
    return [
      "plan": .integer(plan.directive.id), "currency": .string(problem.currency), "slots": .array(slots),
    ]
  }
}
