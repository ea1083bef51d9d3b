import Control
import Quantities
import SiteModel
import Testing

/// Random lives of a controller, judged by code that is not the controller.
struct PropertyTests {
  @Test(arguments: UInt64(1)...40)
  func `keeps the invariants with honest devices`(seed: UInt64) {
    var life = RandomLife(seed: seed)
    for _ in 0..<4000 where !life.live() { break }
    #expect(life.judge.faults.isEmpty, "seed \(seed)")
    #expect(life.closes > 0)
  }

  @Test(arguments: UInt64(1)...40)
  func `never traps, and keeps its form, on whatever comes`(seed: UInt64) {
    var chaos = Chaos(seed: seed)
    for _ in 0..<3000 { chaos.step() }
    #expect(chaos.faults.isEmpty, "seed \(seed)")
    #expect(chaos.ticks > 500)
  }
}

/// Events of every kind with every kind of nonsense in them.
private struct Chaos {
  private var generator: SplitMix64
  private var controller: Controller
  private var now = Moment(monotonic: seconds(0), wall: UTCInstant(seconds: 1_735_732_800))
  private(set) var faults: [String] = []
  private(set) var ticks = 0
  private var lastClose: MonotonicInstant?
  private let stagger = Duration.seconds(2)

  init(seed: UInt64) {
    self.generator = SplitMix64(seed: seed)
    let banks = [benchBank("a", startsPerDay: 3, fallback: .hold(.seconds(5))), benchBank("b", count: 2)]
    let meters = [
      Meter(name: "g", subject: .grid), Meter(name: "a", subject: .bank(0)),
      Meter(name: "x", subject: .bank(99)), Meter(name: "pv", subject: .generation),
    ]
    let control = ControlSettings(stagger: self.stagger, trimHold: .seconds(3))
    self.controller = Controller(
      site: benchSite(banks: banks, meters: meters, control: control), startedAt: self.now)
  }

  mutating func step() {
    self.passTime()
    let event = self.event()
    let effects = self.controller.handle(event, at: self.now)
    if case .tick = event {
      self.ticks += 1
      if effects.last != .heartbeat { self.faults.append("no heartbeat") }
    }
    for (index, effect) in effects.enumerated() {
      guard case .switchRelay(let command) = effect else { continue }
      let isDecided = index > 0 && effects[index - 1] == .record(.decision(command))
      // An open that is sent once more needs no new decision.
      if !isDecided, command.closed { self.faults.append("no decision") }
      guard command.closed else { continue }
      let at = max(self.now.monotonic, self.lastClose ?? self.now.monotonic)
      if let last = self.lastClose, at - last < self.stagger { self.faults.append("stagger") }
      self.lastClose = at
    }
    let status = self.controller.status()
    for (bank, count) in [4, 2].enumerated() {
      let closed = status.rigs.count { $0.rig.bank == bank && $0.isClosed }
      if closed != status.banks[bank].running || closed > count { self.faults.append("a wrong count") }
    }
  }

  private mutating func passTime() {
    switch self.generator.below(60) {
    case 0: self.now.monotonic = self.wildInstant()
    case 1: self.now.wall = UTCInstant(milliseconds: Int64(truncatingIfNeeded: self.generator.next()))
    case 2: self.now.wall = UTCInstant(milliseconds: self.generator.chance(0.5) ? .max : .min)
    default:
      let pace = Int64(self.generator.below(2000))
      self.now.monotonic = self.now.monotonic.advanced(byMilliseconds: pace)
      self.now.wall = self.now.wall.advanced(byMilliseconds: pace)
    }
  }

  private mutating func wildInstant() -> MonotonicInstant {
    // The far future would leave no time for anything else.
    let wild = [self.now.monotonic.milliseconds / 2, -1, .min, self.now.monotonic.milliseconds + 7_200_000]
    return ms(wild[self.generator.below(wild.count)])
  }

  private mutating func number() -> Int {
    let wild = [Int.min, -1, 0, 0, 0, 1, 1, 2, 3, 4, 99, Int.max]
    return wild[self.generator.below(wild.count)]
  }

  private mutating func power() -> Kilowatts {
    let wild = [0, 5, 8, 12, -3, 49, 60, 80, 1e308, -1e308, 1e-300, -0.0]
    return Kilowatts(wild[self.generator.below(wild.count)])
  }

  private mutating func rig() -> RigID { RigID(bank: self.number(), rig: self.number()) }

  private mutating func event() -> ControlEvent {
    let chance = self.generator.chance(0.5)
    switch self.generator.below(24) {
    case 0..<8:
      return .tick(ClockEvidence(isSynchronised: self.generator.chance(0.97), wasSetByBattery: chance))
    case 8..<14: return .reading(self.reading(meter: self.generator.below(4)))
    case 14: return .reading(self.reading(meter: self.number()))
    case 15: return .readingFailed(meter: self.number(), .exception)
    case 16: return .plan(self.plan())
    case 17:
      return self.generator.chance(0.2)
        ? .planWithdrawn("x") : .relaySent(self.rig(), closed: chance, accepted: true)
    case 18: return .relaySent(self.rig(), closed: chance, accepted: self.generator.chance(0.7))
    case 19, 20: return .relayReadBack(self.rig(), closed: chance)
    case 21:
      let expires = chance ? self.now.wall + .hours(1) : UTCInstant(milliseconds: .max)
      return .overrideSet(Override(bank: self.number(), running: self.number(), expires: expires, by: "x"))
    case 22: return self.generator.chance(0.3) ? .lockOut(self.rig(), why: "x") : .lockOutCleared(self.rig())
    default:
      switch self.generator.below(4) {
      case 0: return .emergencyStop(self.generator.chance(0.2))
      case 1: return .clockConfirmed
      case 2: return .storeFailed(self.generator.chance(0.2))
      default: return .overrideCleared(bank: self.number())
      }
    }
  }

  private mutating func reading(meter: Int) -> MeterReading {
    let takenAt = self.generator.chance(0.9) ? self.now.monotonic : self.wildInstant()
    let counter = self.generator.chance(0.5) ? KilowattHours(self.power().value) : nil
    return MeterReading(
      meter: meter, power: self.power(), forward: counter, reverse: counter, takenAt: takenAt)
  }

  private mutating func plan() -> PlanDirective {
    let isSound = self.generator.chance(0.8)
    let steps = (0..<self.generator.below(4)).compactMap { number in
      Slot(start: self.now.wall + .hours(number), end: self.now.wall + .hours(number + 1))
    }.map { slot in
      PlanDirective.Step(
        slot: slot,
        running: isSound
          ? [self.generator.below(5), self.generator.below(3)] : [self.number(), self.number()],
        expectedImport: self.power(), trimLimit: isSound ? [4, 2] : [self.number()])
    }
    return PlanDirective(id: Int64(self.number()), steps: steps)
  }
}
