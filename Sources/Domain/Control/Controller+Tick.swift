import Quantities
import SiteModel

// One tick: the rules in the order of authority, then what has to be proved, then the heartbeat.
extension Controller {
  mutating func tick(_ evidence: ClockEvidence, at now: Moment, into effects: inout [ControlEffect]) {
    self.follow(self.clock.tick(evidence, at: now), into: &effects)
    self.judgeMeters(into: &effects)
    self.guardImport(into: &effects)
    if self.clock.isTrusted { self.enterTime(now.wall, into: &effects) }
    self.direct(into: &effects)
    for bank in self.banks.indices { self.settle(bank, into: &effects) }
    self.readmitShed(into: &effects)
    if self.now >= self.nextLineDue { self.judgeLines(into: &effects) }
    self.judgeWatts(into: &effects)
    effects.append(.heartbeat)
  }

  /// What the passing of civil time brings: a new day, a new step of the plan, the end of an override.
  private mutating func enterTime(_ wall: UTCInstant, into effects: inout [ControlEffect]) {
    self.enterCap(wall)
    if wall >= self.dayEnd {
      let date = self.site.zone.date(of: wall)
      self.dayEnd = self.site.zone.day(date).end
      for bank in self.banks.indices { self.banks[bank].starts.enter(day: date.dayNumber) }
      self.stateRevision += 1
    }
    for bank in self.banks.indices {
      guard let override = self.banks[bank].override, override.expires <= wall else { continue }
      self.banks[bank].override = nil
      self.stateRevision += 1
      self.record(.overrideExpired, nil, "bank \(self.site.banks[bank].name)", into: &effects)
      effects.append(.replan("an override expired"))
    }
    self.expireRigOverrides(at: wall, into: &effects)
    guard self.plan.advance(to: wall) else { return }
    self.enterStep()
    if self.plan.isOver(at: wall) {
      self.record(.planWithdrawn, nil, "the plan in force is over", into: &effects)
      effects.append(.replan("the plan is over"))
    }
  }

  /// Copies the counts of the step in force to the banks, where a tick finds them without a search.
  mutating func enterStep() {
    let step = self.plan.step
    self.expectsImport = step.map { $0.expectedImport.value > Self.noImport } ?? true
    for bank in self.banks.indices {
      self.banks[bank].enter(
        planned: step?.running[bank], trimLimit: step?.trimLimit?[bank], expectsImport: self.expectsImport)
    }
    self.trim.reset()
  }

  /// kW of average import that a plan means by none.
  private static var noImport: Double { 0.01 }

  /// Decides what the highest authority with a say wants of each bank.
  private mutating func direct(into effects: inout [ControlEffect]) {
    var fallback: Lifeline?
    for bank in self.banks.indices {
      let directive = self.directive(for: bank)
      self.banks[bank].directive = directive
      if case .lifeline(let lifeline) = directive.cause, self.phase(of: lifeline, bank: bank) == .fallback {
        fallback = lifeline
      }
    }
    if let fallback, !self.isInFallback {
      self.isInFallback = true
      self.record(.fallback, nil, Self.text(for: fallback), into: &effects)
    } else if fallback == nil, self.isInFallback {
      self.isInFallback = false
      self.record(.fallbackEnded, nil, "", into: &effects)
      effects.append(.replan("the fallback ended"))
    }
    self.trimBanks()
  }

  private func directive(for bank: Int) -> Directive {
    if self.isEmergencyStopped { return Directive(target: 0, authority: .lockOut, cause: .emergencyStop) }
    return self.isLifelineOut ? self.degraded(bank) : self.wanted(of: bank)
  }

  private var isLifelineOut: Bool {
    self.meterOutage.since != nil || self.storeOutage.since != nil || self.clockOutage.since != nil
  }

  /// Whether any rig may start. What was decided before and has not happened yet must not happen any more when it is
  /// false.
  public var mayStart: Bool { !self.isEmergencyStopped && !self.isLifelineOut }

  private func wanted(of bank: Int) -> Directive {
    if let override = self.banks[bank].override {
      return self.keepingHeld(
        Directive(target: override.running, authority: .override, cause: .override), bank)
    }
    var directive = self.banks[bank].planDirective
    if directive.cause == .noPlan, self.now < self.plansAwaited { directive.target = self.banks[bank].on }
    return self.keepingHeld(directive, bank)
  }

  /// With a lifeline out nothing starts. While it holds, a stop that is wanted anyway still happens; when the
  /// wall clock is out nobody knows what is wanted.
  private func degraded(_ bank: Int) -> Directive {
    var holding: Lifeline?
    for lifeline in Lifeline.allCases {
      switch self.phase(of: lifeline, bank: bank) {
      case .none: continue
      case .holding: holding = holding ?? lifeline
      case .fallback: return Directive(target: 0, authority: lifeline.authority, cause: .lifeline(lifeline))
      }
    }
    let on = self.banks[bank].on
    guard let holding else { return self.wanted(of: bank) }
    if self.clock.isTrusted {
      let wanted = self.wanted(of: bank)
      if wanted.target < on { return wanted }
    }
    return Directive(target: on, authority: holding.authority, cause: .lifeline(holding))
  }

  func phase(of lifeline: Lifeline, bank: Int) -> Outage.Phase {
    let outage =
      switch lifeline {
      case .siteMeter: self.meterOutage
      case .store: self.storeOutage
      case .clock: self.clockOutage
      }
    return outage.phase(at: self.now, hold: self.timing.staleHold, bankHold: self.banks[bank].fallbackHold)
  }

  private static func text(for lifeline: Lifeline) -> String {
    switch lifeline {
    case .siteMeter: "no believable site meter"
    case .store: "the store does not write"
    case .clock: "the wall clock is not trusted"
    }
  }

  private mutating func follow(_ change: ClockTrust.Change, into effects: inout [ControlEffect]) {
    if let step = change.step { self.record(.clockStep, nil, "by \(step) ms", into: &effects) }
    if change.becameTrusted == true { self.record(.clockTrusted, nil, "", into: &effects) }
    guard self.clockOutage.update(isOut: !self.clock.isTrusted, began: self.now, at: self.now) else { return }
    if self.clock.isTrusted {
      self.alarms.clear(.clockUntrusted, into: &effects)
      effects.append(.replan("the wall clock is trusted"))
    } else {
      self.record(.clockUntrusted, nil, "", into: &effects)
      self.alarms.raise(.clockUntrusted, nil, "the wall clock is not trusted", into: &effects)
    }
  }

  mutating func confirmClock(at now: Moment, into effects: inout [ControlEffect]) {
    self.follow(self.clock.confirm(at: now), into: &effects)
  }
}
