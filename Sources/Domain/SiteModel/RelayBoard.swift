public import Devices

/// A board with relays. Its channels are the relay lines `NAME-1`, `NAME-2` and so on.
public struct RelayBoard: Sendable, Hashable {
  public enum Attachment: Sendable, Hashable {
    /// On a Modbus line.
    case bus(BoardWiring)
    /// On pins of the computer itself, in channel order.
    case pins([GPIOPin])
  }

  public var name: String
  /// Maker and type.
  public var title: String
  public var attachment: Attachment

  public init(name: String, title: String, attachment: Attachment) {
    self.name = name
    self.title = title
    self.attachment = attachment
  }

  public var wiring: BoardWiring? {
    if case .bus(let wiring) = self.attachment { wiring } else { nil }
  }

  public var channels: Int {
    switch self.attachment {
    case .bus(let wiring): wiring.template.channels
    case .pins(let pins): pins.count
    }
  }

  /// The channel of a relay line, from 0; nil when the line is not on this board.
  public func channel(of line: String) -> Int? {
    guard line.hasPrefix(self.name + "-"), let number = Int(line.dropFirst(self.name.count + 1)),
      (1...max(1, self.channels)).contains(number), number <= self.channels
    else { return nil }
    return number - 1
  }
}

/// Where a relay board is wired and what it is.
public struct BoardWiring: Sendable, Hashable {
  /// Index into `Site.buses`.
  public var bus: Int
  public var unit: UInt8
  public var template: RelayBoardTemplate

  public init(bus: Int, unit: UInt8, template: RelayBoardTemplate) {
    self.bus = bus
    self.unit = unit
    self.template = template
  }
}

/// A pin of the computer that drives a relay.
public struct GPIOPin: Sendable, Hashable {
  public enum Place: Sendable, Hashable {
    /// Label of its GPIO chip, and the line there.
    case offset(chip: String, UInt32)
    /// The line's name, or the beginning of it before a space, on any chip.
    case named(String)
  }

  /// What a person calls it: `relays-1 (pin 37)`.
  public var title: String
  public var place: Place
  /// Names the kernel may give the line; any other means that this is another board. Empty when none is known.
  public var names: [String]
  /// Whether the low level closes the relay.
  public var isActiveLow: Bool

  public init(title: String, place: Place, names: [String] = [], isActiveLow: Bool) {
    self.title = title
    self.place = place
    self.names = names
    self.isActiveLow = isActiveLow
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

  /// The pins of this computer that drive relays of rigs.
  public var gpioPins: [(rig: RigID, pin: GPIOPin)] {
    var pins: [(rig: RigID, pin: GPIOPin)] = []
    for (bank, rigs) in self.banks.enumerated() {
      for (rig, line) in rigs.relayLines.enumerated() {
        guard let place = self.boardChannel(of: line),
          case .pins(let ofBoard) = self.relayBoards[place.board].attachment
        else { continue }
        pins.append((RigID(bank: bank, rig: rig), ofBoard[place.channel]))
      }
    }
    return pins
  }
}
