import Control
import Quantities
import SiteModel

/// A controller in a quiet hour: half of its rigs run as planned and every meter tells the truth.
struct QuietController {
  private static let start = UTCInstant(seconds: 1_750_000_000)

  private var controller: Controller
  private var effects: [ControlEffect] = []
  private var now = Moment(monotonic: MonotonicInstant(milliseconds: 0), wall: Self.start)
  private let draw: Double
  private let hours = 1.0 / 3600
  private var running = 0
  /// kWh since the start, the same on the grid meter and the bank's: the sun does not shine.
  private var energy = 0.0

  /// Nil when the rigs did not come on and the controller did not come to rest, which would make the figures worthless.
  init?(rigs count: Int) {
    let site = Site.benchmark(rigs: count)
    self.draw = site.banks[0].draw.value
    self.controller = Controller(site: site, startedAt: self.now)
    self.tick()
    self.tick()
    let half = count / 2
    let step = PlanDirective.Step(
      slot: Slot(start: self.now.wall, length: .hours(24 * 365)), running: [half],
      expectedImport: site.banks[0].draw * Double(half))
    self.handle(.plan(PlanDirective(id: 1, steps: [step])))
    // The stagger lets one rig on every two seconds; then every proof must have been judged.
    for _ in 0..<2 * half + 3600 { self.tick() }
    guard self.running == half, self.effects == [.heartbeat] else { return nil }
  }

  /// One second: three readings and the tick.
  mutating func tick() {
    self.now.monotonic = self.now.monotonic.advanced(byMilliseconds: 1000)
    self.now.wall = self.now.wall.advanced(byMilliseconds: 1000)
    self.effects.removeAll(keepingCapacity: true)
    let power = Kilowatts(self.draw * Double(self.running))
    self.energy += power.value * self.hours
    for (meter, power) in [power, .zero, power].enumerated() {
      let forward = meter == 1 ? KilowattHours.zero : KilowattHours(self.energy)
      self.controller.handle(
        .reading(
          MeterReading(
            meter: meter, power: power, forward: forward, reverse: .zero, takenAt: self.now.monotonic)),
        at: self.now, into: &self.effects)
    }
    self.controller.handle(.tick(ClockEvidence(isSynchronised: true)), at: self.now, into: &self.effects)
    self.obey()
  }

  private mutating func handle(_ event: ControlEvent) {
    self.controller.handle(event, at: self.now, into: &self.effects)
  }

  /// Relays that do as they are told.
  private mutating func obey() {
    guard self.effects.count > 1 else { return }
    for case .switchRelay(let command) in self.effects {
      self.running += command.closed ? 1 : -1
      self.handle(.relaySent(command.rig, closed: command.closed, accepted: true))
      self.handle(.relayReadBack(command.rig, closed: command.closed))
    }
  }
}
