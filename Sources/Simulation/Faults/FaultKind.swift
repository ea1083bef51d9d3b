/// Everything that can go wrong in the simulated world.
public enum FaultKind: Int, Sendable, Hashable, Comparable, CaseIterable {
  // Meter bus.
  case busTimeout, busChecksum, busException, busWrongUnit
  /// A made-up value in a frame whose checksum is right.
  case busPhantom
  /// Answers that are seconds old when they arrive.
  case busSlow
  /// The adapter is unplugged: no meter answers.
  case busUnplugged
  // Meter.
  /// The registers keep the values they had.
  case meterStuck
  case meterNotANumber, meterCounterReset, meterRollOver
  /// Power with the wrong sign; the counters stay right.
  case meterSwappedSign
  // Relay.
  /// The contact opens and stays open whatever the line says.
  case relayStuckOpen
  /// The contact no longer opens once it is closed.
  case relayWelded
  case relayReadBackLies
  /// A command fails and does not happen.
  case relayRefuses
  /// A command fails but does happen.
  case relayRefusesButSwitches
  // Clock.
  case clockStep, clockDrift, clockNotSetAtBoot, clockUnsynchronised
  // Store.
  case storeFull, storeSlow, storeFailedNotWritten, storeFailedWritten
  // Feeds.
  case feedDown, feedLate, feedNonsense, feedRateLimited
  // Processes.
  case controllerKilled, holderKilled
  /// The board loses power, perhaps in the middle of a commit.
  case powerCut

  public static func < (a: FaultKind, b: FaultKind) -> Bool { a.rawValue < b.rawValue }

  /// How reports name it.
  public var name: String {
    switch self {
    case .busTimeout: "bus time-out"
    case .busChecksum: "bus checksum error"
    case .busException: "device exception"
    case .busWrongUnit: "wrong unit answers"
    case .busPhantom: "phantom value"
    case .busSlow: "slow device"
    case .busUnplugged: "adapter unplugged"
    case .meterStuck: "meter stuck"
    case .meterNotANumber: "meter sends NaN"
    case .meterCounterReset: "counter reset"
    case .meterRollOver: "counter roll-over"
    case .meterSwappedSign: "swapped sign"
    case .relayStuckOpen: "relay stuck open"
    case .relayWelded: "contact welded"
    case .relayReadBackLies: "read-back lies"
    case .relayRefuses: "relay refuses"
    case .relayRefusesButSwitches: "relay refuses but switches"
    case .clockStep: "clock step"
    case .clockDrift: "clock drift"
    case .clockNotSetAtBoot: "clock not set at boot"
    case .clockUnsynchronised: "clock unsynchronised"
    case .storeFull: "store full"
    case .storeSlow: "store slow"
    case .storeFailedNotWritten: "commit failed, not written"
    case .storeFailedWritten: "commit failed, written"
    case .feedDown: "feed down"
    case .feedLate: "feed late"
    case .feedNonsense: "feed sends nonsense"
    case .feedRateLimited: "feed rate-limited"
    case .controllerKilled: "controller killed"
    case .holderKilled: "relay holder killed"
    case .powerCut: "power cut"
    }
  }
}

/// A set of fault kinds in one machine word.
public struct FaultSet: Sendable, Hashable {
  private var bits: UInt64 = 0
  public init() {}
  public init(_ kinds: [FaultKind]) {
    for kind in kinds { self.insert(kind) }
  }

  public var isEmpty: Bool { self.bits == 0 }
  @inline(__always) public func contains(_ kind: FaultKind) -> Bool { self.bits & Self.bit(kind) != 0 }
  public mutating func insert(_ kind: FaultKind) { self.bits |= Self.bit(kind) }
  public mutating func remove(_ kind: FaultKind) { self.bits &= ~Self.bit(kind) }

  @inline(__always) func intersects(_ other: FaultSet) -> Bool { self.bits & other.bits != 0 }
  func subtracting(_ other: FaultSet) -> FaultSet {
    var rest = self
    rest.bits &= ~other.bits
    return rest
  }

  @inline(__always) private static func bit(_ kind: FaultKind) -> UInt64 { 1 << UInt64(kind.rawValue) }

  /// What can disturb a poll of the meters.
  static let disturbsPolls = FaultSet([
    .busTimeout, .busChecksum, .busException, .busWrongUnit, .busPhantom, .busSlow, .busUnplugged,
    .meterNotANumber,
    .meterStuck, .meterSwappedSign, .meterCounterReset,
  ])
  /// What can disturb a relay.
  static let disturbsRelays = FaultSet([
    .relayStuckOpen, .relayWelded, .relayReadBackLies, .relayRefuses, .relayRefusesButSwitches,
  ])
  /// What ends a process.
  static let endsProcesses = FaultSet([.controllerKilled, .holderKilled, .powerCut])
}
