import Quantities
public import SiteModel

// Bringing banks to their target, one rig at a time, under dwell, starts per day, stagger and room.
extension Controller {
  mutating func settle(_ bank: Int, into effects: inout [ControlEffect]) {
    if !self.rigOverrides.isEmpty { self.settleHeld(bank, into: &effects) }
    let wanted = self.banks[bank].directive.target
    let on = self.banks[bank].on
    if on > wanted {
      self.banks[bank].gate = nil
      self.stop(on - wanted, in: bank, into: &effects)
    } else if on < wanted {
      self.start(in: bank, into: &effects)
    } else if self.banks[bank].gate != nil {
      self.banks[bank].gate = nil
    }
  }

  private mutating func stop(_ count: Int, in bank: Int, into effects: inout [ControlEffect]) {
    let directive = self.banks[bank].directive
    let minimumOn = directive.authority == .lockOut ? Int64.min : self.banks[bank].minimumOn
    let chosen = RigChoice.toStop(
      self.rigs[self.banks[bank].rigs], count: count, minimumOn: minimumOn,
      sparing: directive.authority >= .override, at: self.now)
    guard !chosen.isEmpty else { return }
    let reason = self.reason(for: directive.cause, bank: bank)
    for index in chosen { self.open(index, by: directive.authority, for: reason, into: &effects) }
  }

  private enum Start {
    case rig(Int)
    case held(Reason?)
  }

  private mutating func start(in bank: Int, into effects: inout [ControlEffect]) {
    while self.banks[bank].on < self.banks[bank].directive.target {
      switch self.nextStart(in: bank) {
      case .held(let gate):
        self.banks[bank].gate = gate
        return
      case .rig(let index):
        if let override = self.override(of: index) {
          self.close(index, by: .override, for: .override(by: override.by), into: &effects)
          continue
        }
        let directive = self.banks[bank].directive
        let reason = self.reason(for: directive.cause, bank: bank)
        self.close(index, by: directive.authority, for: reason, into: &effects)
      }
    }
    self.banks[bank].gate = nil
  }

  /// The rig that may close now, or what holds it back; nil when every rig is locked out or rests.
  private func nextStart(in bank: Int) -> Start {
    let state = self.banks[bank]
    if state.on >= state.directive.target - state.shed {
      let free = (self.room.power.map { self.room.cap - $0 } ?? 0) - self.site.planner.planningMargin.value
      return .held(.waitingToReclose(free: Kilowatts(free), needed: Kilowatts(state.draw)))
    }
    if state.starts.isFull, let limit = state.starts.limit { return .held(.startLimit(perDay: limit)) }
    guard
      let index = self.heldToStart(in: bank, filling: state.directive.target - state.on)
        ?? RigChoice.toStart(self.rigs[state.rigs], at: self.now)
    else { return .held(nil) }
    let dwell = self.rigs[index].dwell(at: self.now)
    if dwell < state.minimumOff {
      return .held(.minimumOff(until: self.rigs[index].since.advanced(byMilliseconds: state.minimumOff)))
    }
    if self.now.millisecondsSince(self.lastClose) < self.timing.stagger {
      return .held(.stagger(until: self.lastClose.advanced(byMilliseconds: self.timing.stagger)))
    }
    let free = self.room.free(unseen: self.unseenDraw()) ?? 0
    if free < state.draw { return .held(.noRoom(free: Kilowatts(free), needed: Kilowatts(state.draw))) }
    return .rig(index)
  }

  mutating func close(
    _ index: Int, by authority: Authority, for reason: Reason, into effects: inout [ControlEffect]
  ) {
    let bank = self.rigs[index].bank
    self.noteForWatts(index, closed: true)
    self.rigs[index].closed = true
    self.rigs[index].cycles += 1
    self.banks[bank].on += 1
    self.banks[bank].starts.started()
    self.lastClose = self.now
    if let siteMeter = self.siteMeter { self.meters[siteMeter].response.blur() }
    self.command(index, by: authority, for: reason, into: &effects)
  }

  mutating func open(
    _ index: Int, by authority: Authority, for reason: Reason, into effects: inout [ControlEffect]
  ) {
    let bank = self.rigs[index].bank
    let drain = self.site.banks[bank].drain(openedBy: authority)?.wholeMilliseconds ?? 0
    if let siteMeter = self.siteMeter {
      if drain > 0 {
        // Nobody knows yet when its draw goes.
        self.meters[siteMeter].response.blur()
      } else if self.rigs[index].dwell(at: self.now) >= ControlLimits.startUp, !self.rigs[index].isSilent {
        self.meters[siteMeter].response.opened(self.banks[bank].draw, at: self.now)
      }
    }
    self.noteForWatts(index, closed: false, within: drain)
    if self.rigs[index].isSilent {
      self.rigs[index].isSilent = false
      self.alarms.clear(.rigSilent, self.id(of: index), into: &effects)
    }
    self.rigs[index].closed = false
    self.banks[bank].on -= 1
    self.importGuard.opened(at: self.now)
    self.command(index, by: authority, for: reason, into: &effects)
  }

  /// Sends the level the rig now has, with its decision before it.
  private mutating func command(
    _ index: Int, by authority: Authority, for reason: Reason, into effects: inout [ControlEffect]
  ) {
    self.rigs[index].since = self.now
    self.rigs[index].switchedBy = authority
    self.switchReasons[index] = reason
    self.switchProofs[index] = SwitchProof(decidedAt: self.now)
    self.rigs[index].line.commanded(at: self.now)
    self.expectLine(index)
    self.stateRevision += 1
    self.send(index, into: &effects)
  }

  mutating func send(_ index: Int, into effects: inout [ControlEffect]) {
    let command = self.command(index)
    effects.append(.record(.decision(command)))
    effects.append(.switchRelay(command))
  }

  /// The level a rig was last told, and why.
  func command(_ index: Int) -> RelayCommand {
    RelayCommand(
      rig: self.id(of: index), closed: self.rigs[index].closed, authority: self.rigs[index].switchedBy,
      reason: self.switchReasons[index])
  }

  func reason(for cause: Directive.Cause, bank: Int) -> Reason {
    switch cause {
    case .emergencyStop: .emergencyStop
    case .lifeline(.siteMeter):
      .staleMeter(age: self.siteMeter.flatMap { self.meters[$0].takenAt }.map { self.now - $0 })
    case .lifeline(.store): .storeFailed
    case .lifeline(.clock): .untrustedClock
    case .override:
      .override(
        by: self.banks[bank].override?.by ?? self.rigOverrides.first { $0.rig.bank == bank && $0.on }?.by
          ?? "")
    case .plan: .plan(id: self.plan.directive?.id ?? 0)
    case .noPlan: .noPlan
    case .surplus: .surplus(Kilowatts(max(0, -(self.room.power ?? 0))))
    case .shortfall: .shortfall(Kilowatts(max(0, self.room.power ?? 0)))
    }
  }
}

extension RigBank {
  /// How long an opening may wait for the rig to stop by itself; nil where the relay opens at once, as it does for everything
  /// that keeps the site safe.
  public func drain(openedBy authority: Authority) -> Duration? {
    authority >= .override ? self.softStop?.drain : nil
  }
}
