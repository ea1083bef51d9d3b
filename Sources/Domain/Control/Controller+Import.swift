import Quantities
import SiteModel

// The import guard, the way back for what it shed, the room for starts and the surplus trim.
extension Controller {
  mutating func guardImport(into effects: inout [ControlEffect]) {
    self.importGuard.advance(to: self.now)
    if self.importGuard.isTripped {
      self.shed(into: &effects)
    } else if self.importGuard.dose == 0, !self.alarms.standing.isEmpty {
      self.alarms.clear(.importGuardExhausted, into: &effects)
    }
  }

  /// Opens the newest starts until, by nominal draw, the measured excess is gone and what still ramps up fits
  /// too. A rig in its start-up is credited with the share of its draw that can be in the measurement.
  mutating func shed(into effects: inout [ControlEffect]) {
    guard self.banks.contains(where: { $0.on > 0 }) else {
      return self.reportExhaustion(into: &effects)
    }
    let excess = self.importGuard.excess
    let reason = Reason.importOverCap(
      measured: Kilowatts(excess + self.importGuard.cap), cap: Kilowatts(self.capInForce.cap),
      dose: self.importGuard.dose)
    var measured = excess
    var coming = excess + self.unseenDraw()
    var count = 0
    for index in RigChoice.newestFirst(self.rigs) {
      if count > 0, measured <= 0, coming <= 0 { break }
      let bank = self.rigs[index].bank
      let draw = self.banks[bank].draw
      measured -= draw * self.seenShare(of: index)
      coming -= draw
      count += 1
      self.banks[bank].shed += 1
      self.open(index, by: .importGuard, for: reason, into: &effects)
    }
    self.reclose.reset()
    self.record(.guardTripped, nil, "\(count) rigs shed", into: &effects)
    effects.append(.replan("the import guard shed rigs"))
  }

  mutating func take(_ events: [DemandEvent], at now: Moment, into effects: inout [ControlEffect]) {
    guard events.count <= ControlLimits.demandEvents else {
      return self.refuse("\(events.count) demand-response events are too many", into: &effects)
    }
    self.demandEvents = events
    self.capInForce.replace(self.site.demandEvents + events)
    if self.clock.isTrusted { self.enterCap(now.wall) }
  }

  /// Guards the cap that holds at `wall`. While nobody knows the time the last one stays.
  mutating func enterCap(_ wall: UTCInstant) {
    guard self.capInForce.enter(wall) else { return }
    let cap = Kilowatts(self.capInForce.cap)
    self.importGuard.follow(cap: cap, at: self.now)
    self.room.cap = cap.value
    self.reclose.reset()
  }

  private mutating func reportExhaustion(into effects: inout [ControlEffect]) {
    guard !self.alarms.isRaised(.importGuardExhausted) else { return }
    let text = "import is over the cap and no controllable rig is on"
    self.record(.guardExhausted, nil, text, into: &effects)
    self.alarms.raise(.importGuardExhausted, nil, text, into: &effects)
  }

  /// Lets shed rigs come back once they have fitted under the cap, with the planning margin, for the whole
  /// hold.
  mutating func readmitShed(into effects: inout [ControlEffect]) {
    var needed = Double.infinity
    for bank in self.banks where bank.shed > 0 { needed = min(needed, bank.draw) }
    guard needed < .infinity else { return }
    guard self.meterOutage.since == nil, let power = self.room.power else { return self.reclose.reset() }
    let free = self.room.cap - self.site.planner.planningMargin.value - power - self.unseenDraw()
    guard
      var granted = self.reclose.observe(
        free: free, needed: needed, hold: self.timing.recloseHold, at: self.now)
    else { return }
    for bank in self.banks.indices {
      while self.banks[bank].shed > 0, granted >= self.banks[bank].draw {
        self.banks[bank].shed -= 1
        granted -= self.banks[bank].draw
      }
    }
    self.stateRevision += 1
    if self.banks.allSatisfy({ $0.shed == 0 }) {
      self.record(.guardCleared, nil, "", into: &effects)
    }
    effects.append(.replan("shed rigs may come back"))
  }

  /// kW commanded on that the site meter cannot show in full yet. A bank with its own meter tells how much of
  /// it is there, whatever its settled rigs may draw on a hot day set aside; without one a rig in its start-up
  /// counts whole.
  func unseenDraw() -> Double {
    guard self.now.millisecondsSince(self.lastClose) < ControlLimits.startUp else { return 0 }
    var unseen = 0.0
    for bank in self.banks where bank.on > 0 {
      let ramping = bank.rigs.count {
        self.rigs[$0].closed && self.rigs[$0].dwell(at: self.now) < ControlLimits.startUp
      }
      guard ramping > 0 else { continue }
      let drawn = self.drawn(by: bank) ?? 0
      let seen = max(0, drawn - Double(bank.on - ramping) * bank.hotDraw)
      unseen += max(0, Double(ramping) * bank.draw - seen)
    }
    return unseen
  }

  /// kW the bank's own meter shows; nil without a fresh one.
  func drawn(by bank: BankState) -> Double? {
    guard let meter = bank.meter, self.meters[meter].isFresh(at: self.now, within: ControlLimits.readingGap)
    else {
      return nil
    }
    return self.meters[meter].mean
  }

  private func seenShare(of index: Int) -> Double {
    min(1, Double(max(0, self.rigs[index].dwell(at: self.now))) / Double(ControlLimits.startUp))
  }

  /// Moves the trim of one bank by one rig where the measurement asks for it.
  mutating func trimBanks() {
    guard let hold = self.timing.trimHold, self.plan.index != nil, self.meterOutage.since == nil,
      let power = self.room.power
    else { return }
    let adding = self.banks.firstIndex { bank in
      guard let planned = bank.planned, let limit = bank.trimLimit else { return false }
      return bank.isAtPlan && planned + bank.trim < limit && bank.on < bank.rigs.count
    }
    let taking = self.banks.lastIndex { $0.isAtPlan && $0.trimLimit != nil && $0.on > $0.minimumRunning }
    guard let pace = adding ?? taking else { return self.trim.reset() }
    let step = self.trim.observe(
      imported: power, draw: self.banks[pace].draw, expectsImport: self.expectsImport, hold: hold,
      at: self.now)
    switch step {
    case .more:
      if let adding { self.moveTrim(of: adding, by: 1) }
    case .fewer:
      if let taking { self.moveTrim(of: taking, by: -1) }
    case nil: break
    }
  }

  private mutating func moveTrim(of bank: Int, by rigs: Int) {
    self.banks[bank].trim += rigs
    self.banks[bank].directive = Directive(
      target: self.banks[bank].directive.target + rigs, authority: .trim,
      cause: rigs > 0 ? .surplus : .shortfall)
  }
}

extension BankState {
  /// True when plan or trim rules here and the bank runs what they want.
  fileprivate var isAtPlan: Bool {
    switch self.directive.cause {
    case .plan, .surplus, .shortfall: self.on == self.directive.target
    case .emergencyStop, .lifeline, .override, .noPlan: false
    }
  }
}
