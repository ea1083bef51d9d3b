extension Ladder {
  /// The linear relaxation, rounded so that every dwell time still holds, and repaired by local moves.
  ///
  /// With one common alpha, `ceil(starts - alpha)` and `ceil(stops - alpha)` of the cumulative starts and stops keep
  /// every row that is a difference of two of them: dwell, counts, start limits. Nil when a limit stays missed.
  mutating func rounded() -> Plan? {
    var model = CountModel(self.grid)
    model.model.relaxIntegers()
    guard case .found(_, let outcome) = self.solve(model), outcome.status == .optimal,
      let values = outcome.values
    else { return nil }
    let relaxed = model.assembly(values)
    let floors = self.jobFloors(relaxed.jobHours)
    var best: CountSearch?
    for alpha in self.alphas(model, values) {
      var search = CountSearch(
        self.grid,
        running: self.grid.banks.indices.map { self.counts(model, values, bank: $0, alpha: alpha) },
        floors: floors)
      search.descend(moves: 4 * self.grid.slotCount)
      if search.violation > 1e-6 { continue }
      if best.map({ search.cost < $0.cost }) ?? true { best = search }
    }
    guard let best else { return nil }
    let running = best.running.map { $0.map(Double.init) }
    let plan = PlanAssembly(self.grid, running: running, jobHours: relaxed.jobHours).plan(
      status: .rounded, bound: outcome.bound, method: "lp-rounding")
    return PlanAudit.findings(plan, for: self.grid.problem).isEmpty ? self.promoted(plan) : nil
  }

  /// A rounded plan whose bound proves the gap asked for is as good as an optimal one.
  private func promoted(_ plan: Plan) -> Plan {
    var plan = plan
    if plan.relativeGap <= self.grid.problem.solver.relativeGap { plan.status = .optimal }
    return plan
  }

  private func counts(_ model: CountModel, _ values: [Double], bank: Int, alpha: Double) -> [Int] {
    let limits = self.grid.banks[bank]
    var started = 0.0
    var stopped = 0.0
    return (0..<self.grid.slotCount).map { slot in
      started += values[model.started[bank][slot]]
      stopped += values[model.stopped[bank][slot]]
      let count =
        Double(limits.initial) + (started - alpha - 1e-7).rounded(.up) - (stopped - alpha - 1e-7).rounded(.up)
      return Int(min(max(count, 0), Double(limits.rigs)))
    }
  }

  /// Zero and up to six of the fractions that occur, spread over their range.
  private func alphas(_ model: CountModel, _ values: [Double]) -> [Double] {
    var fractions: Set<Double> = []
    for bank in self.grid.banks.indices {
      var started = 0.0
      var stopped = 0.0
      for slot in 0..<self.grid.slotCount {
        started += values[model.started[bank][slot]]
        stopped += values[model.stopped[bank][slot]]
        for sum in [started, stopped] {
          let fraction = ((sum - sum.rounded(.down)) * 1e6).rounded() / 1e6
          if fraction > 0, fraction < 1 { fractions.insert(fraction) }
        }
      }
    }
    let sorted = fractions.sorted()
    if sorted.count <= 6 { return [0] + sorted }
    return [0] + (0..<6).map { sorted[$0 * (sorted.count - 1) / 5] }
  }

  /// Whole rigs that the jobs' shares of the relaxation need, by bank and slot.
  private func jobFloors(_ jobHours: [[Double]]) -> [[Int]] {
    self.grid.banks.indices.map { bank in
      (0..<self.grid.slotCount).map { slot in
        let rigs = self.grid.jobs.indices.reduce(0.0) { sum, index in
          let job = self.grid.jobs[index]
          let hours = jobHours[index][slot]
          guard job.bank == bank, hours > 0 else { return sum }
          return sum + (job.interruptible ? hours / self.grid.hours[slot] : Double(job.rigs))
        }
        return Int((rigs - 1e-6).rounded(.up))
      }
    }
  }
}
