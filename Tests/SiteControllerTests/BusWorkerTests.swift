import Control
import Devices
import Ports
import Quantities
import Simulation
import SiteController
import SiteModel
import Testing

/// One bus with a grid meter (unit 1), a rig meter (unit 2), an inverter (unit 3) and a relay board (unit 10).
private final class WiredSite {
  let site: Site
  let bus: SimulatedRegisterBus
  let table: MeterTable
  let relays: BoardRelays
  private(set) var notices: [BusWorker.Notice] = []
  private var worker: BusWorker?
  var now = MonotonicInstant(milliseconds: 10_000)

  static let meter = DeviceTemplate(
    id: "meter", title: "Meter", kind: .meter,
    layout: .fixed(
      RegisterLayout(fields: [
        RegisterField(
          quantity: .power, table: .input, address: 0, type: .int32, scale: 0.001, absentCodes: [0x8000_0000]),
        RegisterField(quantity: .importEnergy, table: .input, address: 2, type: .uint32, scale: 0.01),
        RegisterField(quantity: .exportEnergy, table: .input, address: 4, type: .uint32, scale: 0.01),
      ])))
  static let inverter = DeviceTemplate(
    id: "inverter", title: "Inverter", kind: .inverter,
    layout: .fixed(
      RegisterLayout(fields: [
        RegisterField(
          quantity: .power, table: .holding, address: 0, type: .int32, scale: 0.001,
          absentCodes: [0x8000_0000]),
        RegisterField(
          quantity: .importEnergy, table: .holding, address: 2, type: .uint32, scale: 0.01, absentCodes: [0]),
      ])))

  init(isReversed: Bool = false) {
    let board = RelayBoardTemplate(id: "board", title: "Board", channels: 8, firstCoil: 0)
    self.site = LivingSite.site {
      $0.buses = [Bus(name: "bus", line: .serial(path: "/dev/null", SerialSettings(baud: 9600)))]
      $0.relayBoards = [
        RelayBoard(
          name: "relays", title: board.title,
          attachment: .bus(BoardWiring(bus: 0, unit: 10, template: board)))
      ]
      $0.banks[0].relayLines = ["relays-1", "relays-2", "relays-3", "relays-4"]
      $0.meters = [
        Meter(name: "rigs", subject: .bank(0), wiring: MeterWiring(bus: 0, unit: 2, template: Self.meter)),
        Meter(
          name: "grid", subject: .grid,
          wiring: MeterWiring(bus: 0, unit: 1, template: Self.meter, isReversed: isReversed)),
        Meter(
          name: "roof", subject: .generation, wiring: MeterWiring(bus: 0, unit: 3, template: Self.inverter)),
      ]
    }
    self.bus = SimulatedRegisterBus([
      1: .init(registers: Self.meter.image(showing: [.power: -3.5, .importEnergy: 100, .exportEnergy: 20])),
      2: .init(registers: Self.meter.image(showing: [.power: 12, .importEnergy: 7, .exportEnergy: 0])),
      3: .init(registers: Self.inverter.image(showing: [.power: 5, .importEnergy: 50])),
      10: .init(coils: Array(repeating: false, count: 8)),
    ])
    self.table = MeterTable(meters: 3)
    self.relays = BoardRelays(site: self.site) { _ in }
    self.worker = BusWorker(
      0, of: self.site, bus: self.bus, table: self.table, relays: self.relays,
      now: { [unowned self] in self.now },
      notify: { [unowned self] in self.notices.append($0) })
  }

  /// Lets the bus work for this long; every step takes a millisecond.
  func run(milliseconds: Int64) {
    let end = self.now.advanced(byMilliseconds: milliseconds)
    while self.now < end {
      let pause = self.worker?.step() ?? 0
      self.now = self.now.advanced(byMilliseconds: max(1, min(pause, end.millisecondsSince(self.now))))
    }
  }

  func rig(_ number: Int) -> RigID { RigID(bank: 0, rig: number) }
  func readings() -> [Result<MeterReading, MeterFault>] { self.table.poll(at: self.now) }
}

