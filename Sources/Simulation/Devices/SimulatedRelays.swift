import Control
import Ports
public import Quantities
public import SiteModel

/// A line that changed its level.
public struct LineTransition: Sendable, Hashable {
  public var rig: RigID
  public var closed: Bool
  /// World time.
  public var at: MonotonicInstant
  public init(rig: RigID, closed: Bool, at: MonotonicInstant) {
    self.rig = rig
    self.closed = closed
    self.at = at
  }
}

/// The output lines, the contacts behind them, and what goes wrong between the two.
struct SimulatedRelays {
  /// Rigs whose lines share one relay board and fail together.
  private static let boardSize = 8

  /// Lines that changed since `forgetTransitions`.
  private(set) var transitions: [LineTransition] = []
  /// A process holds the lines; without one they are inactive.
  private(set) var isHeld = true
  private var stuckOpen: Int?
  private var welded: Int?

  private let count: Int

  init(count: Int) {
    self.count = count
    self.transitions.reserveCapacity(count)
  }

  mutating func forgetTransitions() {
    if !self.transitions.isEmpty { self.transitions.removeAll(keepingCapacity: true) }
  }

  /// A process requests all lines, each with its inactive level in the same call.
  mutating func hold() { self.isHeld = true }

  mutating func set(
    _ rig: RigID, closed: Bool, fleet: inout RigFleet, at now: MonotonicInstant, faults: FaultSchedule,
    tally: inout FaultTally
  ) throws(RelayFault) {
    guard self.isHeld, let index = fleet.index(of: rig) else { throw .notOwned }
    if faults.present.intersects(.disturbsRelays) {
      if self.isOnBoard(index, faults.episode(.relayRefuses), fleet) {
        tally.strike(.relayRefuses)
        throw .inputOutput
      }
      if self.isOnBoard(index, faults.episode(.relayRefusesButSwitches), fleet) {
        tally.strike(.relayRefusesButSwitches)
        self.drive(index, closed: closed, fleet: &fleet, at: now, tally: &tally)
        throw .inputOutput
      }
    }
    self.drive(index, closed: closed, fleet: &fleet, at: now, tally: &tally)
  }

  /// The process that held the lines died: they fall to their inactive level.
  mutating func release(fleet: inout RigFleet, at now: MonotonicInstant, tally: inout FaultTally) {
    self.isHeld = false
    for index in 0..<fleet.count where fleet.lines[index] {
      self.drive(index, closed: false, fleet: &fleet, at: now, tally: &tally)
    }
  }

  /// The level read back from a line that is at `line`; nil without a process that holds it.
  func level(at index: Int, line: Bool, faults: FaultSchedule, tally: inout FaultTally) -> Bool? {
    guard self.isHeld else { return nil }
    guard faults.present.contains(.relayReadBackLies),
      self.isTarget(index, faults.episode(.relayReadBackLies))
    else { return line }
    tally.strike(.relayReadBackLies)
    return !line
  }

  /// Begins a fault of a contact: among the rigs that are on, if any is.
  mutating func begin(
    _ episode: FaultEpisode, fleet: inout RigFleet, at now: MonotonicInstant, tally: inout FaultTally
  ) {
    guard episode.kind == .relayStuckOpen || episode.kind == .relayWelded, fleet.count > 0 else { return }
    let closed = fleet.contacts.indices.filter { fleet.contacts[$0] }
    let candidates = closed.isEmpty ? Array(fleet.contacts.indices) : closed
    let index = candidates[Int(episode.target % UInt64(candidates.count))]
    if episode.kind == .relayWelded {
      self.welded = index
    } else {
      self.stuckOpen = index
      if fleet.contacts[index] { tally.strike(.relayStuckOpen) }
      fleet.setContact(index, closed: false, at: now)
    }
  }

  /// Ends a fault of a contact: it follows its line again.
  mutating func end(_ kind: FaultKind, fleet: inout RigFleet, at now: MonotonicInstant) {
    guard let index = kind == .relayWelded ? self.welded : kind == .relayStuckOpen ? self.stuckOpen : nil
    else {
      return
    }
    if kind == .relayWelded { self.welded = nil } else { self.stuckOpen = nil }
    fleet.setContact(index, closed: fleet.lines[index] && self.stuckOpen != index, at: now)
  }

  /// Rigs that do not obey or do not tell the truth about it.
  func unreliable(fleet: RigFleet, faults: FaultSchedule) -> [RigID] {
    guard faults.present.intersects(.disturbsRelays) else { return [] }
    return (0..<fleet.count).filter { index in
      index == self.welded || index == self.stuckOpen
        || self.isTarget(index, faults.episode(.relayReadBackLies))
        || self.isOnBoard(index, faults.episode(.relayRefuses), fleet)
        || self.isOnBoard(index, faults.episode(.relayRefusesButSwitches), fleet)
    }.map(fleet.rig(at:))
  }

  private mutating func drive(
    _ index: Int, closed: Bool, fleet: inout RigFleet, at now: MonotonicInstant, tally: inout FaultTally
  ) {
    if fleet.lines[index] != closed {
      self.transitions.append(LineTransition(rig: fleet.rig(at: index), closed: closed, at: now))
    }
    fleet.setLine(index, closed: closed)
    if index == self.stuckOpen {
      if closed { tally.strike(.relayStuckOpen) }
    } else if index == self.welded, fleet.contacts[index], !closed {
      tally.strike(.relayWelded)
    } else {
      fleet.setContact(index, closed: closed, at: now)
    }
  }

  private func isOnBoard(_ index: Int, _ episode: FaultEpisode?, _ fleet: RigFleet) -> Bool {
    guard let episode else { return false }
    let boards = UInt64((fleet.count + Self.boardSize - 1) / Self.boardSize)
    return boards > 0 && UInt64(index / Self.boardSize) == episode.target % boards
  }

  private func isTarget(_ index: Int, _ episode: FaultEpisode?) -> Bool {
    guard let episode else { return false }
    return UInt64(index) == episode.target % UInt64(self.count)
  }
}
