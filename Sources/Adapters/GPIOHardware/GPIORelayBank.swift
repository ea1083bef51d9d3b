internal import CGPIO
import Control
import Glibc
public import Ports
public import SiteModel

/// Relays on pins of this board, through libgpiod. Making one requests every line, inactive from the first moment on;
/// the lines are given back when it goes. One thread at a time.
public final class GPIORelayBank: RelayBank {
  /// Why the lines cannot be had: what is wrong and what to do.
  public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
  }

  private static let user = "rigshift"

  private var lines: [RigID: GPIOOutput] = [:]

  /// `pins` are the lines of rigs. Requests all or none.
  public init(_ pins: [(rig: RigID, pin: GPIOPin)]) throws(Failure) {
    let chips = GPIOChip.all()
    for (rig, pin) in pins {
      let place = try Self.find(pin, among: chips)
      self.lines[rig] = try Self.request(pin, at: place)
    }
  }

  public func holds(_ rig: RigID) -> Bool { self.lines[rig] != nil }

  public func set(_ rig: RigID, closed: Bool) throws(RelayFault) {
    guard let line = self.lines[rig] else { throw .notOwned }
    guard line.set(closed) else { throw .inputOutput }
  }

  public func level(of rig: RigID) -> Bool? { self.lines[rig]?.level }

  /// Who holds a pin's line; empty when it is free.
  public static func user(of pin: GPIOPin) throws(Failure) -> String {
    try Self.find(pin, among: GPIOChip.all()).user
  }

  // MARK: Lines

  struct Place {
    var chip: GPIOChip
    var offset: UInt32
    var user: String
  }

  static func find(_ pin: GPIOPin, among chips: [GPIOChip]) throws(Failure) -> Place {
    switch pin.place {
    case .offset(let label, let offset):
      let labelled = chips.filter { $0.label == label }
      guard let chip = labelled.first, labelled.count == 1 else {
        let known = chips.map { "\($0.label) (\($0.path))" }.joined(separator: ", ")
        throw Failure(
          description: labelled.isEmpty
            ? "\(pin.title): no GPIO chip is labelled \"\(label)\"; this board has "
              + "\(known.isEmpty ? "none" : known). Name the right board in the site file"
            : "\(pin.title): \(labelled.count) GPIO chips are labelled \"\(label)\"; the kernel does not tell "
              + "them apart")
      }
      guard let line = chip.line(offset) else {
        throw Failure(description: "\(pin.title): \(label) has no line \(offset)")
      }
      guard line.name.isEmpty || pin.names.isEmpty || pin.names.contains(line.name) else {
        throw Failure(
          description: "\(pin.title): line \(offset) of \(label) is named \"\(line.name)\", not "
            + "\(pin.names.joined(separator: " or ")); this is not the board of the site file")
      }
      return Place(chip: chip, offset: offset, user: line.user)
    case .named(let name):
      // Names carry suffixes, such as "P9_14 [ehrpwm1a]".
      for chip in chips {
        for offset in 0..<chip.lineCount {
          guard let line = chip.line(offset), line.name == name || line.name.hasPrefix(name + " ") else {
            continue
          }
          return Place(chip: chip, offset: offset, user: line.user)
        }
      }
      throw Failure(
        description: "\(pin.title): no GPIO line is named \"\(name)\". Name the right board in the site file")
    }
  }

  private static func request(_ pin: GPIOPin, at place: Place) throws(Failure) -> GPIOOutput {
    if let output = GPIOOutput(
      cgpio_request(place.chip.path, place.offset, pin.isActiveLow ? 1 : 0, Self.user))
    {
      return output
    }
    throw Self.failure(errno, pin, place)
  }

  /// Why a line could not be requested.
  static func failure(_ code: Int32, _ pin: GPIOPin, _ place: Place) -> Failure {
    let line = "\(pin.title) (line \(place.offset) of \(place.chip.label))"
    switch code {
    case EBUSY:
      let user = place.user.isEmpty ? "another program" : "\"\(place.user)\""
      return Failure(
        description:
          "\(line) is held by \(user); stop it, or choose another pin. Only one relay holder can run")
    case EACCES, EPERM:
      return Failure(
        description: "\(line): no permission for \(place.chip.path); run as the service's user, or join the "
          + "group that owns it")
    default: return Failure(description: "\(line) cannot be requested: \(String(cString: strerror(code)))")
    }
  }
}

/// A requested line.
private final class GPIOOutput {
  private let output: OpaquePointer

  init?(_ output: OpaquePointer?) {
    guard let output else { return nil }
    self.output = output
  }

  deinit { cgpio_release(self.output) }

  func set(_ isActive: Bool) -> Bool { cgpio_set(self.output, isActive ? 1 : 0) == 0 }

  var level: Bool? {
    switch cgpio_get(self.output) {
    case 0: false
    case 1: true
    default: nil
    }
  }
}
