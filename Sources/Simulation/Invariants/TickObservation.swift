public import Control
public import Quantities
public import SiteModel

/// What an observer who knows the truth sees of one tick, after the controller has acted.
public struct TickObservation: Sendable {
  /// World time at the tick.
  public var now: MonotonicInstant
  /// True civil time.
  public var wall: UTCInstant
  /// True mean power at the grid connection over the second before the tick; import positive.
  public var gridPower: Kilowatts
  /// What may be imported now, by the true time.
  public var importCap: Kilowatts
  /// What this tick's poll delivered for the grid meter.
  public var grid: GridEvidence
  /// Lines that changed since the last tick, in order.
  public var transitions: [LineTransition]
  /// Rigs whose relay does not obey or lies.
  public var unreliable: [RigID]
  public var isClockTrustworthy: Bool
  /// World time since when no commit has worked; nil while the store works.
  public var storeFailing: MonotonicInstant?
  /// A fault is present, other than a clock that merely coasts.
  public var isDisturbed: Bool
  public var control: ControlFacts

  public init(
    now: MonotonicInstant, wall: UTCInstant, gridPower: Kilowatts, importCap: Kilowatts, grid: GridEvidence,
    transitions: [LineTransition] = [], unreliable: [RigID] = [], isClockTrustworthy: Bool = true,
    storeFailing: MonotonicInstant? = nil, isDisturbed: Bool = false, control: ControlFacts
  ) {
    self.now = now
    self.wall = wall
    self.gridPower = gridPower
    self.importCap = importCap
    self.grid = grid
    self.transitions = transitions
    self.unreliable = unreliable
    self.isClockTrustworthy = isClockTrustworthy
    self.storeFailing = storeFailing
    self.isDisturbed = isDisturbed
    self.control = control
  }
}

/// What the harness knows of the controller in one tick. It comes from the plans and overrides the harness itself
/// handed over and from the commands it carried, never from what the controller says of itself.
public struct ControlFacts: Sendable {
  /// False from the moment the controller's process died until it runs again.
  public var isAlive: Bool
  /// Commands of this tick, in order, with their authority and reason.
  public var commands: [RelayCommand]
  /// The most rigs of each bank that plan, trim and override allow now.
  public var allowed: [Int]
  /// The rigs of each bank that should run: the override's count, else the plan's, less rigs locked out. Nil when there
  /// is no plan to be back on.
  public var expected: [Int]?

  public init(isAlive: Bool = true, commands: [RelayCommand] = [], allowed: [Int], expected: [Int]?) {
    self.isAlive = isAlive
    self.commands = commands
    self.allowed = allowed
    self.expected = expected
  }
}

extension SimulatedSite {
  /// This tick as the checker sees it.
  public func observation(_ control: ControlFacts) -> TickObservation {
    TickObservation(
      now: self.now, wall: self.wall, gridPower: self.power.grid,
      importCap: self.site.importCap(at: self.wall),
      grid: self.gridEvidence, transitions: self.transitions, unreliable: self.unreliableRigs,
      isClockTrustworthy: self.isClockTrustworthy, storeFailing: self.storeFailing,
      isDisturbed: self.isDisturbed,
      control: control)
  }
}
