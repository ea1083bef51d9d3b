import Control
import Quantities
import SiteModel

/// A random site with honest devices, on which everything else goes wrong: load, meters that fall silent, the
/// clock, the store, plans and overrides of all kinds.
struct RandomLife {
  private var generator: SplitMix64
  private let site: Site
  private(set) var bench: Bench
  private(set) var judge: Judge
  private(set) var closes = 0
  private var plan: PlanDirective?
  private var overrides: [Override?]
  private var demandEvents: [DemandEvent] = []
  private var lastReading: Int64?
  private var newest = UTCInstant(milliseconds: .min)
  private var nextPlan: Int64 = 0

  init(seed: UInt64) {
    self.generator = SplitMix64(seed: seed)
    self.site = Self.site(&self.generator)
    self.bench = Bench(self.site)
    self.bench.ramp = self.generator.chance(0.5) ? 120_000 : 0
    self.judge = Judge(site: self.site, at: 0)
    self.overrides = self.site.banks.map { _ in nil }
  }

  private static func site(_ generator: inout SplitMix64) -> Site {
    let banks = ["a", "b", "c"].prefix(1 + generator.below(3)).map { name in
      benchBank(
        name, count: 1 + generator.below(6), draw: generator.uniform(1, 4),
        minimumOn: .seconds(generator.below(4) * 120), minimumOff: .seconds(generator.below(4) * 120),
        startsPerDay: generator.chance(0.3) ? 20 : nil,
        fallback: generator.chance(0.3) ? .hold(.seconds(90)) : .off)
    }
    let control = ControlSettings(
      stagger: .seconds(generator.below(5)), recloseHold: .seconds(60),
      trimHold: generator.chance(0.5) ? .seconds(30) : nil)
    var site = benchSite(banks: banks, cap: generator.uniform(10, 50), control: control)
    site.photovoltaics = [PVArray(name: "roof", area: 200, efficiency: 0.2)]
    return site
  }

  /// One second passes. False once the judge found a fault.
  mutating func live() -> Bool {
    if self.generator.chance(0.01) { self.bench.other = self.generator.uniform(-20, 45) }
    if self.generator.chance(0.004) { self.bench.meterWorks.toggle() }
    self.disturbClock()
    for event in self.events() { self.send(event) }
    self.foresee()
    self.bench.forgetEffects()
    self.bench.run(1)
    self.closes += self.bench.commands.count { $0.closed }
    self.judge.take(self.bench.effects, at: self.bench.elapsed, isTick: true)
    self.judge.judge(
      imported: self.bench.meterWorks ? self.bench.imported : nil, at: self.bench.elapsed)
    if self.judge.clockOut == nil { self.newest = max(self.newest, self.bench.now.wall) }
    return self.judge.faults.isEmpty
  }

  private mutating func disturbClock() {
    if self.generator.chance(0.001) {
      self.bench.isSynchronised = false
      self.bench.wallOffset += self.generator.chance(0.5) ? 60_000 : -60_000
      self.judge.clockOut = self.bench.elapsed + 1000
    } else if !self.bench.isSynchronised, self.generator.chance(0.01) {
      self.bench.isSynchronised = true
    }
  }

  private mutating func events() -> [ControlEvent] {
    var events: [ControlEvent] = []
    if self.bench.elapsed >= self.nextPlan {
      events.append(.plan(self.randomPlan()))
      self.nextPlan = self.bench.elapsed + Int64(self.generator.below(600_000))
    }
    if self.generator.chance(0.003) { events.append(.storeFailed(self.judge.storeOut == nil)) }
    if self.generator.chance(0.003) {
      let bank = self.generator.below(self.site.banks.count)
      let running = self.generator.below(self.site.banks[bank].count + 1)
      let expires = self.bench.now.wall + .seconds(self.generator.below(900))
      events.append(.overrideSet(Override(bank: bank, running: running, expires: expires, by: "x")))
    }
    if self.generator.chance(0.002) {
      let start = self.bench.now.wall + .seconds(self.generator.below(300))
      let window = Slot(start: start, length: .seconds(1 + self.generator.below(900)))
      self.demandEvents.removeAll { $0.window.end <= self.bench.now.wall }
      self.demandEvents.append(
        DemandEvent(name: "e", window: window, importCap: Kilowatts(self.generator.uniform(0, 50))))
      events.append(.demandEvents(self.demandEvents))
    }
    return events
  }

  /// Steps of five minutes, sometimes too few, sometimes not begun yet.
  private mutating func randomPlan() -> PlanDirective {
    let start = self.bench.now.wall - .seconds(self.generator.below(400) - 60)
    let steps = (0..<2 + self.generator.below(6)).map { number in
      let running = self.site.banks.map { self.generator.below($0.count + 1) }
      let limit = zip(self.site.banks, running).map { $1 + self.generator.below($0.count - $1 + 1) }
      return PlanDirective.Step(
        slot: Slot(start: start + .minutes(5 * number), length: .minutes(5)), running: running,
        expectedImport: Kilowatts(self.generator.chance(0.5) ? 0 : 10),
        trimLimit: self.generator.chance(0.5) ? limit : nil)
    }
    return PlanDirective(id: self.bench.elapsed, steps: steps)
  }

  private mutating func send(_ event: ControlEvent) {
    self.bench.forgetEffects()
    self.bench.send(event)
    self.judge.take(self.bench.effects, at: self.bench.elapsed, isTick: false)
    if case .plan(let directive) = event { self.plan = directive }
    if case .overrideSet(let wish) = event, wish.expires > self.bench.now.wall {
      self.overrides[wish.bank] = wish
    }
    if case .storeFailed(let failed) = event { self.judge.storeOut = failed ? self.bench.elapsed : nil }
  }

  /// Tells the judge what will hold at the tick one second on.
  private mutating func foresee() {
    let next = self.bench.elapsed + 1000
    let wall = self.bench.now.wall + .seconds(1)
    if self.bench.meterWorks { self.lastReading = next }
    let staleAt = self.lastReading.map { $0 + self.site.control.staleAfter.wholeMilliseconds } ?? 0
    if self.judge.clockOut == nil {
      self.judge.take(
        cap: self.demandEvents.reduce(self.site.grid.importCap) { cap, event in
          event.window.contains(wall) ? min(cap, event.importCap ?? cap) : cap
        }, at: next)
    }
    self.judge.meterOut = next > staleAt ? self.judge.meterOut ?? staleAt : nil
    if let since = self.judge.clockOut, self.bench.isSynchronised, wall >= self.newest,
      next - since >= ControlLimits.clockSteady
    {
      self.judge.clockOut = nil
    }
    for bank in self.site.banks.indices {
      if let wish = self.overrides[bank], wish.expires <= wall, self.judge.clockOut == nil {
        self.overrides[bank] = nil
      }
      let step = self.plan?.steps.first { $0.slot.contains(wall) }
      let planned = step.map { $0.trimLimit?[bank] ?? $0.running[bank] } ?? 0
      self.judge.allowed[bank] = self.overrides[bank]?.running ?? planned
    }
  }
}
