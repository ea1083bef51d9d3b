extension CountModel {
  /// The plan behind a solution: counts rounded to what they must be, flows recomputed from them.
  func assembly(_ values: [Double]) -> PlanAssembly {
    let grid = self.grid
    let running = grid.banks.indices.map { bank in
      self.running[bank].map { column in
        let count = min(max(0, values[column]), Double(grid.banks[bank].rigs))
        return grid.problem.solver.integral ? count.rounded() : count
      }
    }
    let jobHours = self.jobHours(values)
    let cheapest = PlanAssembly(grid, running: running, jobHours: jobHours)
    // Only limits on the carbon of the horizon couple the flows of different slots, and only a carbon ceiling that
    // gives way those of different scenarios; then the solver's own count.
    if max(cheapest.carbonExcess, cheapest.co2Excess) <= 1e-9, !self.ceilingGivesWay(values) {
      return cheapest
    }
    let flows = (0..<grid.slotCount).flatMap { slot in
      (0..<grid.scenarioCount).map { scenario in self.flow(values, running, slot, scenario) }
    }
    return PlanAssembly(grid, running: running, jobHours: jobHours, flows: flows)
  }

  /// A start for the solver from another plan: its counts, the rest left to be filled in.
  func start(_ plan: Plan) -> [Double] {
    var start = [Double](repeating: .nan, count: self.model.columnCount)
    for (bank, columns) in self.running.enumerated() {
      for (slot, column) in columns.enumerated() { start[column] = plan.slots[slot].running[bank] }
    }
    return start
  }

  private func ceilingGivesWay(_ values: [Double]) -> Bool {
    self.elastics.contains { $0.limit == .importCarbonCeiling && values[$0.column] > 1e-7 }
  }

  private func jobHours(_ values: [Double]) -> [[Double]] {
    let hours = self.grid.hours
    return self.jobs.enumerated().map { index, columns in
      let job = self.grid.jobs[index]
      var done = [Double](repeating: 0, count: hours.count)
      if job.interruptible {
        for (slot, column) in columns {
          let share = max(0, values[column]) * hours[slot]
          done[slot] = share < 1e-9 ? 0 : share
        }
      } else if let start = self.start(columns, values) {
        for (slot, rigHours) in job.block(from: start, hours: hours) { done[slot] = rigHours }
      }
      return done
    }
  }

  /// The chosen first slot of a block: where most of the choice lies; nil when it does not run.
  private func start(_ columns: [(slot: Int, column: Int)], _ values: [Double]) -> Int? {
    let chosen = columns.max { values[$0.column] < values[$1.column] }
    let skipped = 1 - columns.reduce(0) { $0 + values[$1.column] }
    return chosen.flatMap { values[$0.column] > max(0, skipped) ? $0.slot : nil }
  }

  /// The solver's flow, made exact for the rounded counts.
  private func flow(_ values: [Double], _ running: [[Double]], _ slot: Int, _ scenario: Int) -> Dispatch {
    let index = slot * self.grid.scenarioCount + scenario
    let rigLoad = PlanAssembly.rigLoad(self.grid, running, slot)
    let load = rigLoad + self.grid.otherLoad[slot]
    let renewable = self.grid.renewable(slot, scenario)
    let absorbed = Self.snapped(values[self.absorbed[index]], to: min(load, renewable))
    let rest = renewable - absorbed
    let exported = self.grid.curtailable ? Self.snapped(values[self.exported[index]], to: rest) : rest
    let imported = load - absorbed
    let cost =
      self.grid.importPrice[slot] * imported - self.grid.exportPrice[slot] * exported
      - self.grid.bonus * min(absorbed, rigLoad)
    return Dispatch(
      imported: imported, absorbed: absorbed, exported: exported, curtailed: rest - exported, cost: cost)
  }

  /// A power between zero and `most`, at either end where only the solver's tolerance keeps it away.
  private static func snapped(_ power: Double, to most: Double) -> Double {
    let tolerance = 1e-5
    if power < tolerance { return 0 }
    return power > most - tolerance ? most : power
  }

  /// Keeps a sum of slacks from growing again, beyond what the solver's own tolerance may already have used.
  mutating func hold(_ elastics: [Elastic], at least: Double) {
    let tolerance = 5e-7
    if least <= tolerance {
      for elastic in elastics where elastic.weight > 0 {
        self.model.setBounds(lower: 0, upper: tolerance, column: elastic.column)
      }
    } else {
      self.model.addRow(
        upper: least + 4 * tolerance,
        elastics.filter { $0.weight > 0 }.map { ($0.column, $0.weight) })
    }
  }
}
