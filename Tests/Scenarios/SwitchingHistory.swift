import Control
import Quantities
import SiteModel

/// What the hardware did, told by the world, judged by rules the controller has no part in.
struct SwitchingHistory {
  /// The dwell times of a site's banks and its stagger, written out here a second time on purpose.
  struct Rules {
    var minimumOn: [Duration]
    var minimumOff: [Duration]
    var stagger: Duration
  }

  private let edges: [SiteInTwoProcesses.Edge]
  private let rules: Rules

  init(_ edges: [SiteInTwoProcesses.Edge], rules: Rules) {
    self.edges = edges
    self.rules = rules
  }

  var closes: [SiteInTwoProcesses.Edge] { self.edges.filter(\.closed) }
  var commandedOpens: [SiteInTwoProcesses.Edge] { self.edges.filter { !$0.closed && $0.isCommanded } }

  /// Every switch that came too soon. A line that fell because its process was killed is nobody's decision, but the
  /// pause it begins counts like any other.
  var brokenRules: [String] {
    var broken: [String] = []
    var last: [RigID: SiteInTwoProcesses.Edge] = [:]
    var lastClose: UTCInstant?
    for edge in self.edges {
      let before = last.updateValue(edge, forKey: edge.rig)
      if before?.closed == edge.closed { broken.append("\(edge): a switch to the level it had") }
      let time = before.map { edge.at - $0.at }
      if edge.closed {
        if let time, time < self.rules.minimumOff[edge.rig.bank] { broken.append("\(edge): off for \(time)") }
        if let lastClose, edge.at - lastClose < self.rules.stagger {
          broken.append("\(edge): within the stagger")
        }
        lastClose = edge.at
      } else if edge.isCommanded, let time, time < self.rules.minimumOn[edge.rig.bank] {
        broken.append("\(edge): on for \(time)")
      }
    }
    return broken
  }

  /// Milliseconds of closed line within `slot`, summed over the rigs of a bank.
  func closedMilliseconds(bank: Int, in slot: Slot) -> Int64 {
    var since: [RigID: UTCInstant] = [:]
    var sum: Int64 = 0
    func add(from start: UTCInstant, to end: UTCInstant) {
      sum += max(0, min(end, slot.end).millisecondsSince(max(start, slot.start)))
    }
    for edge in self.edges where edge.rig.bank == bank {
      if edge.closed {
        since[edge.rig] = edge.at
      } else if let start = since.removeValue(forKey: edge.rig) {
        add(from: start, to: edge.at)
      }
    }
    for start in since.values { add(from: start, to: slot.end) }
    return sum
  }
}
