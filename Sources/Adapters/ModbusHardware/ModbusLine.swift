internal import CModbus
public import Devices
import Glibc
public import Ports
import Quantities
public import SiteModel

/// A Modbus line through libmodbus. Blocking: owned by one thread.
public final class ModbusLine: RegisterBus {
  /// A line that could not be opened is left alone this long, so that the attempts cost the units nothing.
  private static let reopenPause = 2.0

  private let line: Bus.Line
  private let answerWithin: Duration
  private var context: OpaquePointer?
  private var closedAt = -Double.infinity
  /// When the last frame ended: the silence before the next one counts from here.
  private var quietSince = 0.0
  private let silence: Double

  public init(_ bus: Bus) {
    self.line = bus.line
    self.answerWithin = bus.answerWithin
    switch bus.line {
    case .serial(_, let settings): self.silence = settings.secondsOfSilence
    case .network: self.silence = 0
    }
  }

  deinit { self.close() }

  public func read(_ request: RegisterRequest, unit: UInt8) throws(RegisterFault) -> [UInt16] {
    let context = try self.prepare(unit)
    var words = [UInt16](repeating: 0, count: request.count)
    let count = words.withUnsafeMutableBufferPointer { buffer in
      switch request.table {
      case .holding:
        modbus_read_registers(context, Int32(request.address), Int32(request.count), buffer.baseAddress)
      case .input:
        modbus_read_input_registers(context, Int32(request.address), Int32(request.count), buffer.baseAddress)
      }
    }
    try self.check(count, wanted: request.count)
    return words
  }

  public func readCoils(_ count: Int, at address: UInt16, unit: UInt8) throws(RegisterFault) -> [Bool] {
    guard (1...2000).contains(count) else { throw .exception(3) }
    let context = try self.prepare(unit)
    var bits = [UInt8](repeating: 0, count: count)
    let read = modbus_read_bits(context, Int32(address), Int32(count), &bits)
    try self.check(read, wanted: count)
    return bits.map { $0 != 0 }
  }

  public func writeCoil(_ isOn: Bool, at address: UInt16, unit: UInt8) throws(RegisterFault) {
    let context = try self.prepare(unit)
    try self.check(modbus_write_bit(context, Int32(address), isOn ? 1 : 0), wanted: 1)
  }

  // MARK: The line

  /// The open line, turned to a unit, after the silence the units need to know the next frame's beginning.
  private func prepare(_ unit: UInt8) throws(RegisterFault) -> OpaquePointer {
    let context = try self.open()
    guard modbus_set_slave(context, Int32(unit)) == 0 else { throw .exception(3) }
    let wait = self.silence - (Self.now - self.quietSince)
    if wait > 0 { usleep(UInt32(min(wait, 0.1) * 1e6)) }
    return context
  }

  private func open() throws(RegisterFault) -> OpaquePointer {
    if let context = self.context { return context }
    guard Self.now - self.closedAt >= Self.reopenPause else { throw .busDown }
    guard let context = self.makeContext() else {
      self.closedAt = Self.now
      throw .busDown
    }
    let microseconds = UInt32(clamping: self.answerWithin.wholeMilliseconds * 1000)
    modbus_set_response_timeout(context, microseconds / 1_000_000, microseconds % 1_000_000)
    // Between two bytes of an answer: generous, as USB adapters deliver in bursts.
    modbus_set_byte_timeout(context, 0, 100_000)
    guard modbus_connect(context) == 0 else {
      modbus_free(context)
      self.closedAt = Self.now
      throw .busDown
    }
    self.context = context
    return context
  }

  private func makeContext() -> OpaquePointer? {
    switch self.line {
    case .network(let address):
      return modbus_new_tcp_pi(address.host, String(address.port))
    case .serial(let path, let settings):
      let parity: CChar =
        switch settings.parity {
        case .none: CChar(bitPattern: UInt8(ascii: "N"))
        case .even: CChar(bitPattern: UInt8(ascii: "E"))
        case .odd: CChar(bitPattern: UInt8(ascii: "O"))
        }
      return modbus_new_rtu(path, Int32(settings.baud), parity, 8, Int32(settings.stopBits))
    }
  }

  private func close() {
    guard let context = self.context else { return }
    modbus_close(context)
    modbus_free(context)
    self.context = nil
  }

  /// Throws what libmodbus says went wrong. A line that is gone is closed; leftovers of a broken answer are read away.
  private func check(_ count: Int32, wanted: Int) throws(RegisterFault) {
    let code = errno
    self.quietSince = Self.now
    if count == Int32(wanted) { return }
    guard count < 0 else { throw .wrongAnswer }
    let fault = Self.fault(code)
    switch fault {
    case .busDown:
      self.close()
      self.closedAt = Self.now
    case .timeout:
      // A late answer must not pass for the next one's. Over TCP a new connection is the only sure way.
      if case .network = self.line { self.close() } else { self.flush() }
    case .checksum, .wrongAnswer: self.flush()
    case .exception: break
    }
    throw fault
  }

  private func flush() {
    if let context = self.context { modbus_flush(context) }
  }

  private static func fault(_ code: Int32) -> RegisterFault {
    switch code {
    case ETIMEDOUT: return .timeout
    case rigshift_modbus_bad_crc: return .checksum
    case rigshift_modbus_bad_unit, rigshift_modbus_bad_data, rigshift_modbus_too_much: return .wrongAnswer
    default:
      let exception = code - rigshift_modbus_exception_base
      if (1...11).contains(exception) { return .exception(UInt8(exception)) }
      return .busDown
    }
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
