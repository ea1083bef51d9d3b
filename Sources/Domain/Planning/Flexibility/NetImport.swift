import Quantities

extension ProblemGrid {
  /// Import less export at a rig load, in kW, expected over the scenarios.
  func netImport(_ slot: Int, rigLoad: Double) -> Double {
    (0..<self.scenarioCount).reduce(0) { sum, scenario in
      let flow = Dispatch.cheapest(rigLoad: rigLoad, slot: slot, scenario: scenario, in: self)
      return sum + self.weights[scenario] * (flow.imported - flow.exported)
    }
  }

  /// The rig load nearest to `load`, going towards `other`, whose import less export is that of `load`: where surplus
  /// spills, a whole range of loads shows the same at the grid connection.
  func sameNetImport(_ slot: Int, as load: Double, towards other: Double) -> Double {
    let target = self.netImport(slot, rigLoad: load)
    var same = load
    var different = other
    if abs(self.netImport(slot, rigLoad: other) - target) < 1e-9 { return other }
    for _ in 0..<60 {
      let middle = (same + different) / 2
      if abs(self.netImport(slot, rigLoad: middle) - target) < 1e-9 {
        same = middle
      } else {
        different = middle
      }
    }
    return same
  }
}
