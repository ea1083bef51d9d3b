import Control
import Quantities
import SiteModel

/// The words both ends of the world protocol share.
enum WorldText {
  static func rig(_ words: [Substring]) -> RigID? {
    guard words.count >= 3, let bank = Int(words[1]), let rig = Int(words[2]), bank >= 0, rig >= 0 else {
      return nil
    }
    return RigID(bank: bank, rig: rig)
  }

  static func text(_ result: Result<MeterReading, MeterFault>) -> String {
    switch result {
    case .failure(let fault): return "!\(fault)"
    case .success(let reading):
      let forward = reading.forward.map { $0.value.description } ?? "-"
      let reverse = reading.reverse.map { $0.value.description } ?? "-"
      return "\(reading.power.value)/\(forward)/\(reverse)/\(reading.takenAt.milliseconds)"
    }
  }

  /// What a word says of meter `index`; a word that says nothing is a bus that is down.
  static func reading(_ word: Substring, meter index: Int) -> Result<MeterReading, MeterFault> {
    if word.hasPrefix("!") {
      return .failure(MeterFault.allCases.first { "\($0)" == word.dropFirst() } ?? .busDown)
    }
    let parts = word.split(separator: "/")
    guard parts.count == 4, let power = Double(parts[0]).flatMap({ Kilowatts(checking: $0) }),
      let taken = Int64(parts[3])
    else { return .failure(.busDown) }
    return .success(
      MeterReading(
        meter: index, power: power, forward: Double(parts[1]).flatMap { KilowattHours(checking: $0) },
        reverse: Double(parts[2]).flatMap { KilowattHours(checking: $0) },
        takenAt: MonotonicInstant(milliseconds: taken)))
  }
}
