public import Control
public import PeerProtocol
import Quantities
public import SiteModel

/// What a site takes and gives at a moment, as its meters show it: production less consumption is exactly what flows out
/// over the grid connection.
public struct SitePower: Sendable, Hashable {
  public let production: Milliwatts
  public let consumption: Milliwatts

  /// Nil when the grid connection could not be metered, or a meter of generation could not.
  public init?(_ readings: [Result<MeterReading, MeterFault>], site: Site) {
    var imported: Kilowatts?
    var generated = Kilowatts.zero
    for (meter, reading) in zip(site.meters, readings) {
      switch (meter.subject, reading) {
      case (.grid, .success(let reading)): imported = reading.power
      case (.generation, .success(let reading)): generated = generated + max(.zero, reading.power)
      case (.grid, .failure), (.generation, .failure): return nil
      case (.bank, _): break
      }
    }
    guard let imported, let net = Milliwatts(imported), let made = Milliwatts(generated) else { return nil }
    // What flows out without a meter at its source was made here too.
    let production = max(made.value, -net.value, 0)
    guard let given = Milliwatts(production), let taken = Milliwatts(production + net.value) else {
      return nil
    }
    self.production = given
    self.consumption = taken
  }
}
