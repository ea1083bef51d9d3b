import Quantities
import SiteModel

// The three proofs of a command: sent, read back, seen in watts.
extension Controller {
  mutating func relaySent(_ rig: RigID, closed: Bool, accepted: Bool, into effects: inout [ControlEffect]) {
    guard let index = self.index(of: rig) else {
      return self.refuse("an answer for relay \(rig.bank)/\(rig.rig), which does not exist", into: &effects)
    }
    // An answer to a command that has been overtaken says nothing about the present one.
    guard closed == self.rigs[index].closed else { return }
    if accepted {
      self.prove(index, \.sentAt)
      // The line switches now, not when it was decided: a close may have waited for its record or its turn.
      guard !self.rigs[index].line.wasProved else { return }
      self.rigs[index].since = self.now
      self.rigs[index].line.resent(at: self.now, within: ControlLimits.readBackWindow)
      return self.expectLine(index)
    }
    if !self.rigs[index].isRefused {
      self.record(.relayRefused, rig, closed ? "close" : "open", into: &effects)
    }
    self.rigs[index].isRefused = true
    if closed {
      self.banks[rig.bank].starts.cancelled()
      self.rigs[index].restsUntil = self.now.advanced(byMilliseconds: ControlLimits.refusalRest)
      self.open(index, by: .lockOut, for: .relayFault, into: &effects)
    } else {
      self.rigs[index].line.refused()
    }
  }

  mutating func readBack(_ rig: RigID, closed: Bool, into effects: inout [ControlEffect]) {
    guard let index = self.index(of: rig) else {
      return self.refuse("a level of relay \(rig.bank)/\(rig.rig), which does not exist", into: &effects)
    }
    let agrees = closed == self.rigs[index].closed
    if !agrees, self.rigs[index].line.isUnknown { return self.adopt(closed, index, into: &effects) }
    self.rigs[index].line.readBack(agrees: agrees, at: self.now)
    if agrees {
      self.prove(index, \.readBackAt)
      // A line that did not obey at first has only now switched: its dwell begins here, not with the command.
      if self.rigs[index].isRefused || self.rigs[index].failedLevel == closed {
        self.rigs[index].since = self.now
      }
      self.rigs[index].isRefused = false
      guard self.rigs[index].failedLevel == closed else { return }
      self.rigs[index].failedLevel = nil
      self.alarms.clear(.relayMismatch, rig, into: &effects)
    } else {
      self.expectLine(index)
    }
  }

  /// The first time counts.
  private mutating func prove(_ index: Int, _ step: WritableKeyPath<SwitchProof, MonotonicInstant?>) {
    if self.switchProofs[index]?[keyPath: step] == nil { self.switchProofs[index]?[keyPath: step] = self.now }
  }

  /// After a restart the line tells what it is; a rig that must be off is opened at once.
  private mutating func adopt(_ closed: Bool, _ index: Int, into effects: inout [ControlEffect]) {
    self.rigs[index].line.readBack(agrees: true, at: self.now)
    self.rigs[index].closed = closed
    self.rigs[index].since = self.now
    self.switchReasons[index] = .restarted
    self.banks[self.rigs[index].bank].on += closed ? 1 : -1
    self.stateRevision += 1
    guard closed else { return }
    if let why = self.lockOuts[index] {
      self.open(index, by: .lockOut, for: .lockedOut(why), into: &effects)
    } else if self.isEmergencyStopped {
      self.open(index, by: .lockOut, for: .emergencyStop, into: &effects)
    }
  }

  /// The proof of this rig's line may be the next one due.
  mutating func expectLine(_ index: Int) {
    if let due = self.rigs[index].line.due { self.nextLineDue = min(self.nextLineDue, due) }
  }

  mutating func judgeLines(into effects: inout [ControlEffect]) {
    self.nextLineDue = MonotonicInstant(milliseconds: .max)
    for index in self.rigs.indices {
      guard let due = self.rigs[index].line.due else { continue }
      if due <= self.now, let failure = self.rigs[index].line.judge(closed: self.rigs[index].closed) {
        self.lineFailed(failure, index, into: &effects)
      }
      self.expectLine(index)
    }
  }

  /// A rig whose relay does not show closed is taken for open, told so, and left alone: to close it again at
  /// once could switch a rig inside its minimum off time, since nobody knows how long it has been off. One
  /// that does not show open is told again and again; the decision is in the record once.
  private mutating func lineFailed(
    _ failure: LineProof.Failure, _ index: Int, into effects: inout [ControlEffect]
  ) {
    let rig = self.id(of: index)
    switch failure {
    case .dropped:
      self.record(.relayMismatch, rig, "opened by itself", into: &effects)
      self.open(index, by: .lockOut, for: .relayFault, into: &effects)
    case .neverClosed:
      self.mismatch(index, rig, "did not close", level: true, into: &effects)
      self.rigs[index].restsUntil = self.now.advanced(byMilliseconds: ControlLimits.relayRest)
      self.open(index, by: .lockOut, for: .relayFault, into: &effects)
    case .neverOpened:
      self.mismatch(index, rig, "did not open", level: false, into: &effects)
      self.rigs[index].line.resent(at: self.now, within: ControlLimits.readBackWindow)
      effects.append(.switchRelay(self.command(index)))
    }
  }

