import HiGHSSolver
import JSONText
import LinuxHost
import Planning
import SiteController
import SiteModel

/// `rigshift plan`: a day of a site, or a self-contained problem.
enum PlanCommand {
  static let options = PlanSource.options.union(["pareto"])

  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    let json = arguments.has("json")
    let points = try arguments.integer("pareto", in: 2...200, default: 0)
    guard let source = try PlanSource.read(arguments) else { return 1 }
    if arguments.has("explain") { return self.explain(source, json: json) }
    if points > 0 { return self.front(source, points: points, json: json) }
    guard let day = source.day else { return runPlanProblem(source.problem, json: json) }
    return self.plan(source.problem, of: day, source, json: json)
  }

  private static func plan(_ problem: PlanProblem, of day: PlanSource.Day, _ source: PlanSource, json: Bool)
    -> Int32
  {
    do {
      switch try Planner.plan(problem, solver: HiGHSSolver()) {
      case .infeasible(let infeasibility): return source.refuse(infeasibility, json: json)
      case .planned(let plan):
        if json {
          print(
            day.added(to: day.outlook.provenance(in: day.site.zone).added(to: plan.json(for: problem)))
              .text(pretty: true))
        } else {
          print("\(day.heading)\n")
          print(PlanTable.text(plan: plan, problem: problem, outlook: day.outlook, site: day.site))
        }
        return 0
      }
    } catch {
      return source.refuse(error)
    }
  }

  private static func front(_ source: PlanSource, points: Int, json: Bool) -> Int32 {
    do {
      switch try Planner.paretoFront(source.problem, points: points, solver: HiGHSSolver()) {
      case .infeasible(let infeasibility): return source.refuse(infeasibility, json: json)
      case .front(let front):
        if json {
          print(front.json(for: source.problem).text(pretty: source.day != nil))
        } else {
          if let day = source.day { print("\(day.heading)\n") }
          print(ParetoText.text(front, currency: source.problem.currency))
        }
        return 0
      }
    } catch {
      return source.refuse(error)
    }
  }

  private static func explain(_ source: PlanSource, json: Bool) -> Int32 {
    guard source.problem.solver.integral else {
      Terminal.writeError("rigshift plan: only plans of whole rigs can be explained\n")
      return 1
    }
    do {
      switch try Planner.plan(source.problem, solver: HiGHSSolver()) {
      case .infeasible(let infeasibility): return source.refuse(infeasibility, json: json)
      case .planned(let plan):
        let explained = PlanExplanation.explain(plan, for: source.problem)
        if json {
          let members = plan.json(for: source.problem).object ?? []
          let explanation = JSONValue.array(explained.map { $0.json(for: source.problem) })
          print(
            JSONValue.object(members + [.init("explanation", explanation)]).text(pretty: source.day != nil))
        } else {
          if let day = source.day { print("\(day.heading)\n") }
          print(ExplanationTable.text(explained, problem: source.problem, site: source.day?.site))
        }
        return 0
      }
    } catch {
      return source.refuse(error)
    }
  }
}