struct `The thread of a bus` {
  @Test func `reads every meter, the grid's first`() throws {
    let wired = WiredSite()
    #expect(wired.readings() == Array(repeating: .failure(.busDown), count: 3))
    wired.run(milliseconds: 100)
    let readings = try wired.readings().map { try $0.get() }
    #expect(readings.map(\.power.value) == [12, -3.5, 5])
    #expect(readings.map { $0.forward?.value } == [7, 100, 50])
    #expect(readings.map { $0.reverse?.value } == [0, 20, nil])
    guard case .read(_, let first)? = wired.bus.calls.first else { return #expect(Bool(false)) }
    #expect(first == 1)
  }

  @Test func `turns round a meter that is clamped on the other way`() throws {
    let wired = WiredSite(isReversed: true)
    wired.run(milliseconds: 100)
    let reading = try wired.readings()[1].get()
    #expect(reading.power.value == 3.5 && reading.forward?.value == 20 && reading.reverse?.value == 100)
  }

  @Test func `takes no value for none, but an inverter's at night for rest`() throws {
    let wired = WiredSite()
    wired.bus.units[2]?.registers = WiredSite.meter.image(showing: [.importEnergy: 7, .exportEnergy: 0])
    wired.bus.units[3]?.registers = WiredSite.inverter.image(showing: [.importEnergy: 50])
    wired.run(milliseconds: 100)
    #expect(wired.readings()[0] == .failure(.notANumber))
    let asleep = try wired.readings()[2].get()
    #expect(asleep.power.value == 0 && asleep.forward?.value == 50)
    // Without its counter nobody vouches for the rest.
    wired.bus.units[3]?.registers = WiredSite.inverter.image(showing: [:])
    wired.run(milliseconds: 1100)
    #expect(wired.readings()[2] == .failure(.notANumber))
  }

  @Test func `goes on without a unit that is silent, says so once, and takes it up again`() {
    let wired = WiredSite()
    wired.bus.units[2]?.faults = [.timeout]
    wired.run(milliseconds: 60_000)
    #expect(wired.readings()[0] == .failure(.timeout))
    let age = wired.readings()[1].flatMap { .success(wired.now.millisecondsSince($0.takenAt)) }
    #expect((try? age.get()) ?? .max <= 1000)
    wired.bus.units[2]?.faults = [nil]
    wired.run(milliseconds: 31_000)
    #expect((try? wired.readings()[0].get())?.power.value == 12)
    #expect(wired.notices.filter { $0 == .silent("rigs", .timeout) }.count == 1)
    #expect(wired.notices.last == .answers("rigs"))
  }

  @Test func `hands out no reading of the future, but the one before it`() throws {
    let wired = WiredSite()
    wired.run(milliseconds: 100)
    let first = try wired.readings()[1].get()
    wired.run(milliseconds: 1100)
    #expect(try wired.readings()[1].get().takenAt > first.takenAt)
    let earlier = wired.table.poll(at: first.takenAt.advanced(byMilliseconds: 10))
    #expect(earlier[1] == .success(first))
    #expect(wired.table.poll(at: MonotonicInstant(milliseconds: 0))[1] != .success(first))
  }

  @Test func `carries out what is asked, opens first, and reads it back`() throws {
    let wired = WiredSite()
    wired.run(milliseconds: 100)
    #expect(wired.relays.level(of: wired.rig(0)) == false)
    try wired.relays.set(wired.rig(0), closed: true)
    #expect(wired.relays.level(of: wired.rig(0)) == nil)
    wired.run(milliseconds: 1)
    #expect(wired.bus.units[10]?.coils.first == true)
    #expect(wired.relays.level(of: wired.rig(0)) == true && wired.relays.isSettled)

    try wired.relays.set(wired.rig(1), closed: true)
    try wired.relays.set(wired.rig(0), closed: false)
    let before = wired.bus.calls.count
    wired.run(milliseconds: 1)
    let writes = wired.bus.calls.dropFirst(before).filter { if case .writeCoil = $0 { true } else { false } }
    #expect(
      Array(writes) == [.writeCoil(false, address: 0, unit: 10), .writeCoil(true, address: 1, unit: 10)])
    #expect(throws: RelayFault.notOwned) { try wired.relays.set(RigID(bank: 3, rig: 0), closed: true) }
  }

  @Test func `lets a board that takes no command cost the meters little`() throws {
    let wired = WiredSite()
    wired.run(milliseconds: 100)
    wired.bus.units[10]?.faults = [.timeout]
    let before = wired.bus.calls.count
    for rig in 0..<4 { try wired.relays.set(wired.rig(rig), closed: false) }
    wired.run(milliseconds: 10_000)
    let writes = wired.bus.calls.dropFirst(before).filter { if case .writeCoil = $0 { true } else { false } }
    #expect((10...25).contains(writes.count))
    let age = try wired.readings()[1].get().takenAt
    #expect(wired.now.millisecondsSince(age) <= 1100)
  }

  @Test func `gives a close up after two seconds, and an open never`() throws {
    let wired = WiredSite()
    wired.run(milliseconds: 100)
    try wired.relays.set(wired.rig(0), closed: true)
    wired.run(milliseconds: 1)
    wired.bus.units[10]?.faults = [.timeout]
    try wired.relays.set(wired.rig(0), closed: false)
    try wired.relays.set(wired.rig(1), closed: true)
    wired.run(milliseconds: 10_000)
    #expect(!wired.relays.isSettled)
    #expect(wired.relays.level(of: wired.rig(1)) == nil)
    wired.bus.units[10]?.faults = [nil]
    wired.run(milliseconds: 35_000)
    #expect(wired.bus.units[10]?.coils.prefix(2) == [false, false])
    #expect(wired.relays.level(of: wired.rig(0)) == false && wired.relays.isSettled)
    // The board's own level tells when somebody else switches it.
    wired.bus.units[10]?.coils[2] = true
    wired.run(milliseconds: 1500)
    #expect(wired.relays.level(of: wired.rig(2)) == true)
  }
}
