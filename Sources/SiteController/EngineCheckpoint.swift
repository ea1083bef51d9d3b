import Control
import FoundationEssentials
import SiteModel

/// What must survive a restart, as the store keeps it: JSON with sorted keys.
struct EngineCheckpoint: Codable, Sendable {
  var controller: ControllerState
  var settlement: Settlement
  var ledger: DayLedger
  /// SHA-256 of the site file in force; nil for a site without one.
  var siteFile: String?
  /// Events added at run time; absent in checkpoints of programs that knew none.
  var demandEvents: [DemandEvent]?

  init(
    controller: ControllerState, settlement: Settlement, ledger: DayLedger, siteFile: String?,
    demandEvents: [DemandEvent]
  ) {
    self.controller = controller
    self.settlement = settlement
    self.ledger = ledger
    self.siteFile = siteFile
    self.demandEvents = demandEvents
  }

  /// Nil when there is none or it cannot be read: a site then starts as if for the first time, which is safe, since
  /// outputs count as just switched in any case. The record says which.
  init?(bytes: [UInt8]?) {
    guard let bytes, let decoded = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else { return nil }
    self = decoded
  }

  var bytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // Every field is a finite number, an integer or text, which JSON can always say.
    return try! Array(encoder.encode(self))
  }
}
