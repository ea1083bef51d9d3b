import Control
import Foundation
import JSONText
import Planning
import Quantities
import SiteController
import SiteModel
import Testing

/// A state of a site in which one of its rigs is as it is for one reason.
struct WhyCase: Sendable, CustomTestStringConvertible {
  let name: String
  let make: @Sendable () -> (site: LivingSite, rig: String)
  var testDescription: String { self.name }

  init(_ name: String, _ make: @escaping @Sendable () -> (LivingSite, String)) {
    self.name = name
    self.make = make
  }

  /// A site that has lived for some minutes; its first idle rig is asked about.
  private static func idle(
    _ name: String, at time: Duration = .hours(11), seconds: Int = 120,
    _ change: @escaping @Sendable (inout Site) -> Void,
    then: @escaping @Sendable (inout LivingSite) -> Void = { _ in }
  ) -> WhyCase {
    WhyCase(name) {
      var site = LivingSite(LivingSite.site(change), at: time)
      site.run(seconds: seconds)
      then(&site)
      return (site, site.idle)
    }
  }

  static let all: [WhyCase] = [
    .idle("price", at: .minutes(719)) { _ in },
    .idle("import-cap", seconds: 600) { $0.grid.importCap = Kilowatts(10) },
    .idle("dwell") { $0.banks[0].minimumOff = .minutes(45) },
    .idle("dwell-at-the-controller", { $0.banks[0].minimumOff = .minutes(45) }) { site in
      site.wish(
        PersonsWish.override(
          "rigs-1", level: "on", for: "2h", by: "Ann", site: site.engine.site, now: site.now.wall))
      site.run(seconds: 5)
    },
    .idle("rig-hours") {
      $0.planner.maximumRigHoursPerDay = 6
      $0.importTariff = .profile(Self.steps([(0, 10), (18, 9), (20, 10)]))
    },
    WhyCase("job-not-released") {
      var site = LivingSite(
        LivingSite.site {
          $0.banks[0].revenuePerRigHour = .zero
          $0.importTariff = .profile(Self.steps([(0, 10), (13, 20), (16, 30)]))
        }, at: .hours(11))
      site.jobs = [
        ProblemJob(
          name: "train-7", bank: "rigs", rigHours: 2, maximumRigs: 2,
          release: LivingSite.midnight + .hours(14), deadline: LivingSite.midnight + .hours(16))
      ]
      site.run(seconds: 120)
      return (site, site.idle)
    },
    .idle("stale-meter", { _ in }) { site in
      site.meterWorks = false
      site.run(seconds: 90)
    },
    .idle("override", { _ in }) { site in
      site.wish(
        PersonsWish.override(
          "rigs-2", level: "off", for: "2 h", by: "Ann", site: site.engine.site, now: site.now.wall))
      site.run(seconds: 5)
    },
    .idle("lock-out", { _ in }) { site in
      site.wish(PersonsWish.lockOut("rigs-3", why: "the fan screams (Ann)", site: site.engine.site))
      site.run(seconds: 5)
    },
    .idle("import-guard", { _ in }) { site in
      site.other = 38
      site.run(seconds: 20)
    },
    .idle("carbon-ceiling") {
      $0.carbon = .fixed(500)
      $0.planner.importCarbonCeiling = 450
    },
    .idle("average-carbon") {
      $0.carbon = .profile(Self.steps([(0, 500), (12, 100)]))
      $0.planner.averageCarbonCap = 120
    },
    .idle("quiet-window") {
      guard let from = TimeOfDay(minutes: 600), let to = TimeOfDay(minutes: 780) else { return }
      $0.planner.quietWindows = [PlannerSettings.Window(from: from, to: to)]
    },
    .idle("start-limit") { $0.banks[0].maximumStartsPerDay = 0 },
    WhyCase("untrusted-clock") {
      var site = LivingSite(LivingSite.site(), at: .hours(11))
      site.isSynchronised = false
      site.run(seconds: 120)
      return (site, site.idle)
    },
    .idle("emergency-stop", { _ in }) { site in
      site.send(.emergencyStop(true))
      site.run(seconds: 2)
    },
    .idle("record-not-written", { _ in }) { site in
      site.storeWorks = false
      site.wish(PersonsWish.lockOut("rigs-4", why: "test", site: site.engine.site))
      site.run(seconds: 90)
    },
    WhyCase("no-plan") {
      var site = LivingSite(LivingSite.site(), at: .hours(11))
      site.plans = false
      site.run(seconds: 120)
      return (site, site.idle)
    },
    WhyCase("on-because-it-pays") {
      var site = LivingSite(LivingSite.site(), at: .hours(11))
      site.run(seconds: 120)
      return (site, site.busy)
    },
    WhyCase("on-because-it-must") {
      var site = LivingSite(
        LivingSite.site { $0.banks[0].minimumRunning = 1 }, at: .minutes(719))
      site.run(seconds: 120)
      return (site, site.busy)
    },
  ]

  private static func steps(_ steps: [(hour: Int, value: Double)]) -> DailyProfile {
    DailyProfile(
      steps: steps.compactMap { step in
        TimeOfDay(minutes: step.hour * 60).map { DailyProfile.Step(from: $0, value: step.value) }
      }) ?? .constant(0)
  }
}

/// `Why/NAME.txt` is the answer in words and as data. With RIGSHIFT_RECORD=1 in the environment the answers are written
/// anew, to be read in the diff.
struct WhyTests {
  @Test(arguments: WhyCase.all)
  func `every reason has its golden answer`(reason: WhyCase) throws {
    let (site, rig) = reason.make()
    let answer = try #require(site.why(rig))
    let text = "\(answer.sentence)\n\n\(answer.json.text(pretty: true))\n"
    let path = "\(URL(fileURLWithPath: #filePath).deletingLastPathComponent().path)/Why/\(reason.name).txt"
    if ProcessInfo.processInfo.environment["RIGSHIFT_RECORD"] != nil {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(try text == String(contentsOfFile: path, encoding: .utf8))
    #expect(answer.isOn == reason.name.hasPrefix("on-"))
    #expect(!answer.bindings.isEmpty)
    #expect(answer.sentence.hasSuffix(".") && !answer.sentence.dropLast().contains(". "))
  }

  @Test func `a coming slot is answered from the plan in force`() throws {
    var site = LivingSite(LivingSite.site(), at: .hours(11))
    site.run(seconds: 120)
    let noon = try #require(site.why("rigs-1", at: LivingSite.midnight + .minutes(745)))
    #expect(noon.isOn == false)
    #expect(noon.bindings.first?.constraint == "price")
    #expect(noon.json["turn_on"]?["cost"]?.double.map { abs($0 - (45 - 22.5)) < 1e-6 } == true)
    #expect(noon.json["marginal_price_per_kwh"]?.double.map { abs($0 - 30) < 1e-6 } == true)
    let after = try #require(site.why("rigs-1", at: LivingSite.midnight + .hours(14)))
    #expect(after.isOn == true)
    let never = try #require(site.why("rigs-1", at: LivingSite.midnight + .hours(72)))
    #expect(never.isOn == nil)
    #expect(site.why("rigs-1", at: LivingSite.midnight) == nil)
  }
}
