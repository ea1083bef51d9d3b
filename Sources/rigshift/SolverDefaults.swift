import Planning
import SiteModel

extension SolverSettings {
  /// Limits for planning in real time: wall clock and gap from the site file.
  static func live(_ site: Site) -> SolverSettings {
    SolverSettings(
      integral: site.planner.integral, relativeGap: site.planner.relativeGap,
      timeLimit: site.planner.timeLimit)
  }

  /// Limits for simulation: nodes only, so that a seed replays the same on a slow machine.
  static func simulated(_ site: Site, method: PlannerMethod) -> SolverSettings {
    SolverSettings(
      integral: site.planner.integral, relativeGap: site.planner.relativeGap, timeLimit: nil, nodeLimit: 200,
      method: method)
  }
}
