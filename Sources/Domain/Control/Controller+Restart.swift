import Quantities
public import SiteModel

// What survives a restart and a new site file.
extension Controller {
  /// What must survive a restart.
  public var state: ControllerState {
    let banks = self.banks.indices.map { index in
      let bank = self.banks[index]
      let rigs = bank.rigs.map { rig in
        ControllerState.Rig(
          closed: self.rigs[rig].closed, cycles: self.rigs[rig].cycles, lockedOut: self.lockOuts[rig],
          override: self.override(of: rig))
      }
      return ControllerState.Bank(
        name: self.site.banks[index].name, rigs: rigs, startsToday: bank.starts.count,
        startDay: bank.starts.day,
        shed: bank.shed, override: bank.override)
    }
    return ControllerState(
      banks: banks, emergencyStop: self.isEmergencyStopped, clock: self.clock.state)
  }

  /// Takes a new site file at the same hardware or other.
  ///
  /// A bank keeps its rigs' state, dwell included, where its name and number of rigs are the same. The rigs
  /// of any other bank of the old site are opened first, by lock-out, and named as in the old site: perform
  /// the effects before the relay table changes. New banks are open and count as just switched. The plan
  /// stays in force only when all banks match in order. Meters that changed in any way have to be read again.
  public mutating func reconfigure(site: Site, at now: Moment) -> [ControlEffect] {
    self.now = max(self.now, now.monotonic)
    var effects: [ControlEffect] = []
    let old = self
    let sameBanks = Self.keys(site) == Self.keys(old.site)
    for bank in old.banks.indices where !Self.keys(site).contains(Self.keys(old.site)[bank]) {
      for index in old.banks[bank].rigs where self.rigs[index].closed {
        self.open(index, by: .lockOut, for: .lockedOut("the bank left the site file"), into: &effects)
      }
    }
    self.site = site
    self.timing = Timing(site.control)
    self.layOut()
    for (bank, key) in Self.keys(site).enumerated() {
      guard let source = Self.keys(old.site).firstIndex(of: key) else { continue }
      self.adopt(old, bank: source, as: bank)
    }
    if site.meters != old.site.meters || !sameBanks { self.watchMeters() }
    self.importGuard = ImportGuard(cap: site.grid.importCap, startedAt: self.now)
    self.room = Room(cap: site.grid.importCap)
    self.capInForce = CapInForce(
      connection: site.grid.importCap, events: site.demandEvents + self.demandEvents)
    if self.clock.isTrusted { self.enterCap(now.wall) }
    self.clock.follow(holdover: self.timing.clockHoldover, trustsBattery: site.control.trustsBatteryClock)
    self.dayEnd = UTCInstant(milliseconds: .min)
    self.nextLineDue = self.now
    self.renameAlarms(into: &effects)
    if sameBanks { self.enterStep() } else { self.plan.adopt(nil) }
    self.stateRevision += 1
    self.record(.configurationChanged, nil, site.name, into: &effects)
    effects.append(.replan("the site file changed"))
    return effects
  }

  /// Builds banks and rigs from the site, all open and just switched.
  mutating func layOut() {
    self.rigs = []
    self.banks = []
    for (number, bank) in self.site.banks.enumerated() {
      let meter = self.site.meters.firstIndex { $0.subject == .bank(number) }
      self.banks.append(
        BankState(bank, firstRig: self.rigs.count, meter: meter, settle: self.timing.settle, at: self.now))
      for _ in 0..<max(0, bank.count) { self.rigs.append(RigState(bank: number, since: self.now, cycles: 0)) }
    }
    self.rigOverrides = []
    self.switchReasons = Array(repeating: .restarted, count: self.rigs.count)
    self.switchProofs = Array(repeating: nil, count: self.rigs.count)
    self.lockOuts = Array(repeating: nil, count: self.rigs.count)
  }

