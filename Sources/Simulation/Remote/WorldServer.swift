import Control
public import Ports
import Quantities
import SiteModel

/// A simulated site that lives in another process than its controller: one line in, one line out.
///
/// | request | answer |
/// |---|---|
/// | `tick` | time moves on by one step: `MONOTONIC_MS WALL_MS SYNCHRONISED BATTERY` |
/// | `now` | the same without moving |
/// | `poll` | one word per meter: `POWER/FORWARD/REVERSE/TAKEN_MS`, `-` for absent, or `!FAULT` |
/// | `set BANK RIG 0` or `1` | `ok` or `!FAULT` |
/// | `level BANK RIG` | `0`, `1` or `?` |
///
/// Anything else is answered with `!request`. When the caller is gone, the owner of the server releases the lines.
public struct WorldServer {
  private let clock: any HostClock
  private let meters: any MeterBus
  private let relays: any RelayBank
  private let advance: () -> Void

  public init(
    clock: any HostClock, meters: any MeterBus, relays: any RelayBank, advance: @escaping () -> Void
  ) {
    self.clock = clock
    self.meters = meters
    self.relays = relays
    self.advance = advance
  }

  public func reply(to line: String) -> String {
    let words = line.split(separator: " ")
    switch words.first {
    case "tick" where words.count == 1:
      self.advance()
      return self.time
    case "now" where words.count == 1: return self.time
    case "poll" where words.count == 1:
      return self.meters.poll(at: self.clock.now().moment.monotonic).map(WorldText.text).joined(
        separator: " ")
    case "set" where words.count == 4: return self.set(words)
    case "level" where words.count == 3:
      guard let rig = WorldText.rig(words) else { return "!request" }
      return self.relays.level(of: rig).map { $0 ? "1" : "0" } ?? "?"
    default: return "!request"
    }
  }

  private var time: String {
    let (moment, evidence) = self.clock.now()
    let flags = "\(evidence.isSynchronised ? 1 : 0) \(evidence.wasSetByBattery ? 1 : 0)"
    return "\(moment.monotonic.milliseconds) \(moment.wall.milliseconds) \(flags)"
  }

  private func set(_ words: [Substring]) -> String {
    guard let rig = WorldText.rig(words), words[3] == "0" || words[3] == "1" else { return "!request" }
    do throws(RelayFault) {
      try self.relays.set(rig, closed: words[3] == "1")
      return "ok"
    } catch {
      return "!\(error.rawValue)"
    }
  }
}
