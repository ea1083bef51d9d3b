import Quantities

/// What the limits on the horizon's CO2 leave to a plan, and whether other loads would break them.
struct CarbonRoom {
  private let grid: ProblemGrid
  /// Kilograms over the average cap and over the most allowed; not positive where they are kept.
  private let averageExcess: Double?
  private let totalExcess: Double?

  /// Nil for a problem without limits on the horizon's CO2. `running` by bank and slot.
  init?(_ grid: ProblemGrid, running: [[Double]]) {
    let limits = grid.problem.limits
    guard limits.averageCarbonCap != nil || limits.maximumCO2 != nil else { return nil }
    let assembly = PlanAssembly(grid, running: running, jobHours: [])
    self.grid = grid
    self.averageExcess = limits.averageCarbonCap == nil ? nil : assembly.carbonExcess
    self.totalExcess = limits.maximumCO2 == nil ? nil : assembly.co2Excess
  }

  /// The limit that a change of rig loads, in kW, would break or break further.
  func broken(byLoads changes: [(slot: Int, from: Double, to: Double)]) -> PlanReason? {
    var carbon = 0.0
    var allowed = 0.0
    for change in changes {
      carbon += self.co2(change.slot, change.to) - self.co2(change.slot, change.from)
      allowed +=
        (self.grid.problem.limits.averageCarbonCap?.value ?? 0) / 1000 * (change.to - change.from)
        * self.grid.hours[change.slot]
    }
    if let excess = self.totalExcess, carbon > 1e-9, excess + carbon > 1e-6 { return .maximumCO2 }
    if let excess = self.averageExcess, carbon - allowed > 1e-9, excess + carbon - allowed > 1e-6 {
      return .averageCarbonCap
    }
    return nil
  }

  /// CO2 of a slot's expected import, in kg.
  private func co2(_ slot: Int, _ rigLoad: Double) -> Double {
    (0..<self.grid.scenarioCount).reduce(0) { sum, scenario in
      let flow = Dispatch.cheapest(rigLoad: rigLoad, slot: slot, scenario: scenario, in: self.grid)
      return sum + self.grid.weights[scenario] * flow.imported
    } * self.grid.carbon[slot] / 1000 * self.grid.hours[slot]
  }
}