  mutating func watchMeters() {
    let site = self.site
    self.meters = site.meters.map { MeterWatch(meter: $0, plausible: site.plausiblePower(of: $0)) }
    self.siteMeter = self.site.meters.firstIndex { $0.subject == .grid }
    let generates = !self.site.photovoltaics.isEmpty || !self.site.turbines.isEmpty
    self.isBalanced = !generates || self.site.meters.contains { $0.subject == .generation }
  }

  mutating func restore(_ state: ControllerState, at now: Moment) {
    if let clock = state.clock { self.clock.resume(clock, at: now) }
    self.isEmergencyStopped = state.emergencyStop
    for index in self.banks.indices {
      let bank = self.site.banks[index]
      guard let kept = state.banks.first(where: { $0.name == bank.name && $0.rigs.count == bank.count })
      else {
        continue
      }
      self.banks[index].shed = min(max(0, kept.shed), bank.count)
      self.banks[index].starts = StartWindow(
        limit: bank.maximumStartsPerDay, count: kept.startsToday, day: kept.startDay)
      if let override = kept.override, (0...bank.count).contains(override.running) {
        self.banks[index].override = override
        self.banks[index].override?.bank = index
      }
      for (rig, keptRig) in zip(self.banks[index].rigs, kept.rigs) {
        self.rigs[rig].cycles = max(0, keptRig.cycles)
        self.lockOuts[rig] = keptRig.lockedOut
        self.rigs[rig].isLockedOut = keptRig.lockedOut != nil
        if let override = keptRig.override { self.hold(rig, as: override) }
        guard keptRig.closed else { continue }
        self.rigs[rig].closed = true
        self.banks[index].on += 1
      }
    }
  }

  /// Takes over what a person wished for a rig, under the number it has now.
  private mutating func hold(_ index: Int, as override: RigOverride) {
    var override = override
    override.rig = self.id(of: index)
    self.rigs[index].held = override.on
    self.rigOverrides.append(override)
  }

  private struct Key: Equatable {
    var name: String
    var count: Int
  }

  private static func keys(_ site: Site) -> [Key] { site.banks.map { Key(name: $0.name, count: $0.count) } }

  private mutating func adopt(_ old: Controller, bank source: Int, as target: Int) {
    let from = old.banks[source]
    self.banks[target].on = from.on
    self.banks[target].shed = from.shed
    self.banks[target].override = from.override
    self.banks[target].override?.bank = target
    self.banks[target].trim = from.trim
    self.banks[target].starts = StartWindow(
      limit: self.site.banks[target].maximumStartsPerDay, count: from.starts.count, day: from.starts.day)
    for (here, there) in zip(self.banks[target].rigs, from.rigs) {
      self.rigs[here] = old.rigs[there]
      self.rigs[here].bank = target
      self.rigs[here].awaitsWatts = false
      if let override = old.override(of: there) { self.hold(here, as: override) }
      self.switchReasons[here] = old.switchReasons[there]
      self.switchProofs[here] = old.switchProofs[there]
      self.lockOuts[here] = old.lockOuts[there]
    }
  }

  /// Alarms of rigs are raised again under the rigs' new names.
  private mutating func renameAlarms(into effects: inout [ControlEffect]) {
    for alarm in self.alarms.standing where alarm.rig != nil {
      self.alarms.clear(alarm.kind, alarm.rig, into: &effects)
    }
    for index in self.rigs.indices {
      let rig = self.id(of: index)
      if self.rigs[index].isWelded {
        self.alarms.raise(.contactWelded, rig, "open but draws power", into: &effects)
      }
      if self.rigs[index].isSilent {
        self.alarms.raise(.rigSilent, rig, "closed but draws no power", into: &effects)
      }
      guard let level = self.rigs[index].failedLevel else { continue }
      self.alarms.raise(.relayMismatch, rig, "the relay did not \(level ? "close" : "open")", into: &effects)
    }
  }
}
