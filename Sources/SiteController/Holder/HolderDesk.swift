public import Quantities

/// The relay holder's side of the line: obeys the controller that has the same relay table.
public final class HolderDesk {
  private let outputs: RelayOutputs
  private let digest: String
  /// Whether the present caller has shown that its table is ours.
  private var isGreeted = false

  public init(outputs: RelayOutputs, digest: String) {
    self.outputs = outputs
    self.digest = digest
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
    case .command(let rig, let closed):
      self.outputs.command(rig, closed: closed, at: now)
    case .heartbeat: self.outputs.heartbeat(at: now)
    case .levels: self.outputs.readLevels(into: &reports)
    case .policy: self.outputs.applyPolicy(at: now)
    }
    self.outputs.takeReports(into: &reports)
    return self.done(reports)
  }

  /// Lets time pass; with or without a controller.
  public func tick(at now: MonotonicInstant) { self.outputs.tick(at: now) }

  private func done(_ reports: [OutputReport]) -> String {
    HolderReply.done(closedCounts: self.outputs.closedCounts, reports).line
  }
}
