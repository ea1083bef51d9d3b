public import Devices

/// A Modbus line and how to talk on it.
public struct Bus: Sendable, Hashable {
  public enum Line: Sendable, Hashable {
    /// A serial port, best named by `/dev/serial/by-id`, which stays the same after a restart.
    case serial(path: String, SerialSettings)
    case network(HostPort)
  }

  public var name: String
  public var line: Line
  /// How often each of its meters is read.
  public var poll: Duration
  /// How long a unit may take to answer.
  public var answerWithin: Duration

  public init(
    name: String, line: Line, poll: Duration = .seconds(1), answerWithin: Duration = .milliseconds(300)
  ) {
    self.name = name
    self.line = line
    self.poll = poll
    self.answerWithin = answerWithin
  }
}

/// Where a meter is wired and what it is.
public struct MeterWiring: Sendable, Hashable {
  /// Index into `Site.buses`.
  public var bus: Int
  /// Modbus unit, 1...247; also 0 and 255 over TCP.
  public var unit: UInt8
  public var template: DeviceTemplate
  /// True when its import is what the site calls reverse: a meter clamped on the other way round.
  public var isReversed: Bool

  public init(bus: Int, unit: UInt8, template: DeviceTemplate, isReversed: Bool = false) {
    self.bus = bus
    self.unit = unit
    self.template = template
    self.isReversed = isReversed
  }
}
