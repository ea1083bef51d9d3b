public import JSONText
public import Quantities

/// What the site looked like at one moment: all that the web interface knows. It is made between two ticks and read from
/// then on without the control loop. Powers in kW, energies in kWh, instants in UTC.
public struct SiteSnapshot: Sendable {
  /// One moment of the last hour.
  public struct TracePoint: Sendable, Hashable {
    public var at: UTCInstant
    /// Positive on import; nil where the site meter was not believed.
    public var imported: Double?
    public var generated: Double?
    public var rigsOn: Int
    public init(at: UTCInstant, imported: Double?, generated: Double?, rigsOn: Int) {
      self.at = at
      self.imported = imported
      self.generated = generated
      self.rigsOn = rigsOn
    }
  }

  /// As `rigshift status --json` says it.
  public var status: JSONValue
  public var age: Duration
  /// Local time of the site.
  public var zone = ZoneRules.utc
  /// ISO 4217.
  public var currency = ""
  public var isSimulated = false
  /// One object per rig and per meter, in site order.
  public var rigs: JSONValue = []
  public var meters: JSONValue = []
  /// The plan in force, slot by slot; null without one.
  public var plan: JSONValue = nil
  /// As `rigshift job list --json` says it.
  public var jobs: JSONValue = [:]
  /// As `rigshift grid --json` and `rigshift peer status --json` say it; null for a site without peers.
  public var grid: JSONValue = nil
  public var peers: JSONValue = nil
  /// What one rig of each bank is rated at, in kW.
  public var ratedDraw: [String: Double] = [:]
  /// Settled slots of the last two days, oldest first.
  public var slots: JSONValue = []
  /// Newest first.
  public var decisions: JSONValue = []
  public var events: JSONValue = []
  /// Newest first, without their data.
  public var certificates: JSONValue = []
  /// The key that signs the log, as others name it, and the newest checkpoint; members are absent before there are any.
  public var log: JSONValue = [:]
  /// Those that stand, worst first, the last ones that are over, newest first, and the channels to people; null where
  /// nobody looks after alarms.
  public var alarms: JSONValue = nil
  /// What the program and its record use: `started_at`, `resident_bytes`, `threads`, `cpu_s`, `record_bytes`,
  /// `free_bytes`; members that are not known are absent.
  public var process: JSONValue = [:]
  /// Oldest first.
  public var trace: [TracePoint] = []

  public init(status: JSONValue, age: Duration) {
    self.status = status
    self.age = age
  }

  /// The site's own wall time.
  var now: UTCInstant? { self.status["time"]?.string.flatMap { ISO8601.instant($0) } }
}
