public import Control
public import Ports
public import Quantities
public import SiteModel

/// The ports of a simulated site that lives in another process. `exchange` sends one line and returns the answer, nil
/// when the other side is gone: meters then time out and lines are not owned.
public final class RemoteWorld: MeterBus, RelayBank, HostClock {
  private let exchange: (String) -> String?
  private let meterCount: Int
  private var lastTime: (moment: Moment, evidence: ClockEvidence)

  public init(meterCount: Int, exchange: @escaping (String) -> String?) {
    self.exchange = exchange
    self.meterCount = meterCount
    self.lastTime = (
      Moment(monotonic: MonotonicInstant(milliseconds: 0), wall: UTCInstant(milliseconds: 0)),
      ClockEvidence(isSynchronised: false)
    )
    self.update(from: "now")
  }

  /// Moves the world's time on by one step; false when the world is gone.
  public func advance() -> Bool { self.update(from: "tick") }

  public func now() -> (moment: Moment, evidence: ClockEvidence) { self.lastTime }

  public func poll(at now: MonotonicInstant) -> [Result<MeterReading, MeterFault>] {
    let words = self.exchange("poll")?.split(separator: " ") ?? []
    return (0..<self.meterCount).map { index in
      index < words.count ? WorldText.reading(words[index], meter: index) : .failure(.timeout)
    }
  }

  public func set(_ rig: RigID, closed: Bool) throws(RelayFault) {
    switch self.exchange("set \(rig.bank) \(rig.rig) \(closed ? 1 : 0)") {
    case "ok": return
    case "!\(RelayFault.inputOutput.rawValue)": throw .inputOutput
    default: throw .notOwned
    }
  }

  public func level(of rig: RigID) -> Bool? {
    switch self.exchange("level \(rig.bank) \(rig.rig)") {
    case "1": true
    case "0": false
    default: nil
    }
  }

  @discardableResult
  private func update(from request: String) -> Bool {
    guard let numbers = self.exchange(request)?.split(separator: " ").map({ Int64($0) }), numbers.count == 4,
      let monotonic = numbers[0], let wall = numbers[1]
    else { return false }
    self.lastTime = (
      Moment(monotonic: MonotonicInstant(milliseconds: monotonic), wall: UTCInstant(milliseconds: wall)),
      ClockEvidence(isSynchronised: numbers[2] == 1, wasSetByBattery: numbers[3] == 1)
    )
    return true
  }
}
