import Cryptography
public import SiteModel

/// What a relay holder is built from. A controller with another table must not command it.
public struct RelayTable: Sendable, Equatable {
  private let lines: [[String]]
  private let fallbacks: [Fallback]
  private let names: [String]
  private let timing: [Duration]
  private let boards: [RelayBoard]
  private let stop: EmergencyStop?

  public init(_ site: Site) {
    self.lines = site.banks.map(\.relayLines)
    self.fallbacks = site.banks.map(\.fallback)
    self.names = site.banks.map(\.name)
    self.timing = [site.control.stagger, site.control.deadMan]
    self.boards = site.relayBoards
    self.stop = site.emergencyStop
  }

  /// The same in every process that has the same table.
  public var digest: String { SHA256.hash(Array("\(self)".utf8)).hexadecimal }
}
