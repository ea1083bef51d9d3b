import Quantities

extension Ladder {
  /// The order in which limits are suspected: those a person can most easily change first.
  private static var suspects: [PlanLimit] {
    PlanLimit.soft + [
      .maximumCO2, .minimumRunning, .startLimit, .ramp, .maximumRigHours, .minimumOff, .exportCap, .importCap,
    ]
  }

  /// Finds the first limit whose relaxing alone makes the problem feasible, and by how much it must give way.
  ///
  /// `elastic` are limits that already give way; the fault then lies with the others.
  mutating func diagnosis(elastic: Set<PlanLimit>) -> Infeasibility {
    for limit in Self.suspects where !elastic.contains(limit) {
      if let found = self.relaxed([limit], within: elastic) { return found }
    }
    if let found = self.relaxed(Set(PlanLimit.allCases), within: elastic) { return found }
    let horizon = self.grid.problem.window(0...(self.grid.slotCount - 1))
    return Infeasibility(
      limit: .importCap, window: horizon, missing: 0, message: "no plan was found within the solver's limits")
  }

  private mutating func relaxed(_ limits: Set<PlanLimit>, within elastic: Set<PlanLimit>) -> Infeasibility? {
    var model = CountModel(self.grid, elastic: limits.union(elastic))
    let suspects = model.elastics.filter {
      limits.contains($0.limit) && $0.stage == CountModel.stage(of: $0.limit)
    }
    if suspects.isEmpty { return nil }
    for column in model.model.columnCost.indices { model.model.setCost(0, column: column) }
    for elastic in suspects { model.model.setCost(elastic.weight, column: elastic.column) }
    guard case .found(_, let outcome) = self.solve(model), let values = outcome.values else { return nil }
    return self.worst(suspects, values)
  }

  /// The largest slack of the first limit that has any.
  private func worst(_ suspects: [CountModel.Elastic], _ values: [Double]) -> Infeasibility? {
    for limit in Self.suspects {
      let missing = suspects.filter { $0.limit == limit && values[$0.column] > 1e-6 }
      guard let worst = missing.max(by: { values[$0.column] < values[$1.column] }) else { continue }
      // Dwell slacks of neighbouring slots are one early stop seen several times.
      let isDwell = limit == .minimumOn || limit == .minimumOff
      let window =
        isDwell
        ? self.grid.problem.window(
          missing[0].slots.lowerBound...(missing[missing.count - 1].slots.upperBound - 1))
        : self.grid.problem.window(worst.slots.lowerBound...(worst.slots.upperBound - 1))
      let amount =
        switch limit {
        case .minimumOn: missing.reduce(0) { $0 + $1.weight * values[$1.column] }
        case .criticalStart:
          missing.reduce(0) { $1.subject == worst.subject ? $0 + $1.weight * values[$1.column] : $0 }
        case .importCap, .exportCap, .minimumOff, .minimumRunning, .minimumRigHours, .maximumRigHours,
          .startLimit, .ramp, .jobDeadline, .averageCarbonCap, .importCarbonCeiling, .maximumCO2:
          values[worst.column]
        }
      return Infeasibility(
        limit: limit, window: window, missing: amount,
        message: self.message(limit, worst.subject, window, amount))
    }
    return nil
  }

  private func message(_ limit: PlanLimit, _ subject: Int?, _ window: Slot, _ amount: Double) -> String {
    let problem = self.grid.problem
    let place = "from \(ISO8601.string(window.start)) to \(ISO8601.string(window.end))"
    let short = "\((amount * 1000).rounded() / 1000) \(limit.unit)"
    let bank = subject.map { problem.banks.indices.contains($0) ? problem.banks[$0].name : "" } ?? ""
    let job = subject.map { problem.jobs.indices.contains($0) ? problem.jobs[$0].name : "" } ?? ""
    return switch limit {
    case .importCap: "the load that must run needs \(short) more than the import cap \(place); raise the cap"
    case .exportCap: "\(short) of surplus exceed the export cap \(place); raise it or allow curtailment"
    case .minimumOn: "rigs of \(bank) must stop \(short) before their minimum on time ends, \(place)"
    case .minimumOff: "\(short) of \(bank) must start before their minimum off time ends, \(place)"
    case .minimumRunning: "\(short) of \(bank) are missing from the least that must run \(place)"
    case .minimumRigHours: "\(short) are missing from the minimum \(place); lower it or raise the caps"
    case .maximumRigHours: "what must run exceeds the maximum by \(short) \(place); raise it"
    case .startLimit: "\(bank) needs \(short) more than its limit \(place); raise it"
    case .ramp: "\(bank) must change by \(short) more than a slot allows, \(place)"
    case .criticalStart:
      "\(job) is critical but lacks \(short) from its release on, \(place); move its release or raise the caps"
    case .jobDeadline: "\(job) misses its deadline by \(short), \(place); move the deadline or raise the caps"
    case .averageCarbonCap: "imports carry \(short) CO2 more than the average cap allows; raise it"
    case .maximumCO2: "imports carry \(short) CO2 more than allowed; raise it"
    case .importCarbonCeiling: "rigs need \(short) of import above the carbon ceiling \(place); raise it"
    }
  }
}
