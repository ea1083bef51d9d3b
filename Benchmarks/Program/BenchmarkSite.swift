import Quantities
import SiteModel

extension Site {
  /// A site with one bank of `count` rigs, three meters and photovoltaics in proportion, behind a connection that
  /// carries every rig: nothing about it makes the controller intervene.
  static func benchmark(rigs count: Int) -> Site {
    let draw = Kilowatts(3.25)
    return Site(
      name: "benchmark", location: Location(latitude: 35.44, longitude: 139.63), zone: .utc, currency: "JPY",
      grid: GridConnection(importCap: draw * Double(count) * 1.5, curtailable: true),
      photovoltaics: [PVArray(name: "field", area: 12.5 * Double(count), efficiency: 0.2)],
      meters: [
        Meter(name: "main", subject: .grid), Meter(name: "generation", subject: .generation),
        Meter(name: "rigs", subject: .bank(0)),
      ],
      banks: [
        RigBank(
          name: "rigs", count: count, draw: draw, minimumOn: .hours(1), minimumOff: .minutes(30),
          relayLines: (1...count).map { "relay-\($0)" })
      ], importTariff: .fixed(12))
  }
}
