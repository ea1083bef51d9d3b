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

/// A relay board on a bus. Its channels are the relay lines `NAME-1`, `NAME-2` and so on.
public struct RelayBoard: Sendable, Hashable {
  public var name: String
  /// Index into `Site.buses`.
  public var bus: Int
  public var unit: UInt8
  public var template: RelayBoardTemplate

  public init(name: String, bus: Int, unit: UInt8, template: RelayBoardTemplate) {
    self.name = name
    self.bus = bus
    self.unit = unit
    self.template = template
  }

  /// The channel of a relay line, from 0; nil when the line is not on this board.
  public func channel(of line: String) -> Int? {
    guard line.hasPrefix(self.name + "-"), let number = Int(line.dropFirst(self.name.count + 1)),
      (1...self.template.channels).contains(number)
    else { return nil }
    return number - 1
  }
}

extension Site {
  /// The board and channel of a relay line; nil when no board has it.
  public func boardChannel(of line: String) -> (board: Int, channel: Int)? {
    for (board, candidate) in self.relayBoards.enumerated() {
      if let channel = candidate.channel(of: line) { return (board, channel) }
    }
    return nil
  }
}
