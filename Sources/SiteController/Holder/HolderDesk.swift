public import Quantities

/// The relay holder's side of the line: obeys the controller that has the same relay table.
public final class HolderDesk {
  private let outputs: RelayOutputs
  private let digest: String
  /// Whether the present caller has shown that its table is ours.
  private var isGreeted = false
  /// Nil while nothing is known of an emergency stop, which is always so on a site without one.
  public private(set) var isStopped: Bool?
  /// The controller has not heard of the last change.
  private var isStopNews = false

  public init(outputs: RelayOutputs, digest: String) {
    self.outputs = outputs
    self.digest = digest
  }

  /// What the emergency stop shows. Pressed, it opens every relay without waiting for the controller.
  public func noteEmergencyStop(_ isPressed: Bool, at now: MonotonicInstant) {
    if isPressed, self.isStopped != true { self.outputs.openAll(at: now) }
    if isPressed != self.isStopped { self.isStopNews = true }
    self.isStopped = isPressed
  }

  /// Another controller has called; the one before is gone.
  public func newCaller() { self.isGreeted = false }

  public func reply(to line: String, at now: MonotonicInstant) -> String {
    guard let request = HolderRequest(line: line) else {
      return HolderReply.refused("not a request of this version").line
    }
    if case .hello(let digest) = request {
      self.isGreeted = digest == self.digest
      return self.isGreeted
        ? self.done([])
        : HolderReply.refused("the relay table of the site file has changed; restart the relay holder").line
    }
    guard self.isGreeted else { return HolderReply.refused("say hello first").line }
    var reports: [OutputReport] = []
    switch request {
    case .hello: break
    case .command(let rig, closed: true) where self.isStopped == true:
      reports.append(.sent(rig, closed: true, accepted: false))
    case .command(let rig, let closed):
      self.outputs.command(rig, closed: closed, at: now)
    case .heartbeat: self.outputs.heartbeat(at: now)
    case .levels:
      self.outputs.readLevels(into: &reports)
      self.isStopNews = self.isStopped != nil
    case .policy: self.outputs.applyPolicy(at: now)
    }
    self.outputs.takeReports(into: &reports)
    if self.isStopNews, let isStopped = self.isStopped { reports.append(.emergencyStop(isStopped)) }
    self.isStopNews = false
    return self.done(reports)
  }

  /// Lets time pass; with or without a controller.
  public func tick(at now: MonotonicInstant) { self.outputs.tick(at: now) }

  private func done(_ reports: [OutputReport]) -> String {
    HolderReply.done(closedCounts: self.outputs.closedCounts, reports).line
  }
}
