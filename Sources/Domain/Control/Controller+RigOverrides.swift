import Quantities
import SiteModel

// Rigs that a person holds on or off: authority 5 for one rig. Dwell, room, stagger and starts per day apply to them
// as to any other, and everything above overrules them.
extension Controller {
  mutating func setOverride(_ wish: RigOverride, at now: Moment, into effects: inout [ControlEffect]) {
    guard let index = self.index(of: wish.rig) else {
      return self.refuse("an override of a rig that does not exist", into: &effects)
    }
    guard wish.expires > now.wall else {
      return self.refuse("an override that has expired already", into: &effects)
    }
    var wish = wish
    wish.by = Self.shortened(wish.by)
    self.rigOverrides.removeAll { $0.rig == wish.rig }
    self.rigOverrides.append(wish)
    self.rigs[index].held = wish.on
    self.stateRevision += 1
    self.record(.overrideSet, wish.rig, "\(wish.on ? "on" : "off") by \(wish.by)", into: &effects)
    effects.append(.replan("an override was set"))
  }

  mutating func clearOverride(_ rig: RigID, into effects: inout [ControlEffect]) {
    guard let index = self.index(of: rig) else {
      return self.refuse("the end of an override of a rig that does not exist", into: &effects)
    }
    guard self.rigs[index].held != nil else { return }
    self.release(rig, .overrideCleared, into: &effects)
    effects.append(.replan("an override was cleared"))
  }

  mutating func expireRigOverrides(at wall: UTCInstant, into effects: inout [ControlEffect]) {
    guard !self.rigOverrides.isEmpty else { return }
    let expired = self.rigOverrides.filter { $0.expires <= wall }
    for override in expired { self.release(override.rig, .overrideExpired, into: &effects) }
    if !expired.isEmpty { effects.append(.replan("an override expired")) }
  }

  private mutating func release(_ rig: RigID, _ kind: EventKind, into effects: inout [ControlEffect]) {
    self.rigOverrides.removeAll { $0.rig == rig }
    if let index = self.index(of: rig) { self.rigs[index].held = nil }
    self.stateRevision += 1
    self.record(kind, rig, "", into: &effects)
  }

  /// What a person holds a rig at; nil when nobody does.
  func override(of index: Int) -> RigOverride? {
    guard self.rigs[index].held != nil else { return nil }
    let rig = self.id(of: index)
    return self.rigOverrides.first { $0.rig == rig }
  }

  /// A bank's wish with the rigs that are held: never fewer than those held on, nor more than those not held off.
  func keepingHeld(_ directive: Directive, _ bank: Int) -> Directive {
    guard !self.rigOverrides.isEmpty else { return directive }
    let rigs = self.rigs[self.banks[bank].rigs]
    let on = rigs.count { $0.held == true && !$0.isLockedOut }
    let most = rigs.count { $0.held != false }
    if directive.target < on { return Directive(target: on, authority: .override, cause: .override) }
    var directive = directive
    directive.target = min(directive.target, most)
    return directive
  }

  /// Opens rigs held off, and makes room among a bank's running rigs for one held on.
  mutating func settleHeld(_ bank: Int, into effects: inout [ControlEffect]) {
    guard self.banks[bank].directive.authority >= .override else { return }
    let rigs = self.banks[bank].rigs
    for index in rigs where self.rigs[index].held == false && self.rigs[index].closed {
      guard self.rigs[index].dwell(at: self.now) >= self.banks[bank].minimumOn else { continue }
      self.open(
        index, by: .override, for: .override(by: self.override(of: index)?.by ?? ""), into: &effects)
    }
    guard self.banks[bank].on >= self.banks[bank].directive.target, self.banks[bank].shed == 0,
      !self.banks[bank].starts.isFull, let waiting = self.heldToStart(in: bank, filling: .max),
      let other = RigChoice.toStop(
        self.rigs[rigs], count: 1, minimumOn: self.banks[bank].minimumOn, sparing: true, at: self.now
      ).first
    else { return }
    self.open(
      other, by: .override, for: .override(by: self.override(of: waiting)?.by ?? ""), into: &effects)
  }

  /// The rig held on to start next. While its minimum off time runs others may start in its place, as long as `places`
  /// are left for all that are held on.
  func heldToStart(in bank: Int, filling places: Int) -> Int? {
    guard !self.rigOverrides.isEmpty else { return nil }
    let waiting = self.banks[bank].rigs.filter {
      self.rigs[$0].held == true && self.rigs[$0].isAvailable(at: self.now)
    }
    guard let first = waiting.min(by: { self.rigs[$0].since < self.rigs[$1].since }) else { return nil }
    let isRipe = self.rigs[first].dwell(at: self.now) >= self.banks[bank].minimumOff
    return isRipe || places <= waiting.count ? first : nil
  }
}
