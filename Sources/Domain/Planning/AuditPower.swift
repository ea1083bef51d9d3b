import Quantities

extension AuditRun {
  mutating func checkPower() {
    for (index, planned) in self.plan.slots.enumerated() {
      let slot = self.problem.slots[index]
      let rigLoad = self.rigLoad(index)
      if self.differs(planned.load.value, rigLoad + slot.otherLoad.value) {
        self.report(.balance, slot: index, "the load is \(planned.load.value) kW, not what the rigs draw")
      }
      if let least = slot.minimumRigLoad?.value, self.exceeds(least, rigLoad) {
        self.report(.rigLoad, slot: index, "rigs draw \(rigLoad) kW, at least \(least) kW")
      }
      if let most = slot.maximumRigLoad?.value, self.exceeds(rigLoad, most) {
        self.report(.rigLoad, slot: index, "rigs draw \(rigLoad) kW, at most \(most) kW")
      }
      var expected = (imported: 0.0, absorbed: 0.0, exported: 0.0, curtailed: 0.0)
      for (scenario, flow) in planned.flows.enumerated() {
        let renewable = slot.renewable[slot.renewable.count == 1 ? 0 : scenario].value
        self.check(flow, index, renewable: renewable, rigLoad: rigLoad)
        let weight = self.problem.scenarioWeights[scenario]
        expected.imported += weight * flow.imported.value
        expected.absorbed += weight * flow.absorbed.value
        expected.exported += weight * flow.exported.value
        expected.curtailed += weight * flow.curtailed.value
      }
      if self.differs(planned.imported.value, expected.imported)
        || self.differs(planned.absorbed.value, expected.absorbed)
        || self.differs(planned.exported.value, expected.exported)
        || self.differs(planned.curtailed.value, expected.curtailed)
      {
        self.report(.expectation, slot: index, "the powers are not the scenarios' expectations")
      }
    }
  }

  private mutating func check(_ flow: PowerFlow, _ index: Int, renewable: Double, rigLoad: Double) {
    let slot = self.problem.slots[index]
    let load = rigLoad + slot.otherLoad.value
    let (imported, absorbed) = (flow.imported.value, flow.absorbed.value)
    let (exported, curtailed) = (flow.exported.value, flow.curtailed.value)
    if self.differs(imported + absorbed, load) || self.differs(absorbed + exported + curtailed, renewable)
      || self.exceeds(0, min(imported, absorbed, exported, curtailed))
    {
      self.report(
        .balance, slot: index, "\(load) kW load, \(renewable) kW renewable and the flows do not add up")
    }
    if !self.problem.limits.curtailable, self.exceeds(curtailed, 0) {
      self.report(.curtailment, slot: index, "\(curtailed) kW spilled where nothing can be")
    }
    if self.exceeds(imported, 0), self.exceeds(exported, 0) {
      self.report(.exclusion, slot: index, "\(imported) kW imported while \(exported) kW are exported")
    }
    if let cap = slot.importCap?.value, self.exceeds(imported, max(cap, slot.otherLoad.value - renewable)) {
      self.report(.importCap, slot: index, "\(imported) kW, at most \(cap) kW")
    }
    if let cap = slot.exportCap?.value, self.exceeds(exported, cap) {
      self.report(.exportCap, slot: index, "\(exported) kW, at most \(cap) kW")
    }
    if let ceiling = self.problem.limits.importCarbonCeiling, slot.carbon > ceiling {
      let byRigs = imported - slot.otherLoad.value
      if self.exceeds(byRigs, self.admittedAboveCeiling(slot.slot)) {
        self.report(.carbonCeiling, slot: index, "rigs import \(byRigs) kW above the carbon ceiling")
      }
    }
  }

  private func admittedAboveCeiling(_ slot: Slot) -> Double {
    guard self.problem.limits.soft else { return 0 }
    let entries = self.plan.slack.filter { slack in
      slack.cause == .limit(.importCarbonCeiling) && slack.window.start <= slot.start
        && slot.end <= slack.window.end
    }
    return entries.map(\.amount).max() ?? 0
  }
}
