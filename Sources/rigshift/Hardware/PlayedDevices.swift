import Control
import Devices
import ModbusHardware
import Ports
import Quantities
import Simulation
import SiteModel

/// The meters and relay boards of a simulated site as their registers and coils.
final class PlayedDevices {
  /// What a device shows besides power and energy: a network of 230 V and 50 Hz.
  private static let volts = 230.0
  private static let hertz = 50.0

  private let world: SimulatedSite
  private let meters: SimulatedMeterBus
  private let relays: SimulatedRelayBank
  private var readings: [Result<MeterReading, MeterFault>] = []
  private var readAt: MonotonicInstant?

  init(_ world: SimulatedSite) {
    self.world = world
    self.meters = SimulatedMeterBus(world)
    self.relays = SimulatedRelayBank(world)
  }

  func names(on bus: Int) -> [String] {
    self.world.site.meters.filter { $0.wiring?.bus == bus }.map(\.name)
      + self.world.site.relayBoards.filter { $0.wiring?.bus == bus }.map(\.name)
  }

  func reply(to request: ModbusServer.Request, on bus: Int) -> ModbusServer.Reply {
    let site = self.world.site
    if let meter = site.meters.firstIndex(where: { $0.wiring?.bus == bus && $0.wiring?.unit == request.unit })
    {
      return self.reply(of: meter, to: request)
    }
    if let board = site.relayBoards.firstIndex(where: {
      $0.wiring?.bus == bus && $0.wiring?.unit == request.unit
    }) {
      return self.reply(ofBoard: board, to: request)
    }
    return .silence
  }

  // MARK: Meters

  private func reply(of meter: Int, to request: ModbusServer.Request) -> ModbusServer.Reply {
    guard let wiring = self.world.site.meters[meter].wiring else { return .silence }
    let table: RegisterTable = request.function == 3 ? .holding : .input
    guard request.function == 3 || request.function == 4 else { return .exception(1) }
    guard
      let read = RegisterRequest(table: table, address: Int(request.address), count: Int(request.count))
    else { return .exception(3) }
    switch self.reading(of: meter) {
    case .success(let reading):
      let image = wiring.template.image(showing: Self.values(reading, isReversed: wiring.isReversed))
      return image.words(for: read).map { .words($0) } ?? .exception(2)
    case .failure(.exception), .failure(.notANumber): return .exception(4)
    case .failure: return .silence
    }
  }

  /// One reading a second, however often it is asked for.
  private func reading(of meter: Int) -> Result<MeterReading, MeterFault> {
    if self.readAt != self.world.now {
      self.readings = self.meters.poll(at: self.world.now)
      self.readAt = self.world.now
    }
    return self.readings.indices.contains(meter) ? self.readings[meter] : .failure(.busDown)
  }

  private static func values(_ reading: MeterReading, isReversed: Bool) -> [DeviceQuantity: Double] {
    let power = isReversed ? -reading.power.value : reading.power.value
    let forward = (isReversed ? reading.reverse : reading.forward)?.value
    let reverse = (isReversed ? reading.forward : reading.reverse)?.value
    var values: [DeviceQuantity: Double] = [.power: power, .powerFactor: 1, .frequency: Self.hertz]
    values[.importEnergy] = forward
    values[.exportEnergy] = reverse
    for quantity in [DeviceQuantity.powerL1, .powerL2, .powerL3] { values[quantity] = power / 3 }
    for quantity in [DeviceQuantity.voltageL1, .voltageL2, .voltageL3] { values[quantity] = Self.volts }
    for quantity in [DeviceQuantity.currentL1, .currentL2, .currentL3] {
      values[quantity] = abs(power) * 1000 / 3 / Self.volts
    }
    return values
  }

  // MARK: Relay boards

  private func reply(ofBoard index: Int, to request: ModbusServer.Request) -> ModbusServer.Reply {
    let board = self.world.site.relayBoards[index]
    let first = Int(request.address) - Int(board.wiring?.template.firstCoil ?? 0)
    switch request.function {
    case 1:
      let count = Int(request.count)
      guard first >= 0, count > 0, first + count <= board.channels else { return .exception(2) }
      return .bits(
        (first..<first + count).map { self.rig(on: board, $0).flatMap(self.relays.level) ?? false })
    case 5:
      guard first >= 0, first < board.channels else { return .exception(2) }
      guard request.count == 0 || request.count == 0xFF00 else { return .exception(3) }
      guard let rig = self.rig(on: board, first) else { return .written }
      do throws(RelayFault) {
        try self.relays.set(rig, closed: request.count != 0)
        return .written
      } catch {
        return .exception(4)
      }
    case _: return .exception(1)
    }
  }

  private func rig(on board: RelayBoard, _ channel: Int) -> RigID? {
    for (bank, rigs) in self.world.site.banks.enumerated() {
      if let rig = rigs.relayLines.firstIndex(where: { board.channel(of: $0) == channel }) {
        return RigID(bank: bank, rig: rig)
      }
    }
    return nil
  }
}
