import Control
import HiGHSSolver
import Planning
import Ports
import Quantities
import SiteController
import SiteModel
import Testing

/// What a person or a contract asks of a site in a stretch of time, and what its flexibility earns.
struct DemandResponseTests {
  private func add(
    _ site: inout LivingSite, from: String, to: String, cap: String = "", price: String = ""
  ) {
    site.wish(
      PersonsWish.demandEvent(
        "evening", from: from, to: to, cap: cap, price: price, site: site.engine.site, now: site.now.wall))
  }

  private func problem(_ site: LivingSite) throws -> StoredPlan {
    let plan = try #require(site.engine.plan?.plan)
    return try StoredPlan(problemJSON: plan.problemJSON, planJSON: plan.planJSON)
  }

  @Test func `a cap holds in every slot it touches, less the margin, and the rigs follow`() throws {
    var site = LivingSite(LivingSite.site { $0.planner.planningMargin = Kilowatts(1) }, at: .hours(11))
    site.run(seconds: 60)
    #expect(site.running == 4)
    self.add(&site, from: "11:10", to: "12:10", cap: "9")
    site.run(seconds: 60)
    let stored = try self.problem(site)
    #expect(stored.problem.slots.prefix(4).map { $0.importCap?.value } == [8, 8, 8, 39])
    // Two kW of other load and two rigs are what 8 kW hold.
    #expect(site.running == 2)
    #expect(site.why(site.idle)?.bindings.first?.constraint == "import_cap")
  }

  @Test func `the import guard keeps the event's cap when the load is more than was foreseen`() {
    var site = LivingSite(LivingSite.site { $0.planner.planningMargin = Kilowatts(1) }, at: .hours(11))
    site.run(seconds: 60)
    self.add(&site, from: "11:10", to: "12:10", cap: "9")
    site.run(seconds: 600)
    #expect(site.running == 2)
    site.other = 5
    site.run(seconds: 30)
    #expect(site.running == 1)
  }

  @Test func `a price counts for the part of a slot it covers, and never in the record`() throws {
    var site = LivingSite(LivingSite.site(), at: .hours(13))
    site.run(seconds: 60)
    self.add(&site, from: "13:30", to: "14:15", price: "20")
    site.run(seconds: 5)
    let stored = try self.problem(site)
    #expect(
      stored.problem.slots.prefix(4).map { ($0.importPrice.value * 1e9).rounded() / 1e9 } == [10, 30, 20, 10])
    // At 30 a rig-hour costs 90 and earns 45; at 20 it costs 60.
    #expect(stored.running[0].prefix(4) == [4, 0, 0, 4])
    #expect(site.engine.plan?.plan.terms.allSatisfy { $0.importPrice != 20 } == true)
  }

  @Test func `an event outlives the process, can be taken away, and ends by itself`() throws {
    var site = LivingSite(LivingSite.site(), at: .hours(11))
    site.run(seconds: 60)
    self.add(&site, from: "12:00", to: "13:00", cap: "5")
    site.run(seconds: 2)
    let checkpoint = try #require(site.lastCheckpoint)
    let again = SiteEngine(
      site: site.engine.site, recovered: Recovered(checkpoint: checkpoint), identity: .test,
      now: site.now)
    #expect(again.demandEvents.map(\.name) == ["evening"])
    #expect(again.demandEvents == site.engine.demandEvents)
    site.wish(
      PersonsWish.cancelDemandEvent("evening", among: site.engine.demandEvents, site: site.engine.site))
    #expect(site.engine.demandEvents.isEmpty)
    self.add(&site, from: "11:05", to: "11:06", cap: "5")
    site.run(seconds: 600)
    self.add(&site, from: "15:00", to: "16:00", cap: "6")
    #expect(site.engine.demandEvents.map { $0.importCap?.value } == [6])
  }

  @Test(arguments: [
    ("17:00", "16:00", "5", ""), ("17:00", "18:00", "", ""), ("17:00", "18:00", "-1", ""),
    ("17:00", "18:00", "", "nan"), ("03:00", "04:00", "5", ""), ("five", "18:00", "5", ""),
  ])
  func `is refused when it makes no sense`(from: String, to: String, cap: String, price: String) {
    let wish = PersonsWish.demandEvent(
      "e", from: from, to: to, cap: cap, price: price, site: LivingSite.site(),
      now: LivingSite.midnight + .hours(11))
    guard case .failure(let refusal) = wish else {
      Issue.record("it was taken")
      return
    }
    #expect(!refusal.text.isEmpty)
  }

  // MARK: Revenue

  private func flexible() throws -> FlexiblePlan {
    let start = LivingSite.midnight
    var problem = PlanProblem(
      slots: (0..<16).map { index in
        ProblemSlot(
          slot: Slot(start: start + .minutes(30 * index), length: .minutes(30)),
          importPrice: EnergyPrice(10), importCap: Kilowatts(20))
      }, banks: [ProblemBank(name: "a", rigs: 4, draw: Kilowatts(2), revenuePerRigHour: Money(30))])
    problem.solver.timeLimit = nil
    guard case .planned(let plan) = try Planner.flexibility(problem, solver: HiGHSSolver()) else {
      throw CancellationError()
    }
    return plan
  }

  @Test func `energy is paid by the kWh, and a half-hour moves half its power`() throws {
    let product = FlexibilityProduct(name: "w", direction: .down, rate: .energy(EnergyPrice(7)))
    let revenue = FlexibilityRevenue(product, of: try self.flexible(), zone: .utc)
    #expect(revenue.sales.count == 16)
    // 8 kW for half an hour are 4 kWh: 28 paid, 20 of revenue lost.
    #expect(revenue.sales.allSatisfy { abs($0.revenue.value - 28) < 1e-6 && abs($0.cost.value - 20) < 1e-3 })
    #expect(abs(revenue.total.value - 8) < 1e-3)
    let cheap = FlexibilityProduct(name: "w", direction: .down, rate: .energy(EnergyPrice(4)))
    #expect(FlexibilityRevenue(cheap, of: try self.flexible(), zone: .utc).best == nil)
  }

  @Test func `power held ready is paid by the kW and hour in whole blocks`() throws {
    let product = FlexibilityProduct(
      name: "dm", direction: .down, rate: .availability(0.5), block: .hours(4))
    let revenue = FlexibilityRevenue(product, of: try self.flexible(), zone: .utc)
    #expect(revenue.sales.map(\.window.hours) == [4, 4])
    #expect(revenue.sales.allSatisfy { $0.power == Kilowatts(8) && $0.revenue == Money(16) })
    #expect(revenue.total == Money(32))
    let large = FlexibilityProduct(
      name: "dm", direction: .down, rate: .availability(0.5), minimum: Kilowatts(1000))
    #expect(FlexibilityRevenue(large, of: try self.flexible(), zone: .utc).sales.isEmpty)
  }
}
