public import Control
public import Forecasting
public import Jobs
import Quantities
public import SiteModel

/// The site's present, as a planner must know it.
public struct PlanningState: Sendable {
  /// One rig at the planning instant.
  public struct Rig: Sendable, Hashable {
    public var isOn: Bool
    /// How long it has been so.
    public var elapsed: Duration
    /// Neither locked out nor lost.
    public var isAvailable: Bool
    public init(isOn: Bool, elapsed: Duration, isAvailable: Bool) {
      self.isOn = isOn
      self.elapsed = elapsed
      self.isAvailable = isAvailable
    }
  }

  /// Per bank and rig.
  public var rigs: [[Rig]]
  /// Starts so far in the local day, per bank.
  public var startsToday: [Int]
  /// Rig-hours of all banks delivered so far in the local day.
  public var rigHoursDelivered: Double
  /// Generation metered so far in the present slot; nil when nothing trustworthy was.
  public var metered: MeteredPart?
  /// Demand-response events besides those of the site file.
  public var demandEvents: [DemandEvent]
  /// Jobs neither done nor cancelled, in the order in which they are served.
  public var jobs: [JobRecord]
  /// Banks that a person holds at a number of rigs.
  public var overrides: [Override]

  public init(
    rigs: [[Rig]], startsToday: [Int], rigHoursDelivered: Double, metered: MeteredPart? = nil,
    demandEvents: [DemandEvent] = [], jobs: [JobRecord] = [],
    overrides: [Override] = []
  ) {
    self.metered = metered
    self.jobs = jobs
    self.overrides = overrides
    self.rigs = rigs
    self.startsToday = startsToday
    self.rigHoursDelivered = rigHoursDelivered
    self.demandEvents = demandEvents
  }

  /// A site before its first minute: everything off and free to start.
  public static func idle(_ site: Site) -> PlanningState {
    PlanningState(
      rigs: site.banks.map { bank in
        Array(repeating: Rig(isOn: false, elapsed: bank.minimumOff, isAvailable: true), count: bank.count)
      }, startsToday: site.banks.map { _ in 0 }, rigHoursDelivered: 0)
  }
}
