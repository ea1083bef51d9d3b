extension Ladder {
  /// The linear relaxation of the full model, rounded and repaired by local moves. Nil when a limit stays missed.
  mutating func rounded() -> Plan? {
    var model = CountModel(self.grid)
    model.model.relaxIntegers()
    guard case .found(_, let outcome) = self.solve(model), outcome.status == .optimal,
      let values = outcome.values
    else { return nil }
    let jobHours = model.assembly(values).jobHours
    let pricing = LoadPricing(self.grid, floors: self.jobFloors(jobHours))
    let limits = CountLimits(self.grid, windows: self.grid.windows)
    let roundings = self.grid.banks.indices.map { bank in
      CountRounding(model.running[bank].map { values[$0] }, of: self.grid.banks[bank])
    }
    var best: (counts: [[Int]], cost: Double)?
    for alpha in roundings.count == 1 ? roundings[0].alphas : [0, 1 / 3, 2 / 3] {
      var descent = CountDescent(limits, pricing: pricing, counts: Self.counts(roundings, alpha: alpha))
      descent.descend(moves: 4 * self.grid.slotCount)
      if descent.missedHours > 1e-6 || pricing.missed(descent.counts) > 1e-6 { continue }
      let cost = pricing.total(descent.counts) + limits.startCost(descent.counts)
      if cost < best?.cost ?? .infinity { best = (descent.counts, cost) }
    }
    guard let best else { return nil }
    let running = best.counts.map { $0.map(Double.init) }
    var plan = PlanAssembly(self.grid, running: running, jobHours: jobHours).plan(
      status: .rounded, bound: outcome.bound, method: "lp-rounding")
    // The moves know nothing of the average carbon cap; where it is missed another rung has to keep it.
    if plan.slack.contains(where: { $0.cause != .otherLoad }) { return nil }
    // A bound that proves the gap asked for makes it as good as any optimum.
    if self.provesGap(plan) { plan.status = .optimal }
    return PlanAudit.findings(plan, for: self.grid.problem).isEmpty ? plan : nil
  }

  /// Each bank has its own alpha, spread by the golden ratio, so that what one rounds up another rounds down.
  private static func counts(_ roundings: [CountRounding], alpha: Double) -> [[Int]] {
    roundings.enumerated().map { bank, rounding in
      let shifted = alpha + 0.618_033_988_749_894_9 * Double(bank)
      return rounding.counts(alpha: shifted - shifted.rounded(.down))
    }
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
