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
    let site = Site(
      rigLoad: rigLoad, load: rigLoad + grid.otherLoad[slot], renewable: grid.renewable(slot, scenario),
      importPrice: grid.importPrice[slot], exportPrice: grid.exportPrice[slot], bonus: grid.bonus)
    let most = min(site.load, site.renewable)
    // All of the rest is exported: using less on site would import and export at the same instant.
    guard grid.curtailable else { return site.flow(absorbed: most, exported: site.renewable - most) }
    var best = site.flow(absorbed: most, exported: 0)
    if site.importPrice < 0 {
      // Import pays, so renewables may be spilled: to the point where the bonus is lost, or to the cap.
      let least = min(most, max(0, site.load - min(grid.importCap(slot, scenario), grid.ceiling[slot])))
      let withBonus = site.flow(absorbed: max(least, min(most, rigLoad)), exported: 0)
      if withBonus.cost < best.cost { best = withBonus }
      let spilling = site.flow(absorbed: least, exported: 0)
      if spilling.cost < best.cost { best = spilling }
    }
    if site.exportPrice > 0, site.importPrice >= site.exportPrice || most == site.load {
      let exporting = site.flow(absorbed: most, exported: min(grid.exportCap[slot], site.renewable - most))
      if exporting.cost < best.cost { best = exporting }
    }
    return best
  }

  /// What the flow of one slot and scenario depends on.
  private struct Site {
    let rigLoad: Double
    let load: Double
    let renewable: Double
    let importPrice: Double
    let exportPrice: Double
    let bonus: Double

    func flow(absorbed: Double, exported: Double) -> Dispatch {
      let imported = self.load - absorbed
      return Dispatch(
        imported: imported, absorbed: absorbed, exported: exported,
        curtailed: self.renewable - absorbed - exported,
        cost: self.importPrice * imported - self.exportPrice * exported - self.bonus
          * min(absorbed, self.rigLoad))
    }
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
