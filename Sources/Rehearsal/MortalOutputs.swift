import Control
import Quantities
import Simulation
import SiteController
import SiteModel

/// The controller's way to the holder in a world where processes die: asks before every effect whether the controller
/// lives to perform it. After its death nothing more happens in that tick.
final class MortalOutputs: OutputCommands {
  private(set) var fault: ProcessFault?
  private let world: SimulatedSite
  /// Nil while the holder is down: commands then fail.
  var outputs: RelayOutputs?
  private var commands: [RelayCommand] = []
  private var refused: [OutputReport] = []

  init(world: SimulatedSite, outputs: RelayOutputs?) {
    self.world = world
    self.outputs = outputs
  }

  /// False from the controller's death on. `isIdle` for what happens in every tick.
  func mayPerform(isIdle: Bool) -> Bool {
    if self.fault != nil { return false }
    self.fault = self.world.processFault(isIdle: isIdle)
    // The holder's death is not the controller's: the effect goes to a holder that is no longer there.
    return self.fault == nil || self.fault?.victim == .holder
  }

  /// A holder's death has been dealt with.
  func forgetFault() { self.fault = nil }

  func command(_ command: RelayCommand, at now: MonotonicInstant) {
    guard self.mayPerform(isIdle: false) else { return }
    self.commands.append(command)
    if let outputs = self.outputs, self.fault == nil {
      outputs.command(command, at: now)
    } else {
      self.refused.append(.sent(command.rig, closed: command.closed, accepted: false))
    }
  }

  /// Commands carried since the last call.
  func takeCommands() -> [RelayCommand] {
    guard !self.commands.isEmpty else { return [] }
    defer { self.commands.removeAll(keepingCapacity: true) }
    return self.commands
  }

  var closedCounts: [Int] { self.outputs?.closedCounts ?? self.world.site.banks.map { _ in 0 } }

  func heartbeat(at now: MonotonicInstant) {
    guard self.mayPerform(isIdle: true) else { return }
    self.outputs?.heartbeat(at: now)
  }

  func takeReports(into reports: inout [OutputReport]) {
    self.outputs?.takeReports(into: &reports)
    guard !self.refused.isEmpty else { return }
    reports += self.refused
    self.refused.removeAll(keepingCapacity: true)
  }

  func readLevels(into reports: inout [OutputReport]) { self.outputs?.readLevels(into: &reports) }

  /// The holder's own time goes on without the controller: the rehearsal moves it.
  func tick(at now: MonotonicInstant) {}

  func applyPolicy(at now: MonotonicInstant) {
    guard self.mayPerform(isIdle: false) else { return }
    self.outputs?.applyPolicy(at: now)
  }
}
