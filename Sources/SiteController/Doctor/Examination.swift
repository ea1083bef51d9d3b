public import Quantities

/// What a computer showed when somebody looked whether a site can run on it. Nothing in it is judged yet.
public struct Examination: Sendable {
  /// A serial port of a bus.
  public struct Port: Sendable {
    public enum State: Sendable, Hashable { case ready, missing, noPermission, noTerminal }
    public var bus: String
    public var path: String
    public var state: State
    /// The name under `/dev/serial/by-id` that leads to the same device; nil where there is none.
    public var lastingName: String?

    public init(bus: String, path: String, state: State, lastingName: String?) {
      self.bus = bus
      self.path = path
      self.state = state
      self.lastingName = lastingName
    }
  }

  /// A pin that switches a rig or watches the emergency stop.
  public struct Pin: Sendable {
    public enum State: Sendable, Hashable {
      case free
      case held(by: String)
      /// As the kernel's side says it, with what to do.
      case unusable(String)
    }
    public var use: String
    public var state: State

    public init(use: String, state: State) {
      self.use = use
      self.state = state
    }
  }

  /// A file that only its owner should read.
  public struct Secret: Sendable {
    public enum State: Sendable, Hashable { case good, missing, open, noPermission }
    public var use: String
    public var path: String
    public var state: State

    public init(use: String, path: String, state: State) {
      self.use = use
      self.path = path
      self.state = state
    }
  }

  public var isSimulated: Bool
  public var wall: UTCInstant
  public var isSynchronised: Bool
  public var trustsBatteryClock: Bool
  public var ports: [Port]
  public var pins: [Pin]
  public var secrets: [Secret]
  /// Where the record lies, or will.
  public var folder: String
  public var folderExists: Bool
  public var folderIsWritable: Bool
  public var freeBytes: UInt64?
  public var controllerRuns: Bool
  public var holderRuns: Bool
  /// Whether relays are held by a process of their own.
  public var needsHolder: Bool
  /// Whole days until the certificate of the web interface ends, below zero once it has; nil where there is none yet.
  public var certificateDays: Int?

  public init(
    isSimulated: Bool, wall: UTCInstant, isSynchronised: Bool, trustsBatteryClock: Bool, ports: [Port],
    pins: [Pin], secrets: [Secret], folder: String, folderExists: Bool, folderIsWritable: Bool,
    freeBytes: UInt64?, controllerRuns: Bool, holderRuns: Bool, needsHolder: Bool, certificateDays: Int?
  ) {
    self.isSimulated = isSimulated
    self.wall = wall
    self.isSynchronised = isSynchronised
    self.trustsBatteryClock = trustsBatteryClock
    self.ports = ports
    self.pins = pins
    self.secrets = secrets
    self.folder = folder
    self.folderExists = folderExists
    self.folderIsWritable = folderIsWritable
    self.freeBytes = freeBytes
    self.controllerRuns = controllerRuns
    self.holderRuns = holderRuns
    self.needsHolder = needsHolder
    self.certificateDays = certificateDays
  }
}
