import Quantities

extension AuditRun {
  /// Slack may be admitted only for soft limits, and other load is reported as it is.
  mutating func checkSlack() {
    let soft: Set<PlanLimit> = [
      .minimumOn, .criticalStart, .jobDeadline, .minimumRigHours, .averageCarbonCap, .importCarbonCeiling,
    ]
    for slack in self.plan.slack {
      switch slack.cause {
      case .limit(let limit):
        if !self.problem.limits.soft || !soft.contains(limit) || !(slack.amount > 0) {
          self.report(.slack, "\(slack.amount) \(slack.unit) of \(limit.rawValue)")
        }
      case .otherLoad:
        if !(slack.amount > 0) { self.report(.slack, "\(slack.amount) kW of other load") }
      }
    }
    for (index, slot) in self.problem.slots.enumerated() {
      guard let cap = slot.importCap?.value else { continue }
      let renewable = slot.renewable.map(\.value).min() ?? 0
      let excess = slot.otherLoad.value - renewable - cap
      guard excess > 1e-5 else { continue }
      let isReported = self.plan.slack.contains { slack in
        slack.cause == .otherLoad && slack.window.contains(slot.slot.start)
          && !self.exceeds(excess, slack.amount)
      }
      if !isReported {
        self.report(.slack, slot: index, "\(excess) kW of other load above the cap go unreported")
      }
    }
  }

  /// The sums and the objective follow from the slots.
  mutating func checkAccounts() {
    var sums = (energy: 0.0, carbon: 0.0, bonus: 0.0, co2: 0.0, hours: 0.0, load: 0.0, imported: 0.0)
    var flows = (absorbed: 0.0, exported: 0.0, curtailed: 0.0)
    let weights = self.problem.weights
    var scenarioCosts = self.problem.scenarioWeights.map { _ in 0.0 }
    for (index, planned) in self.plan.slots.enumerated() {
      let slot = self.problem.slots[index]
      let hours = planned.slot.hours
      let rigLoad = self.rigLoad(index)
      sums.hours += planned.running.reduce(0, +) * hours
      sums.load += planned.load.value * hours
      sums.imported += planned.imported.value * hours
      flows.absorbed += planned.absorbed.value * hours
      flows.exported += planned.exported.value * hours
      flows.curtailed += planned.curtailed.value * hours
      for (scenario, flow) in planned.flows.enumerated() {
        let energy =
          (flow.imported.value * slot.importPrice.value - flow.exported.value * slot.exportPrice.value)
          * hours
        let co2 = flow.imported.value * hours * slot.carbon.value / 1000
        let bonus = min(flow.absorbed.value, rigLoad) * hours * weights.renewableBonus.value
        let weight = self.problem.scenarioWeights[scenario]
        sums.energy += weight * energy
        sums.co2 += weight * co2
        sums.carbon += weight * co2 * weights.carbonPrice.value
        sums.bonus += weight * bonus
        scenarioCosts[scenario] += energy + co2 * weights.carbonPrice.value - bonus
      }
    }
    let (starts, startCost, revenue) = self.switching()
    let totals = self.plan.totals
    let pairs = [
      (totals.energyCost.value, sums.energy), (totals.carbonCost.value, sums.carbon),
      (totals.bonus.value, sums.bonus), (totals.co2.value, sums.co2), (totals.rigHours, sums.hours),
      (totals.load.value, sums.load), (totals.imported.value, sums.imported),
      (totals.absorbed.value, flows.absorbed), (totals.exported.value, flows.exported),
      (totals.curtailed.value, flows.curtailed), (totals.starts, starts), (totals.startCost.value, startCost),
      (totals.revenue.value, revenue),
    ]
    for (stated, found) in pairs where self.differs(stated, found) {
      self.report(.totals, "\(stated) is stated where the slots add up to \(found)")
    }
    let certain = startCost - revenue
    var objective = sums.energy + sums.carbon - sums.bonus + certain
    if weights.cvarWeight > 0 {
      objective += weights.cvarWeight * self.tailMean(scenarioCosts.map { $0 + certain })
    }
    if self.differs(self.plan.objective, objective) {
      self.report(.objective, "\(self.plan.objective) is stated where the plan costs \(objective)")
    }
    if self.plan.bound.isNaN || self.exceeds(self.plan.bound, self.plan.objective) {
      self.report(.objective, "the bound \(self.plan.bound) is above the objective \(self.plan.objective)")
    }
  }

  private func switching() -> (starts: Double, cost: Double, revenue: Double) {
    var result = (starts: 0.0, cost: 0.0, revenue: 0.0)
    for (index, bank) in self.problem.banks.enumerated() {
      var before = Double(bank.runningFor.count)
      for planned in self.plan.slots {
        let count = planned.running[index]
        result.starts += max(0, count - before)
        result.cost += max(0, count - before) * bank.startCost.value
        result.revenue += count * planned.slot.hours * bank.revenuePerRigHour.value
        before = count
      }
    }
    return result
  }

  /// The least over a quantile q of `q + E[max(0, cost - q)] / (1 - alpha)`; one of the costs attains it.
  private func tailMean(_ costs: [Double]) -> Double {
    let tail = 1 - self.problem.weights.cvarAlpha
    return costs.map { quantile in
      zip(costs, self.problem.scenarioWeights).reduce(quantile) { $0 + $1.1 * max(0, $1.0 - quantile) / tail }
    }.min() ?? 0
  }
}
