public import Quantities
public import SiteModel

/// Owns the output levels: obeys commands while heartbeats come and applies each output's policy when they
/// stop.
///
/// It never closes an output by itself. A close that comes before the stagger has passed waits for its turn
/// when it is the only one, so that the jitter between two processes refuses nothing; a second one is refused
/// and the controller decides again. After its own restart every output is open and counts as just switched.
public struct RelayHolder: Sendable {
  /// What must happen to the lines, in order.
  public enum LineAction: Sendable, Hashable {
    case drive(RigID, closed: Bool)
    /// The command will not be carried out.
    case refuse(RigID, closed: Bool, Refusal)
  }

  public enum Refusal: String, Sendable, Hashable, Codable, CaseIterable {
    case unknownOutput = "no such output"
    case stagger = "another close is waiting for its turn"
    case noHeartbeat = "no heartbeat from the controller"
  }

  public enum Message: Sendable, Hashable {
    case command(RigID, closed: Bool)
    case heartbeat
  }

  private struct Output: Sendable {
    var rig: RigID
    var closed = false
    /// Milliseconds the level is kept after the dead-man time; 0 opens at once.
    var hold: Int64
  }

  private var outputs: [Output]
  private var firstOutput: [Int]
  private var counts: [Int]
  private let stagger: Int64
  private let deadMan: Int64
  private var lastHeartbeat: MonotonicInstant
  private var lastClose: MonotonicInstant
  private var waiting: Int?
  private var closedOutputs = 0
  /// True from the dead-man time until the next heartbeat.
  public private(set) var isReleased = false

  public init(site: Site, startedAt now: MonotonicInstant) {
    self.outputs = []
    self.firstOutput = []
    self.counts = []
    for (bank, rigs) in site.banks.enumerated() {
      self.firstOutput.append(self.outputs.count)
      self.counts.append(rigs.count)
      let hold: Int64
      switch rigs.fallback {
      case .off: hold = 0
      case .hold(let length): hold = max(0, length.wholeMilliseconds)
      }
      for rig in 0..<max(0, rigs.count) {
        self.outputs.append(Output(rig: RigID(bank: bank, rig: rig), hold: hold))
      }
    }
    self.stagger = max(0, site.control.stagger.wholeMilliseconds)
    self.deadMan = max(0, site.control.deadMan.wholeMilliseconds)
    self.lastHeartbeat = now
    self.lastClose = now
  }

  /// The level the holder drives; nil for an unknown output.
  public func isClosed(_ rig: RigID) -> Bool? { self.index(of: rig).map { self.outputs[$0].closed } }

  /// Takes a message. A heartbeat that comes too late still finds the policy applied.
  public mutating func handle(_ message: Message, at now: MonotonicInstant) -> [LineAction] {
    var actions: [LineAction] = []
    self.applyPolicy(at: now, into: &actions)
    switch message {
    case .heartbeat:
      self.lastHeartbeat = max(self.lastHeartbeat, now)
      self.isReleased = false
    case .command(let rig, let closed):
      guard let index = self.index(of: rig) else {
        actions.append(.refuse(rig, closed: closed, .unknownOutput))
        break
      }
      // A waiting close must not come before the command that takes it back, nor after a newer close.
      if closed {
        self.closeWaiting(at: now, into: &actions)
        self.close(index, at: now, into: &actions)
      } else {
        self.open(index, into: &actions)
      }
    }
    self.closeWaiting(at: now, into: &actions)
    return actions
  }

  /// Applies what time alone brings: the dead-man policy and the waiting close. Call it at least ten times in
  /// each dead-man time.
  public mutating func tick(at now: MonotonicInstant) -> [LineAction] {
    var actions: [LineAction] = []
    self.applyPolicy(at: now, into: &actions)
    self.closeWaiting(at: now, into: &actions)
    return actions
  }

  private mutating func applyPolicy(at now: MonotonicInstant, into actions: inout [LineAction]) {
    let silence = now.millisecondsSince(self.lastHeartbeat)
    if silence >= self.deadMan { self.release(after: silence - self.deadMan, into: &actions) }
  }

  private mutating func closeWaiting(at now: MonotonicInstant, into actions: inout [LineAction]) {
    guard let index = self.waiting, now.millisecondsSince(self.lastClose) >= self.stagger else { return }
    self.waiting = nil
    self.drive(index, at: now, into: &actions)
  }

  private mutating func release(after overdue: Int64, into actions: inout [LineAction]) {
    self.isReleased = true
    if let index = self.waiting {
      self.waiting = nil
      actions.append(.refuse(self.outputs[index].rig, closed: true, .noHeartbeat))
    }
    guard self.closedOutputs > 0 else { return }
    for index in self.outputs.indices where self.outputs[index].closed && self.outputs[index].hold <= overdue
    {
      self.open(index, into: &actions)
    }
  }

  private mutating func close(_ index: Int, at now: MonotonicInstant, into actions: inout [LineAction]) {
    let rig = self.outputs[index].rig
    if self.isReleased { return actions.append(.refuse(rig, closed: true, .noHeartbeat)) }
    // Driving a closed line again is harmless and no new close.
    if self.outputs[index].closed { return actions.append(.drive(rig, closed: true)) }
    if self.waiting == index { return }
    guard now.millisecondsSince(self.lastClose) < self.stagger else {
      return self.drive(index, at: now, into: &actions)
    }
    guard self.waiting == nil else { return actions.append(.refuse(rig, closed: true, .stagger)) }
    self.waiting = index
  }

  private mutating func open(_ index: Int, into actions: inout [LineAction]) {
    if self.waiting == index { self.waiting = nil }
    if self.outputs[index].closed {
      self.outputs[index].closed = false
      self.closedOutputs -= 1
    }
    actions.append(.drive(self.outputs[index].rig, closed: false))
  }

  private mutating func drive(_ index: Int, at now: MonotonicInstant, into actions: inout [LineAction]) {
    self.outputs[index].closed = true
    self.closedOutputs += 1
    self.lastClose = now
    actions.append(.drive(self.outputs[index].rig, closed: true))
  }

  private func index(of rig: RigID) -> Int? {
    guard self.counts.indices.contains(rig.bank), rig.rig >= 0, rig.rig < self.counts[rig.bank] else {
      return nil
    }
    return self.firstOutput[rig.bank] + rig.rig
  }
}
