import Forecasting
import Ports
import PortContracts
import Quantities
import SQLiteStore
import Simulation
import SiteModel
import Testing

struct StoreContractTests {
  @Test(arguments: StoreContract.allCases)
  func `the database keeps the contract`(rule: StoreContract) throws {
    let folder = try TemporaryFolder()
    let breach = try rule.breach { () throws(StoreError) in try SQLiteStore(path: folder.database) }
    #expect(breach == nil)
  }

  @Test(arguments: StoreContract.allCases)
  func `the simulated store keeps the contract`(rule: StoreContract) throws {
    let site = Site(
      name: "test", location: Location(latitude: 0, longitude: 0), zone: .utc, currency: "EUR",
      grid: GridConnection(importCap: Kilowatts(10)), meters: [Meter(name: "main", subject: .grid)],
      banks: [RigBank(name: "b", count: 1, draw: Kilowatts(1), relayLines: ["1"])], importTariff: .fixed(1))
    let world = SimulatedSite(site: site, start: SampleRecords.start, seed: 1) { _ in
      Conditions(irradiance: .zero, air: .zero, winds: [], pressure: Hectopascals(1013.25))
    }
    let store = SimulatedStore(world)
    let breach = try rule.breach { () throws(StoreError) in store }
    #expect(breach == nil)
  }
}
