public import Quantities
public import SiteModel

/// The site as home automation sees it, in site order.
public struct HomePicture: Sendable, Hashable {
  public struct Rig: Sendable, Hashable {
    public var name: String
    public var isOn: Bool
    /// False while it can be neither started nor trusted: locked out, or set aside for what its relay or watts did.
    public var isAvailable: Bool
    /// Who rules over it, and why it is as it is.
    public var authority: String
    public var reason: String
    /// What keeps it from following that wish; nil when nothing does.
    public var heldBy: String?
    /// Who overrides it, and until when; nil when nobody does.
    public var override: Override?
    public var cycles: Int
    public init(
      name: String, isOn: Bool, isAvailable: Bool = true, authority: String = "plan", reason: String = "",
      heldBy: String? = nil, override: Override? = nil, cycles: Int = 0
    ) {
      self.name = name
      self.isOn = isOn
      self.isAvailable = isAvailable
      self.authority = authority
      self.reason = reason
      self.heldBy = heldBy
      self.override = override
      self.cycles = cycles
    }
  }

  public struct Bank: Sendable, Hashable {
    public var name: String
    /// Rigs it has, those that run, those wanted, and those that could run.
    public var rigs: Int
    public var running: Int
    public var wanted: Int
    public var available: Int
    public var authority: String
    public var reason: String
    public var heldBy: String?
    public var override: Override?
    public init(
      name: String, rigs: Int, running: Int, wanted: Int, available: Int, authority: String = "plan",
      reason: String = "", heldBy: String? = nil, override: Override? = nil
    ) {
      self.name = name
      self.rigs = rigs
      self.running = running
      self.wanted = wanted
      self.available = available
      self.authority = authority
      self.reason = reason
      self.heldBy = heldBy
      self.override = override
    }
  }

  public struct Override: Sendable, Hashable {
    public var by: String
    public var until: UTCInstant
    public init(by: String, until: UTCInstant) {
      self.by = by
      self.until = until
    }
  }

  public struct Meter: Sendable, Hashable {
    public var name: String
    public var subject: SiteModel.Meter.Subject
    /// Nil while the meter shows nothing that is believed.
    public var reading: Reading?
    public init(name: String, subject: SiteModel.Meter.Subject, reading: Reading? = nil) {
      self.name = name
      self.subject = subject
      self.reading = reading
    }
  }

  public struct Reading: Sendable, Hashable {
    public var power: Kilowatts
    /// Counters; nil where the meter has none.
    public var forward: KilowattHours?
    public var reverse: KilowattHours?
    public init(power: Kilowatts, forward: KilowattHours? = nil, reverse: KilowattHours? = nil) {
      self.power = power
      self.forward = forward
      self.reverse = reverse
    }
  }

  public var site: String
  public var rigs: [Rig] = []
  public var banks: [Bank] = []
  public var meters: [Meter] = []
  public var alarms: [String] = []
  public var isEmergencyStopped = false
  /// Of the local day so far.
  public var rigHours = 0.0
  /// How the plan in force was made, such as `optimal`; nil without one.
  public var plan: String?

  public init(site: String) { self.site = site }
}
