import Quantities

/// The end of a process, or of the whole board, for a while.
public struct ProcessFault: Sendable, Hashable {
  public enum Victim: Sendable, Hashable {
    /// The controller dies; the relay holder lives on and notices.
    case controller
    /// The relay holder dies and with it its lines.
    case holder
    /// The board loses power: both die, and the clocks start anew.
    case board
  }
  public var victim: Victim
  public var downFor: Duration
}

/// Chooses the moment at which a process dies: at one of the next gaps between two effects, so that every gap is met, or
/// after a while when nothing happens.
struct ProcessFaults {
  private struct Armed {
    let kind: FaultKind
    var gapsLeft: Int
    let latest: MonotonicInstant
    let downFor: Duration
  }

  private var armed: [Armed] = []
  /// The power fails during a commit: nothing after it happens.
  private var isTorn = false

  var isArmed: Bool { !self.armed.isEmpty }

  mutating func begin(_ episode: FaultEpisode) {
    let seconds: Double
    switch Self.victim(of: episode.kind) {
    case .controller: seconds = 2 + 118 * episode.severity
    case .holder: seconds = 1 + 9 * episode.severity
    case .board: seconds = 20 + 580 * episode.severity
    case nil: return
    }
    self.armed.append(
      Armed(
        kind: episode.kind, gapsLeft: Int(episode.target % 6),
        latest: episode.start.advanced(byMilliseconds: episode.length.wholeMilliseconds / 2),
        downFor: .milliseconds(Int64(seconds * 1000))))
  }

  mutating func end(_ kind: FaultKind) {
    self.armed.removeAll { $0.kind == kind }
    if kind == .powerCut { self.isTorn = false }
  }

  /// The power goes in the middle of a commit.
  mutating func tear() { self.isTorn = true }

  /// The fault that strikes in this gap between two effects, or in this idle tick; nil nearly always.
  mutating func strike(isIdle: Bool, at now: MonotonicInstant) -> (kind: FaultKind, ProcessFault)? {
    for index in self.armed.indices {
      let isTearing = self.isTorn && self.armed[index].kind == .powerCut
      if isTearing || now >= self.armed[index].latest || (!isIdle && self.armed[index].gapsLeft == 0) {
        let struck = self.armed.remove(at: index)
        if struck.kind == .powerCut { self.isTorn = false }
        guard let victim = Self.victim(of: struck.kind) else { return nil }
        return (struck.kind, ProcessFault(victim: victim, downFor: struck.downFor))
      }
      if !isIdle { self.armed[index].gapsLeft -= 1 }
    }
    return nil
  }

  private static func victim(of kind: FaultKind) -> ProcessFault.Victim? {
    if kind == .controllerKilled { return .controller }
    if kind == .holderKilled { return .holder }
    return kind == .powerCut ? .board : nil
  }
}
