/// The unit of a price or a carbon intensity as services spell it: `EUR/MWh`, `EUR / MWh`, `Eur/MWh`, `p/kWh`,
/// `gCO2/kWh`.
public struct SeriesUnit: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// ISO 4217 code.
    case price(currency: String)
    case carbon
  }

  public let kind: Kind
  /// Times this is currency per kWh, or g/kWh.
  public let scale: Double

  /// Nil for a spelling that is not known, and where a part of it could mean several things.
  public init?(_ text: String) {
    let compact = text.filter { $0 != " " }
    guard compact.utf8.count <= 40 else { return nil }
    let parts = compact.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let perKilowattHour = Self.energies[parts[1].lowercased()] else { return nil }
    if let gram = Self.masses[parts[0].lowercased()] {
      self.init(kind: .carbon, scale: gram * perKilowattHour)
    } else if let (currency, share) = Self.money(String(parts[0])) {
      self.init(kind: .price(currency: currency), scale: share * perKilowattHour)
    } else {
      return nil
    }
  }

  private init(kind: Kind, scale: Double) {
    self.kind = kind
    self.scale = scale
  }

  private static let energies = ["kwh": 1.0, "mwh": 0.001]
  private static let masses = ["g": 1.0, "gco2": 1.0, "gco2eq": 1.0, "kg": 1000.0, "kgco2": 1000.0]

  private static func money(_ text: String) -> (currency: String, share: Double)? {
    switch text {
    case "ct", "Ct", "€ct", "EURct": ("EUR", 0.01)
    case "€": ("EUR", 1)
    case "p": ("GBP", 0.01)
    case "£": ("GBP", 1)
    case "円": ("JPY", 1)
    case _ where text.utf8.count == 3 && text.utf8.allSatisfy(Self.isLetter): (text.uppercased(), 1)
    case _: nil
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF)
  }
}