  private mutating func mismatch(
    _ index: Int, _ rig: RigID, _ text: String, level: Bool, into effects: inout [ControlEffect]
  ) {
    guard self.rigs[index].failedLevel != level else { return }
    self.rigs[index].failedLevel = level
    self.record(.relayMismatch, rig, text, into: &effects)
    self.alarms.raise(.relayMismatch, rig, "the relay \(text)", into: &effects)
  }

  /// Tells the bank's watts proof of a switch that is about to happen, at the latest `delay` milliseconds from now.
  mutating func noteForWatts(_ index: Int, closed: Bool, within delay: Int64 = 0) {
    let bank = self.rigs[index].bank
    guard self.banks[bank].watts != nil else { return }
    if self.rigs[index].isSilent { return }
    let drawing = self.banks[bank].rigs.count {
      self.rigs[$0].closed && !self.rigs[$0].isSilent || self.rigs[$0].isWelded
    }
    let mean = self.drawn(by: self.banks[bank])
    self.banks[bank].watts?.switched(
      closed: closed, drawing: drawing, mean: mean, at: self.now, within: delay)
    self.rigs[index].awaitsWatts = self.banks[bank].watts?.isOpen ?? false
  }

  mutating func judgeWatts(into effects: inout [ControlEffect]) {
    for bank in self.banks.indices {
      guard self.banks[bank].watts?.isOpen ?? false else { continue }
      let mean = self.drawn(by: self.banks[bank])
      guard let verdict = self.banks[bank].watts?.judge(mean: mean, at: self.now) else { continue }
      let awaiting = self.banks[bank].rigs.filter { self.rigs[$0].awaitsWatts }
      for index in awaiting { self.rigs[index].awaitsWatts = false }
      switch verdict {
      case .proved:
        for index in awaiting { self.prove(index, \.seenAt) }
        self.proved(awaiting, into: &effects)
      case .excess(let count):
        self.welded(count, of: awaiting.filter { !self.rigs[$0].closed }, bank: bank, into: &effects)
      case .missing(let count):
        self.silent(count, of: awaiting.filter { self.rigs[$0].closed }, bank: bank, into: &effects)
      }
    }
  }

  private mutating func proved(_ awaiting: [Int], into effects: inout [ControlEffect]) {
    guard !awaiting.isEmpty, !self.alarms.standing.isEmpty else { return }
    self.alarms.clear(.contactWelded, into: &effects)
    self.alarms.clear(.rigSilent, into: &effects)
  }

  /// A welded contact cannot be opened by anything here: the rig is locked out until a person has looked.
  private mutating func welded(_ count: Int, of opened: [Int], bank: Int, into effects: inout [ControlEffect])
  {
    guard !opened.isEmpty else { return }
    guard count >= opened.count else {
      let text =
        "\(count) of \(opened.count) opened rigs of bank \(self.site.banks[bank].name) still draw power"
      if !self.alarms.isRaised(.contactWelded) { self.record(.contactWelded, nil, text, into: &effects) }
      return self.alarms.raise(.contactWelded, nil, text, into: &effects)
    }
    for index in opened {
      let rig = self.id(of: index)
      self.rigs[index].isWelded = true
      self.record(.contactWelded, rig, "open but draws power", into: &effects)
      self.alarms.raise(.contactWelded, rig, "open but draws power", into: &effects)
      self.lockOut(rig, why: "contact welded", into: &effects)
    }
  }

  private mutating func silent(_ count: Int, of closed: [Int], bank: Int, into effects: inout [ControlEffect])
  {
    guard !closed.isEmpty else { return }
    guard count >= closed.count else {
      let text = "\(count) of \(closed.count) closed rigs of bank \(self.site.banks[bank].name) draw no power"
      if !self.alarms.isRaised(.rigSilent) { self.record(.rigSilent, nil, text, into: &effects) }
      return self.alarms.raise(.rigSilent, nil, text, into: &effects)
    }
    for index in closed {
      let rig = self.id(of: index)
      self.rigs[index].isSilent = true
      self.record(.rigSilent, rig, "closed but draws no power", into: &effects)
      self.alarms.raise(.rigSilent, rig, "closed but draws no power", into: &effects)
    }
  }
}
