import Control
public import Ports
import Quantities
public import SiteModel
import Synchronization

/// The relays of boards on buses. A command is left for the bus's thread, which carries it out next; what was read back
/// since is what `level` tells.
public final class BoardRelays: RelayBank, Sendable {
  struct Channel: Sendable, Hashable {
    var board: Int
    var channel: Int
  }

  /// A level to be written, and since when.
  struct Wish: Sendable, Hashable {
    var isClosed: Bool
    var since: MonotonicInstant?
  }

  private struct State: Sendable {
    var wishes: [Channel: Wish] = [:]
    var levels: [Channel: Bool] = [:]
  }

  private let channels: [RigID: Channel]
  private let state = Mutex(State())
  private let wake: @Sendable (_ bus: Int) -> Void
  private let buses: [Int?]

  /// `wake` is called, from any thread, when a bus has something to carry out.
  public init(site: Site, wake: @escaping @Sendable (_ bus: Int) -> Void) {
    var channels: [RigID: Channel] = [:]
    for (bank, rigs) in site.banks.enumerated() {
      for (rig, line) in rigs.relayLines.enumerated() {
        guard let place = site.boardChannel(of: line), site.relayBoards[place.board].wiring != nil else {
          continue
        }
        channels[RigID(bank: bank, rig: rig)] = Channel(board: place.board, channel: place.channel)
      }
    }
    self.channels = channels
    self.buses = site.relayBoards.map { $0.wiring?.bus }
    self.wake = wake
  }

  public func set(_ rig: RigID, closed: Bool) throws(RelayFault) {
    guard let channel = self.channels[rig] else { throw .notOwned }
    self.state.withLock { $0.wishes[channel] = Wish(isClosed: closed, since: nil) }
    if let bus = self.buses[channel.board] { self.wake(bus) }
  }

  public func level(of rig: RigID) -> Bool? {
    guard let channel = self.channels[rig] else { return nil }
    return self.state.withLock { $0.wishes[channel] == nil ? $0.levels[channel] : nil }
  }

  /// Whether every command has been carried out or given up.
  public var isSettled: Bool { self.state.withLock { $0.wishes.isEmpty } }

  // MARK: The bus's side

  /// What is to be written on the boards of a bus, opens first.
  func wishes(on bus: Int) -> [(channel: Channel, wish: Wish)] {
    self.state.withLock { state in
      state.wishes.filter { self.buses[$0.key.board] == bus }
        .sorted { a, b in
          if a.value.isClosed != b.value.isClosed { return !a.value.isClosed }
          return (a.key.board, a.key.channel) < (b.key.board, b.key.channel)
        }
        .map { ($0.key, $0.value) }
    }
  }

  /// The bus had its first chance to carry out the wish at `now`, whatever came of it.
  func noteChance(_ channel: Channel, _ wish: Wish, at now: MonotonicInstant) {
    self.state.withLock {
      if $0.wishes[channel] == wish, wish.since == nil { $0.wishes[channel]?.since = now }
    }
  }

  /// The wish came true, or is given up. A newer one stays.
  func drop(_ channel: Channel, _ wish: Wish, isDone: Bool) {
    self.state.withLock {
      if $0.wishes[channel]?.isClosed == wish.isClosed { $0.wishes[channel] = nil }
      $0.levels[channel] = isDone ? wish.isClosed : nil
    }
  }

  /// What a board's coils read back; nil when it does not answer.
  func note(_ levels: [Bool]?, board: Int, channels: Int) {
    self.state.withLock { state in
      for channel in 0..<channels {
        state.levels[Channel(board: board, channel: channel)] =
          levels.flatMap { $0.indices.contains(channel) ? $0[channel] : nil }
      }
    }
  }
}
