import Control
import HiGHSSolver
import Planning
import Quantities
import SiteController
import SiteModel
import Testing

/// What the planner knows of a bank that a person holds at a number of rigs.
struct OverridePlanningTests {
  private func stored(_ site: LivingSite) throws -> StoredPlan {
    let plan = try #require(site.engine.plan?.plan)
    return try StoredPlan(problemJSON: plan.problemJSON, planJSON: plan.planJSON)
  }

  private func override(_ site: inout LivingSite, level: String, for length: String) {
    site.wish(
      PersonsWish.override(
        "rigs", level: level, for: length, by: "test", site: site.engine.site, now: site.now.wall))
    site.run(seconds: 5)
  }

  @Test(arguments: [
    ("off", [0.0, 0, 0, 0, 0, 4, 4]), ("on", [4, 4, 4, 4, 4, 4, 4]), ("3", [3, 3, 3, 3, 3, 4, 4]),
  ])
  func `the plan runs what the person said while it lasts, and what pays afterwards`(
    level: String, counts: [Double]
  ) throws {
    var site = LivingSite(LivingSite.site(), at: .hours(11))
    site.run(seconds: 60)
    // Without a person all run but from twelve to one, when energy costs more than a rig earns.
    #expect(try self.stored(site).running[0].prefix(6) == [4, 4, 0, 0, 4, 4])
    self.override(&site, level: level, for: "2h")
    // The slot at one o'clock is begun with the override and counts whole.
    #expect(try self.stored(site).running[0].prefix(7) == counts[...])
  }

  @Test func `its end frees the plan`() throws {
    var site = LivingSite(LivingSite.site(), at: .hours(11))
    site.run(seconds: 60)
    self.override(&site, level: "off", for: "10 min")
    #expect(try self.stored(site).running[0].prefix(3) == [0, 4, 0])
    site.run(seconds: 700)
    #expect(try self.stored(site).running[0].prefix(3) == [4, 4, 0])
    #expect(try self.stored(site).problem.banks[0].fixed.isEmpty)
  }

  @Test func `the day's rig-hours leave room for what a person asks`() throws {
    var site = LivingSite(LivingSite.site { $0.planner.maximumRigHoursPerDay = 2 }, at: .hours(11))
    site.run(seconds: 60)
    self.override(&site, level: "on", for: "3h")
    #expect(try self.stored(site).running[0].prefix(7) == [4, 4, 4, 4, 4, 4, 4])
  }

  @Test func `what the cap forbids is left out, and the plan says so`() throws {
    var site = LivingSite(LivingSite.site { $0.grid.importCap = Kilowatts(9) }, at: .hours(11))
    site.run(seconds: 60)
    self.override(&site, level: "on", for: "3h")
    let plan = try #require(site.engine.plan?.plan)
    #expect(plan.cause.contains("override"))
    #expect(plan.steps[0].running == [2])
  }
}
