import Quantities
public import SiteModel

// What the controller tells about itself, for `status` and `why`.
extension Controller {
  /// The whole site at the last instant handled, in time proportional to the number of rigs.
  public func status() -> ControllerStatus {
    let takenAt = self.siteMeter.flatMap { self.meters[$0].takenAt }
    let power = self.siteMeter.map { Kilowatts(self.meters[$0].power) }
    return ControllerStatus(
      rigs: self.rigs.indices.map { self.rigStatus($0) },
      banks: self.banks.indices.map { self.bankStatus($0) },
      importPower: takenAt == nil ? nil : power, importTakenAt: takenAt,
      isSiteMeterFresh: takenAt != nil && self.meterOutage.since == nil, isClockTrusted: self.clock.isTrusted,
      isStoreFailed: self.storeOutage.since != nil, isEmergencyStopped: self.isEmergencyStopped,
      overloadDose: self.importGuard.dose, planID: self.plan.directive?.id, alarms: self.alarms.standing)
  }

  /// One rig in constant time; nil when there is none by this name.
  public func status(of rig: RigID) -> RigStatus? { self.index(of: rig).map { self.rigStatus($0) } }

  /// Rigs of a bank commanded on.
  public func closedCount(of bank: Int) -> Int { self.banks[bank].on }

  /// Rigs of a bank commanded on whose watts never came.
  public func silentCount(of bank: Int) -> Int {
    self.banks[bank].rigs.count { self.rigs[$0].closed && self.rigs[$0].isSilent }
  }

  /// Rigs of a bank that can be counted on: neither locked out nor set aside for a relay fault.
  public func availableCount(of bank: Int) -> Int {
    self.banks[bank].rigs.count { !self.rigs[$0].isLockedOut && self.rigs[$0].restsUntil <= self.now }
  }

  /// False once a meter was found to lie, until it has told the truth for long enough, and while a bank's meter shows
  /// nothing of rigs that are on: either they are dead or it is, and nobody here can tell which.
  public func believes(meter: Int) -> Bool {
    self.meters[meter].lie == nil
      && !self.banks.contains { $0.meter == meter && self.showsNothing(of: $0) }
  }

  private func showsNothing(of bank: BankState) -> Bool {
    guard bank.on > 0, let drawn = self.drawn(by: bank), drawn < bank.draw / 2 else { return false }
    return bank.rigs.contains {
      self.rigs[$0].closed && self.rigs[$0].dwell(at: self.now) >= ControlLimits.startUp
    }
  }

  /// Rigs of a bank that wait for a person: locked out by one or by a fault.
  public func lockedOutCount(of bank: Int) -> Int {
    self.banks[bank].rigs.count { self.rigs[$0].isLockedOut }
  }

  /// Whether wall time may be used for records and plans.
  public var trustsClock: Bool { self.clock.isTrusted }

  private func rigStatus(_ index: Int) -> RigStatus {
    let rig = self.rigs[index]
    let bank = self.banks[rig.bank]
    var status = RigStatus(
      rig: self.id(of: index), isClosed: rig.closed, since: rig.since, authority: bank.directive.authority,
      reason: self.reason(for: bank.directive.cause, bank: rig.bank), heldBy: nil, switchedBy: rig.switchedBy,
      switchedFor: self.switchReasons[index], proof: self.switchProofs[index], cycles: rig.cycles,
      isLockedOut: rig.isLockedOut,
      override: self.override(of: index),
      isSilent: rig.isSilent, isWelded: rig.isWelded)
    if let why = self.lockOuts[index] {
      status.authority = .lockOut
      status.reason = .lockedOut(why)
    } else if let held = status.override, bank.directive.authority >= .override {
      status.authority = .override
      status.reason = .override(by: held.by)
      if held.on != rig.closed { status.heldBy = self.hold(on: rig, in: bank) }
    } else if rig.closed ? bank.on > bank.directive.target : bank.on < bank.directive.target {
      status.heldBy = self.hold(on: rig, in: bank)
    }
    return status
  }

  /// What keeps a rig from the level its bank wants of one more rig.
  private func hold(on rig: RigState, in bank: BankState) -> Reason? {
    if rig.closed {
      let until = rig.since.advanced(byMilliseconds: bank.minimumOn)
      return until > self.now ? .minimumOn(until: until) : nil
    }
    if rig.restsUntil > self.now { return .relayFault }
    let until = rig.since.advanced(byMilliseconds: bank.minimumOff)
    return until > self.now ? .minimumOff(until: until) : bank.gate
  }

  private func bankStatus(_ index: Int) -> BankStatus {
    let bank = self.banks[index]
    return BankStatus(
      running: bank.on, wanted: bank.directive.target, authority: bank.directive.authority,
      reason: self.reason(for: bank.directive.cause, bank: index), heldBy: bank.gate,
      startsToday: bank.starts.count, shed: bank.shed, available: self.availableCount(of: index),
      override: bank.override)
  }
}
