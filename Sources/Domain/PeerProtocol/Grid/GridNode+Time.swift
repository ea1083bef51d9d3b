import Quantities

// What time and loss do to a node: neighbours that do not answer, and those that come back.
extension GridNode {
  /// What became of a message: whether the other side said that it has it.
  public mutating func sent(to address: String, arrived: Bool, at now: Moment) -> [Effect] {
    guard let id = self.siblings.first(where: { $0.value.address == address })?.key,
      let sibling = self.siblings[id]
    else { return [] }
    if arrived {
      guard sibling.isLost, sibling.nextAttempt == nil else { return [] }
      self.siblings[id]?.isLost = false
      return [.log("neighbour \(id) is back")] + self.shareChange(at: now)
    }
    return self.lose([id], at: now)
  }

  /// Gives up waiting for neighbours, and begins to look for them again.
  private mutating func lose(_ ids: [String], at now: Moment) -> [Effect] {
    var effects: [Effect] = []
    var isNew = false
    for id in ids {
      // Several messages may be lost at once: that is one loss.
      guard let sibling = self.siblings[id], !sibling.isLost || sibling.nextAttempt == nil else { continue }
      if !sibling.isLost {
        effects.append(.log("neighbour \(id) does not answer"))
        isNew = true
      }
      // One that takes messages and says nothing is asked ever more seldom.
      self.siblings[id]?.isLost = true
      self.siblings[id]?.losses = min(sibling.losses + 1, 6)
      self.siblings[id]?.nextAttempt = now.monotonic + self.settings.retry * (1 << sibling.losses)
    }
    for master in self.rounds.keys.sorted() { effects += self.stopWaiting(for: ids, in: master, at: now) }
    return isNew ? effects + self.shareChange(at: now) : effects
  }

  private mutating func stopWaiting(for ids: [String], in master: String, at now: Moment) -> [Effect] {
    guard let waiting = self.rounds[master]?.waiting, waiting.contains(where: { ids.contains($0.value) })
    else { return [] }
    self.rounds[master]?.waiting = waiting.filter { !ids.contains($0.value) }
    return self.closeIfDone(master, at: now)
  }

  /// Ends waiting that has been too long. A neighbour without a word since the question is lost; one that lives may be
  /// waiting for somebody behind it, and gets three times as long.
  private mutating func endLateRounds(at now: Moment) -> [Effect] {
    var silent: Set<String> = []
    var effects: [Effect] = []
    for (master, round) in self.rounds.sorted(by: { $0.key < $1.key }) {
      let age = now.monotonic - round.began
      guard age >= self.settings.patience else { continue }
      let asked = Set(round.waiting.values)
      silent.formUnion(asked.filter { (self.siblings[$0]?.lastHeard ?? round.began) <= round.began })
      if age >= self.settings.patience * 3 {
        effects += self.stopWaiting(for: asked.sorted(), in: master, at: now)
      }
    }
    return silent.isEmpty ? effects : effects + self.lose(silent.sorted(), at: now)
  }

  public mutating func tick(at now: Moment) -> [Effect] {
    var effects = self.endLateRounds(at: now)
    self.pending = self.pending.filter { now.monotonic < $0.value.deadline + self.settings.refresh }
    self.seen = self.seen.filter { now.monotonic < $0.value }
    for (id, sibling) in self.siblings.sorted(by: { $0.key < $1.key }) where sibling.isLost {
      guard let due = sibling.nextAttempt, due <= now.monotonic else { continue }
      // A neighbour that restarted adds this node anew; one that never stopped is not disturbed.
      self.siblings[id]?.nextAttempt = nil
      effects += self.invite(id, sibling, at: now)
    }
    if let due = self.nextRefresh, due <= now.monotonic { effects += self.collect(at: now) }
    return effects
  }
}
