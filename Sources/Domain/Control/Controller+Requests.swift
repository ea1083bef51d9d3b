import Quantities
import SiteModel

// What people, the planner and the store ask for.
extension Controller {
  mutating func follow(_ directive: PlanDirective, into effects: inout [ControlEffect]) {
    if let why = PlanFollower.refusal(of: directive, bankCounts: self.site.banks.map(\.count)) {
      self.record(.planRefused, nil, "plan \(directive.id): \(why)", into: &effects)
      return
    }
    self.plan.adopt(directive)
    self.plansAwaited = self.now
    self.record(.planAccepted, nil, "plan \(directive.id)", into: &effects)
  }

  mutating func withdrawPlan(_ why: String, into effects: inout [ControlEffect]) {
    guard self.plan.directive != nil else { return }
    self.plan.adopt(nil)
    self.record(.planWithdrawn, nil, Self.shortened(why), into: &effects)
  }

  mutating func setOverride(_ wish: Override, at now: Moment, into effects: inout [ControlEffect]) {
    guard self.banks.indices.contains(wish.bank) else {
      return self.refuse("an override of bank \(wish.bank), which does not exist", into: &effects)
    }
    let count = self.banks[wish.bank].rigs.count
    guard (0...count).contains(wish.running) else {
      return self.refuse("an override of \(wish.running) rigs in a bank of \(count)", into: &effects)
    }
    guard wish.expires > now.wall else {
      return self.refuse("an override that has expired already", into: &effects)
    }
    var wish = wish
    wish.by = Self.shortened(wish.by)
    self.banks[wish.bank].override = wish
    self.stateRevision += 1
    let text = "bank \(self.site.banks[wish.bank].name): \(wish.running) rigs by \(wish.by)"
    self.record(.overrideSet, nil, text, into: &effects)
    effects.append(.replan("an override was set"))
  }

  mutating func clearOverride(_ bank: Int, into effects: inout [ControlEffect]) {
    guard self.banks.indices.contains(bank) else {
      return self.refuse("the end of an override of bank \(bank), which does not exist", into: &effects)
    }
    guard self.banks[bank].override != nil else { return }
    self.banks[bank].override = nil
    self.stateRevision += 1
    self.record(.overrideCleared, nil, "bank \(self.site.banks[bank].name)", into: &effects)
    effects.append(.replan("an override was cleared"))
  }

  mutating func lockOut(_ rig: RigID, why: String, into effects: inout [ControlEffect]) {
    guard let index = self.index(of: rig) else {
      return self.refuse("a lock-out of rig \(rig.bank)/\(rig.rig), which does not exist", into: &effects)
    }
    guard !self.rigs[index].isLockedOut else { return }
    let why = Self.shortened(why)
    self.rigs[index].isLockedOut = true
    self.lockOuts[index] = why
    self.stateRevision += 1
    self.record(.lockOut, rig, why, into: &effects)
    if self.rigs[index].closed { self.open(index, by: .lockOut, for: .lockedOut(why), into: &effects) }
    effects.append(.replan("a rig was locked out"))
  }

  mutating func clearLockOut(_ rig: RigID, into effects: inout [ControlEffect]) {
    guard let index = self.index(of: rig) else {
      return self.refuse(
        "the end of a lock-out of rig \(rig.bank)/\(rig.rig), which does not exist", into: &effects)
    }
    guard self.rigs[index].isLockedOut else { return }
    self.rigs[index].isLockedOut = false
    self.lockOuts[index] = nil
    self.stateRevision += 1
    self.record(.lockOutCleared, rig, "", into: &effects)
    if self.rigs[index].isWelded {
      self.rigs[index].isWelded = false
      self.alarms.clear(.contactWelded, rig, into: &effects)
    }
    effects.append(.replan("a lock-out was cleared"))
  }

  mutating func emergencyStop(_ isPressed: Bool, into effects: inout [ControlEffect]) {
    guard isPressed != self.isEmergencyStopped else { return }
    self.isEmergencyStopped = isPressed
    self.stateRevision += 1
    if isPressed {
      self.record(.emergencyStop, nil, "", into: &effects)
      self.alarms.raise(.emergencyStop, nil, "emergency stop", into: &effects)
      for index in self.rigs.indices where self.rigs[index].closed {
        self.open(index, by: .lockOut, for: .emergencyStop, into: &effects)
      }
    } else {
      self.record(.emergencyStopCleared, nil, "", into: &effects)
      self.alarms.clear(.emergencyStop, into: &effects)
      effects.append(.replan("the emergency stop was released"))
    }
  }

  mutating func storeFailed(_ failed: Bool, into effects: inout [ControlEffect]) {
    guard self.storeOutage.update(isOut: failed, began: self.now, at: self.now) else { return }
    if failed {
      self.record(.storeFailed, nil, "", into: &effects)
      self.alarms.raise(.storeFailed, nil, "the store does not write", into: &effects)
    } else {
      self.record(.storeRecovered, nil, "", into: &effects)
      self.alarms.clear(.storeFailed, into: &effects)
    }
  }

  static func shortened(_ text: String) -> String { String(text.prefix(ControlLimits.textLength)) }
}
