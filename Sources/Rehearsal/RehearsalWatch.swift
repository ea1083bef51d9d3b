import Control
import Ports
import Quantities
import Simulation
import SiteController
import SiteModel

/// Judges a rehearsal by the invariants: keeps what the harness itself handed to the controller and what it carried for
/// it, and shows both to the checker with the world's truth.
struct RehearsalWatch {
  private let world: SimulatedSite
  private let site: Site
  private var checker: InvariantChecker
  private var plan: [PlanDirective.Step] = []
  private var stepIndex = 0
  private var facts: ControlFacts

  init(world: SimulatedSite) {
    self.world = world
    self.site = world.site
    self.checker = InvariantChecker(site: world.site, start: world.now, wall: world.wall)
    self.facts = ControlFacts(allowed: world.site.banks.map(\.minimumRunning), expected: nil)
  }

  var log: ViolationLog { self.checker.log }

  mutating func handedOver(_ plan: AuditedPlan) {
    self.plan = plan.steps
    self.stepIndex = 0
  }

  /// No plan is in force: none could be made, or the controller has forgotten it with its life.
  mutating func planIsGone() {
    self.plan = []
    self.stepIndex = 0
  }

  /// One tick, after everything in it has happened. `lockedOut` are the rigs of each bank that wait for a person, nil
  /// for none; a rig the controller leaves alone for a while is still expected back. `wall` is the controller's clock,
  /// by which it follows the plan.
  mutating func check(
    commands: [RelayCommand], isAlive: Bool, hasHolder: Bool, lockedOut: [Int]?, wall: UTCInstant
  ) {
    self.facts.isAlive = isAlive
    self.facts.commands = commands
    // The board's clock may have been set back.
    if self.stepIndex > 0, wall < self.plan[self.stepIndex - 1].slot.end { self.stepIndex = 0 }
    while self.stepIndex < self.plan.count, self.plan[self.stepIndex].slot.end <= wall { self.stepIndex += 1 }
    if self.stepIndex < self.plan.count, self.plan[self.stepIndex].slot.contains(wall) {
      self.expect(self.plan[self.stepIndex], lockedOut: lockedOut)
    } else {
      self.facts.expected = nil
      for bank in self.facts.allowed.indices {
        self.facts.allowed[bank] = self.site.banks[bank].minimumRunning
      }
    }
    var tick = self.world.observation(self.facts)
    // By its own clock an event may not have begun yet, or be over.
    tick.importCap = max(tick.importCap, self.site.importCap(at: wall))
    // Its death strikes within a tick, and what it leaves behind outlasts it.
    if !hasHolder { tick.isDisturbed = true }
    self.checker.check(tick)
  }

  /// Writes only what changes: the checker keeps these arrays, and a write would copy them every second.
  private mutating func expect(_ step: PlanDirective.Step, lockedOut: [Int]?) {
    if self.facts.expected == nil { self.facts.expected = step.running }
    for bank in self.facts.allowed.indices {
      self.facts.allowed[bank] = max(step.running[bank], step.trimLimit?[bank] ?? 0)
      let expected = min(step.running[bank], self.site.banks[bank].count - (lockedOut?[bank] ?? 0))
      if self.facts.expected?[bank] != expected { self.facts.expected?[bank] = expected }
    }
  }

  /// Slot records that the store has kept, each judged once.
  mutating func kept(_ records: [SlotRecord]) {
    for record in records {
      self.checker.check(
        record, truth: self.world.truth(of: record.slot), now: self.world.now, wall: self.world.wall)
    }
  }
}
