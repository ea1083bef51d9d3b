import Devices
import Foundation
import LinuxHost
import ModbusHardware
import PortContracts
import Ports
import ProgramTesting
import Simulation
import SiteModel
import Synchronization
import Testing

/// A unit as the contract wants it, played by a real server on a thread of its own until the value is released.
final class PlayedUnit: Sendable {
  let line: Bus.Line
  private let isOver = Mutex(false)
  private let ended = Semaphore()

  enum Wire: String, CaseIterable, Sendable {
    case network, serial
  }

  init(_ wire: Wire, folder: TemporaryFolder) throws {
    final class Handover: @unchecked Sendable {
      // Written before the thread starts, read by it alone afterwards.
      var server: ModbusServer?
    }
    let handover = Handover()
    switch wire {
    case .network:
      let server = try ModbusServer(host: "127.0.0.1", port: 0)
      self.line = .network(try #require(HostPort("127.0.0.1:\(server.port ?? 0)")))
      handover.server = server
    case .serial:
      let path = "\(folder.path)/line"
      handover.server = try ModbusServer(linkedAt: path, units: [RegisterBusContract.unit])
      self.line = .serial(path: path, SerialSettings(baud: 115_200))
    }
    startThread(name: "played unit") { [self] in
      let bus = SimulatedRegisterBus([
        RegisterBusContract.unit: .init(
          registers: RegisterBusContract.registers,
          coils: Array(repeating: false, count: RegisterBusContract.coils))
      ])
      while !self.isOver.withLock({ $0 }) {
        handover.server?.serve(for: 10) { Self.reply(to: $0, from: bus) }
      }
      handover.server = nil
      self.ended.signal()
    }
  }

  func stop() {
    self.isOver.withLock { $0 = true }
    self.ended.wait()
  }

  static func reply(to request: ModbusServer.Request, from bus: SimulatedRegisterBus) -> ModbusServer.Reply {
    do throws(RegisterFault) {
      switch request.function {
      case 1:
        return .bits(try bus.readCoils(Int(request.count), at: request.address, unit: request.unit))
      case 5:
        try bus.writeCoil(request.count != 0, at: request.address, unit: request.unit)
        return .written
      case _:
        let table: RegisterTable = request.function == 3 ? .holding : .input
        guard
          let read = RegisterRequest(table: table, address: Int(request.address), count: Int(request.count))
        else { return .exception(3) }
        return .words(try bus.read(read, unit: request.unit))
      }
    } catch {
      if case .exception(let code) = error { return .exception(code) }
      return .silence
    }
  }
}

struct `A Modbus line` {
  @Test(arguments: RegisterBusContract.allCases)
  func `of the simulation keeps the contract`(rule: RegisterBusContract) throws {
    let bus = SimulatedRegisterBus([
      RegisterBusContract.unit: .init(
        registers: RegisterBusContract.registers,
        coils: Array(repeating: false, count: RegisterBusContract.coils))
    ])
    let breach = try rule.breach(bus)
    #expect(breach == nil)
  }

  @Test(arguments: PlayedUnit.Wire.allCases, RegisterBusContract.allCases)
  func `of libmodbus keeps the contract`(wire: PlayedUnit.Wire, rule: RegisterBusContract) async throws {
    let breach = try await onThread {
      let folder = try TemporaryFolder()
      let unit = try PlayedUnit(wire, folder: folder)
      defer { unit.stop() }
      let line = ModbusLine(Bus(name: "test", line: unit.line, answerWithin: .milliseconds(500)))
      return try rule.breach(line)
    }
    #expect(breach == nil)
  }

  @Test func `that is not there says so at once, at every call`() async throws {
    let faults = try await onThread {
      let line = ModbusLine(
        Bus(name: "test", line: .serial(path: "/nowhere/line", SerialSettings(baud: 9600))))
      return (0..<3).map { _ in Self.fault(of: line) }
    }
    #expect(faults == [.busDown, .busDown, .busDown])
  }

  private static func fault(of line: ModbusLine) -> RegisterFault? {
    guard let request = RegisterRequest(table: .holding, address: 0, count: 1) else { return nil }
    do throws(RegisterFault) {
      _ = try line.read(request, unit: 1)
      return nil
    } catch {
      return error
    }
  }
}
