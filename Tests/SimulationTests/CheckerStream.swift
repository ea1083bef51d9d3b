import Control
import Ports
import Quantities
import SiteModel
import Simulation

/// A hand-made stream of observations with a checker at its end: a site at peace, from which each test departs.
struct CheckerStream {
  let site: Site
  private(set) var checker: InvariantChecker
  /// Seconds since the run began.
  private(set) var second: Int64 = 0
  var grid = Kilowatts(10)
  /// What the meter shows; nil follows `grid`.
  var evidence: GridEvidence?
  var allowed: [Int]
  var expected: [Int]?
  var isAlive = true
  var isClockTrustworthy = true
  var isStoreFailing = false
  var isDisturbed = false
  var unreliable: [RigID] = []
  private var storeFailing: MonotonicInstant?

  init(_ site: Site = .simulated()) {
    self.site = site
    self.allowed = site.banks.map(\.count)
    self.checker = InvariantChecker(
      site: site, start: MonotonicInstant(milliseconds: 0), wall: start)
  }

  var violated: [Invariant] { Invariant.allCases.filter { self.checker.log.count(of: $0) > 0 } }
  var sentences: [String] { self.checker.log.kept.map(\.sentence) }

  /// Lets time pass, then makes the switches in the last tick, commanded by `authority` or by nobody.
  mutating func run(
    _ seconds: Int = 1, _ switches: [(RigID, closed: Bool)] = [], by authority: Authority? = .plan
  ) {
    for _ in 0..<(seconds - 1) { self.tick([], by: nil) }
    self.tick(switches, by: authority)
  }

  mutating func close(_ rigs: [RigID]) {
    for rig in rigs { self.run(2, [(rig, closed: true)]) }
  }

  mutating func check(_ record: SlotRecord, _ truth: SlotTruth?) {
    self.checker.check(record, truth: truth, now: self.now, wall: start)
  }

  private var now: MonotonicInstant { MonotonicInstant(milliseconds: self.second * 1000) }

  private mutating func tick(_ switches: [(RigID, closed: Bool)], by authority: Authority?) {
    self.second += 1
    self.storeFailing = self.isStoreFailing ? self.storeFailing ?? self.now : nil
    let commands = switches.flatMap { rig, closed in
      authority.map { [RelayCommand(rig: rig, closed: closed, authority: $0, reason: .noPlan)] } ?? []
    }
    self.checker.check(
      TickObservation(
        now: self.now, wall: start + .seconds(self.second), gridPower: self.grid,
        importCap: self.site.importCap(at: start + .seconds(self.second)),
        grid: self.evidence ?? .truthful(self.grid, ageMilliseconds: 0),
        transitions: switches.map { LineTransition(rig: $0.0, closed: $0.closed, at: self.now) },
        unreliable: self.unreliable, isClockTrustworthy: self.isClockTrustworthy,
        storeFailing: self.storeFailing,
        isDisturbed: self.isDisturbed,
        control: ControlFacts(
          isAlive: self.isAlive, commands: commands, allowed: self.allowed, expected: self.expected)))
  }
}
