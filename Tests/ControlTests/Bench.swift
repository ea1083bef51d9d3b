import Control
import Quantities
import SiteModel

/// A site small enough to reason about: banks of rigs behind one grid meter.
func benchSite(
  banks: [RigBank] = [benchBank()], cap: Double = 50, margin: Double = 0, meters: [Meter]? = nil,
  control: ControlSettings = ControlSettings(stagger: .seconds(2), recloseHold: .seconds(30)),
  zone: ZoneRules = .utc
) -> Site {
  Site(
    name: "bench", location: Location(latitude: 0, longitude: 0), zone: zone, currency: "JPY",
    grid: GridConnection(importCap: Kilowatts(cap)), otherLoad: .constant(40),
    meters: meters ?? [Meter(name: "grid", subject: .grid)], banks: banks, importTariff: .fixed(10),
    planner: PlannerSettings(planningMargin: Kilowatts(margin)), control: control)
}

func benchBank(
  _ name: String = "a", count: Int = 4, draw: Double = 3, minimumOn: Duration = .zero,
  minimumOff: Duration = .zero, minimumRunning: Int = 0, startsPerDay: Int? = nil,
  fallback: Fallback = .off
) -> RigBank {
  RigBank(
    name: name, count: count, draw: Kilowatts(draw), minimumOn: minimumOn, minimumOff: minimumOff,
    minimumRunning: minimumRunning, maximumStartsPerDay: startsPerDay,
    relayLines: (0..<count).map { "\(name)\($0)" }, fallback: fallback)
}

func rig(_ number: Int, bank: Int = 0) -> RigID { RigID(bank: bank, rig: number) }

/// A controller on a bench: relays that obey, rigs that ramp, meters that tell the truth, until told otherwise.
struct Bench {
  let site: Site
  var controller: Controller
  /// Milliseconds on both clocks; the wall clock begins at noon of a winter day.
  private(set) var elapsed: Int64 = 0
  var wallOffset: Int64 = 1_735_732_800_000
  /// kW of load besides the rigs, less generation.
  var other = 5.0
  var ramp: Int64 = 0
  var isSynchronised = true
  var meterWorks = true
  var readsBack = true
  /// What the grid meter makes of the true import.
  var distortion: @Sendable (Double) -> Double = { $0 }
  var lines: [[Bool]]
  /// Contacts that do not follow their line.
  var stuck: [RigID: Bool] = [:]
  private var closedAt: [[Int64]]
  private(set) var effects: [ControlEffect] = []

  init(_ site: Site = benchSite(), restored: ControllerState? = nil, newestRecord: UTCInstant? = nil) {
    self.site = site
    self.lines = site.banks.map { Array(repeating: false, count: $0.count) }
    self.closedAt = site.banks.map { Array(repeating: 0, count: $0.count) }
    self.controller = Controller(
      site: site,
      startedAt: Moment(
        monotonic: MonotonicInstant(milliseconds: 0), wall: UTCInstant(milliseconds: self.wallOffset)),
      restored: restored, newestRecord: newestRecord)
  }

  var now: Moment {
    Moment(
      monotonic: MonotonicInstant(milliseconds: self.elapsed),
      wall: UTCInstant(milliseconds: self.wallOffset + self.elapsed))
  }

  func drawn(by bank: Int) -> Double {
    let full = self.site.banks[bank].draw.value
    return self.lines[bank].indices.reduce(0) { sum, number in
      guard self.stuck[RigID(bank: bank, rig: number)] ?? self.lines[bank][number] else { return sum }
      let share = self.ramp == 0 ? 1 : Double(self.elapsed - self.closedAt[bank][number]) / Double(self.ramp)
      return sum + full * min(1, share)
    }
  }

  var imported: Double {
    self.site.banks.indices.reduce(self.other) { $0 + self.drawn(by: $1) }
  }

  var running: [Int] { self.lines.map { $0.count(where: { $0 }) } }

  /// Sends one event and performs what comes of it.
  @discardableResult mutating func send(_ event: ControlEvent) -> [ControlEffect] {
    let effects = self.controller.handle(event, at: self.now)
    self.effects += effects
    for case .switchRelay(let command) in effects {
      if self.lines[command.rig.bank][command.rig.rig] != command.closed {
        self.lines[command.rig.bank][command.rig.rig] = command.closed
        self.closedAt[command.rig.bank][command.rig.rig] = self.elapsed
      }
    }
    return effects
  }

  /// Lets seconds pass: readings, read-backs, tick.
  mutating func run(_ seconds: Int) {
    for _ in 0..<seconds {
      self.elapsed += 1000
      self.readMeters()
      if self.readsBack { self.readLines() }
      self.send(.tick(ClockEvidence(isSynchronised: self.isSynchronised)))
    }
  }

  private mutating func readMeters() {
    guard self.meterWorks else { return }
    for (index, meter) in self.site.meters.enumerated() {
      let power: Double
      switch meter.subject {
      case .grid: power = self.distortion(self.imported)
      case .bank(let bank): power = self.drawn(by: bank)
      case .generation: power = 0
      }
      self.send(.reading(reading(index, power, at: self.now.monotonic)))
    }
  }

  private mutating func readLines() {
    for bank in self.lines.indices {
      for number in self.lines[bank].indices {
        self.send(.relayReadBack(RigID(bank: bank, rig: number), closed: self.lines[bank][number]))
      }
    }
  }

  /// A plan of one long step.
  mutating func plan(_ running: [Int], trimLimit: [Int]? = nil, expectedImport: Double = 10, id: Int64 = 1) {
    self.send(.plan(self.directive([running], trimLimit: trimLimit, expectedImport: expectedImport, id: id)))
  }

  /// A plan of hourly steps from now on.
  func directive(
    _ steps: [[Int]], trimLimit: [Int]? = nil, expectedImport: Double = 10, id: Int64 = 1
  ) -> PlanDirective {
    PlanDirective(
      id: id,
      steps: steps.enumerated().map { index, running in
        PlanDirective.Step(
          slot: Slot(start: self.now.wall + .hours(index), length: .hours(1)), running: running,
          expectedImport: Kilowatts(expectedImport), trimLimit: trimLimit)
      })
  }

  mutating func forgetEffects() { self.effects = [] }

  var commands: [RelayCommand] {
    self.effects.compactMap { if case .switchRelay(let command) = $0 { command } else { nil } }
  }
  /// The commands that stand in the record; one that is repeated stands there once.
  var decisions: [RelayCommand] {
    self.effects.compactMap { if case .record(.decision(let command)) = $0 { command } else { nil } }
  }
  var events: [EventKind] {
    self.effects.compactMap { if case .record(.event(let kind, _, _)) = $0 { kind } else { nil } }
  }
  var alarms: [Alarm.Kind] {
    self.effects.compactMap { if case .alarm(let alarm) = $0 { alarm.kind } else { nil } }
  }
  func status(_ number: Int, bank: Int = 0) -> RigStatus? {
    self.controller.status(of: RigID(bank: bank, rig: number))
  }
}

func reading(_ meter: Int, _ power: Double, at: MonotonicInstant) -> MeterReading {
  MeterReading(meter: meter, power: Kilowatts(power), forward: nil, reverse: nil, takenAt: at)
}

func ms(_ milliseconds: Int64) -> MonotonicInstant { MonotonicInstant(milliseconds: milliseconds) }
func seconds(_ count: Int64) -> MonotonicInstant { MonotonicInstant(milliseconds: count * 1000) }
