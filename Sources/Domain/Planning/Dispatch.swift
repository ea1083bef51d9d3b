/// Where one slot's power goes in one scenario, in kW: what is imported, used from renewables, exported, curtailed.
struct Dispatch {
  var imported: Double
  var absorbed: Double
  var exported: Double
  var curtailed: Double
  /// Currency per hour: imports less export income less the bonus on what rigs absorb.
  var cost: Double

  /// The cheapest flow for a given rig load. Import, export and curtailment follow from the prices alone once the
  /// load is known, so the counts of rigs are all a plan decides. A load outside the caps is served all the same.
  static func cheapest(rigLoad: Double, slot: Int, scenario: Int, in grid: ProblemGrid) -> Dispatch {
    let load = rigLoad + grid.otherLoad[slot]
    let renewable = grid.renewable(slot, scenario)
    let most = min(load, renewable)
    let exportPrice = grid.exportPrice[slot]
    func flow(absorbed: Double, exported: Double) -> Dispatch {
      let imported = load - absorbed
      let cost =
        grid.importPrice[slot] * imported - exportPrice * exported - grid.bonus * min(absorbed, rigLoad)
      return Dispatch(
        imported: imported, absorbed: absorbed, exported: exported,
        curtailed: renewable - absorbed - exported,
        cost: cost)
    }
    // All of the rest is exported: using less on site would import and export at the same instant.
    guard grid.curtailable else { return flow(absorbed: most, exported: renewable - most) }
    let cap = min(grid.importCap(slot, scenario), grid.ceiling[slot])
    let least = min(most, max(0, load - cap))
    var best = flow(absorbed: most, exported: 0)
    // Where import pays, renewables may be spilled: to the point where the bonus is lost, or to the cap.
    for absorbed in [max(least, min(most, rigLoad)), least] {
      let candidate = flow(absorbed: absorbed, exported: 0)
      if candidate.cost < best.cost { best = candidate }
    }
    if exportPrice > 0, grid.importPrice[slot] >= exportPrice || most == load {
      let candidate = flow(absorbed: most, exported: min(grid.exportCap[slot], renewable - most))
      if candidate.cost < best.cost { best = candidate }
    }
    return best
  }

  /// Expected currency per hour of a rig load in a slot.
  static func expectedCost(rigLoad: Double, slot: Int, in grid: ProblemGrid) -> Double {
    var cost = 0.0
    for scenario in 0..<grid.scenarioCount {
      cost +=
        grid.weights[scenario]
        * Self.cheapest(rigLoad: rigLoad, slot: slot, scenario: scenario, in: grid).cost
    }
    return cost
  }
}
