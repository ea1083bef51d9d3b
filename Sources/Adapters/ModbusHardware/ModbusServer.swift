internal import CModbus
@preconcurrency import Glibc

/// A Modbus server on libmodbus for simulated devices: what they show is the handler's to say.
public final class ModbusServer {
  /// A request as it came; whether it makes sense is the handler's to judge.
  public struct Request: Sendable, Hashable {
    public var unit: UInt8
    /// 1 and 5 for coils, 3 and 4 for registers; anything else was refused already.
    public var function: UInt8
    public var address: UInt16
    /// Of reads; for function 5 the level's code, 0xFF00 or 0.
    public var count: UInt16
  }

  public enum Reply: Sendable, Hashable {
    case words([UInt16])
    case bits([Bool])
    case written
    case exception(UInt8)
    /// As a unit that is away or did not understand.
    case silence
  }

  public struct Failure: Error, CustomStringConvertible {
    public var what: String
    public var code: Int32
    public var description: String { "\(self.what): \(String(cString: strerror(self.code)))" }
  }

  private static let mostClients = 16

  private let context: OpaquePointer
  /// The listening socket; nil on a serial line.
  private var listener: Int32?
  private var clients: [Int32] = []
  /// The clients' end of a serial line, held open so that the line lives without them.
  private let clientEnd: Int32?
  /// The units that answer on a serial line; over TCP every unit is the handler's.
  private let serialUnits: Set<UInt8>?
  /// Bytes of a serial line that are no whole request yet.
  private var received: [UInt8] = []
  /// Where clients of a serial line find it.
  public let serialPath: String?

  /// Listens at an address. Port 0 takes a free one.
  public init(host: String, port: Int) throws(Failure) {
    guard let context = modbus_new_tcp_pi(host, String(port)) else {
      throw Failure(what: "no such address \(host):\(port)", code: errno)
    }
    let listener = modbus_tcp_pi_listen(context, 8)
    guard listener >= 0 else {
      let code = errno
      modbus_free(context)
      throw Failure(what: "cannot listen on \(host):\(port)", code: code)
    }
    self.context = context
    self.listener = listener
    self.clientEnd = nil
    self.serialUnits = nil
    self.serialPath = nil
  }

  /// Opens a pseudo-terminal and makes `path` a link to the clients' side. What is there and no link stays untouched.
  public init(linkedAt path: String, units: Set<UInt8>) throws(Failure) {
    var terminal: Int32 = -1
    var other: Int32 = -1
    var name = [CChar](repeating: 0, count: 64)
    guard rigshift_open_terminal(&terminal, &other, &name) == 0 else {
      throw Failure(what: "no pseudo-terminal", code: errno)
    }
    let client = name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK { unlink(path) }
    guard symlink(client, path) == 0, let context = modbus_new_rtu(client, 9600, 78, 8, 1) else {
      let code = errno
      Glibc.close(terminal)
      Glibc.close(other)
      throw Failure(what: "cannot link \(path)", code: code)
    }
    var settings = termios()
    tcgetattr(other, &settings)
    cfmakeraw(&settings)
    tcsetattr(other, TCSANOW, &settings)
    modbus_set_slave(context, Int32(units.first ?? 1))
    modbus_set_socket(context, terminal)
    self.context = context
    self.clients = [terminal]
    self.clientEnd = other
    self.serialUnits = units
    self.serialPath = path
  }

  deinit {
    for client in self.clients { Glibc.close(client) }
    if let listener = self.listener { Glibc.close(listener) }
    if let end = self.clientEnd { Glibc.close(end) }
    if let path = self.serialPath { unlink(path) }
    modbus_free(self.context)
  }

  /// The port it listens on; nil on a serial line.
  public var port: Int? {
    guard let listener = self.listener else { return nil }
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
    }
    guard status == 0 else { return nil }
    // The port lies at the same place in both families.
    return withUnsafeBytes(of: &address) { Int($0[2]) << 8 | Int($0[3]) }
  }

  /// Answers what comes within `milliseconds`, then returns.
  public func serve(for milliseconds: Int32, _ handler: (Request) -> Reply) {
    var descriptors = self.clients.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    if let listener = self.listener {
      descriptors.append(pollfd(fd: listener, events: Int16(POLLIN), revents: 0))
    }
    guard poll(&descriptors, nfds_t(descriptors.count), milliseconds) > 0 else {
      self.received.removeAll(keepingCapacity: true)  // a pause ends a frame
      return
    }
    for descriptor in descriptors where descriptor.revents != 0 {
      if descriptor.fd == self.listener {
        self.accept(descriptor.fd)
      } else if descriptor.revents & Int16(POLLIN) != 0 {
        self.answer(descriptor.fd, handler)
      } else if self.serialUnits == nil {
        self.drop(descriptor.fd)
      }
    }
  }

  private func accept(_ listener: Int32) {
    let client = Glibc.accept(listener, nil, nil)
    guard client >= 0 else { return }
    guard self.clients.count < Self.mostClients else {
      Glibc.close(client)
      return
    }
    var isOn: Int32 = 1
    setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
    self.clients.append(client)
  }

  private func drop(_ client: Int32) {
    Glibc.close(client)
    self.clients.removeAll { $0 == client }
  }

  private func answer(_ client: Int32, _ handler: (Request) -> Reply) {
    guard self.serialUnits == nil else { return self.answerSerial(client, handler) }
    modbus_set_socket(self.context, client)
    var frame = [UInt8](repeating: 0, count: 260)  // the longest frame of TCP
    let length = Int(modbus_receive(self.context, &frame))
    guard length > 0 else {
      if length < 0 { self.drop(client) }
      return
    }
    self.answer(frame, length, handler)
  }

  /// libmodbus listens to one unit of a serial line and takes what follows a frame for another unit for that unit's answer.
  /// A line of many units is therefore read here; the answers are libmodbus's.
  private func answerSerial(_ client: Int32, _ handler: (Request) -> Reply) {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(client, &bytes, bytes.count)
    guard count > 0 else { return }
    self.received += bytes[..<count]
    while self.received.count >= Self.readLength {
      guard Self.isWholeRead(self.received) else {
        self.received.removeFirst()
        continue
      }
      let frame = Array(self.received[..<Self.readLength])
      self.received.removeFirst(Self.readLength)
      guard self.serialUnits?.contains(frame[0]) == true else { continue }
      self.answer(frame, frame.count, handler)
    }
  }

  private func answer(_ frame: [UInt8], _ length: Int, _ handler: (Request) -> Reply) {
    let header = Int(modbus_get_header_length(self.context))
    guard length >= header + 5, header + 4 < frame.count else { return }
    let body = Array(frame[header..<header + 5])
    let request = Request(
      unit: frame[header - 1], function: body[0],
      address: UInt16(body[1]) << 8 | UInt16(body[2]), count: UInt16(body[3]) << 8 | UInt16(body[4]))
    guard [1, 3, 4, 5].contains(request.function) else {
      modbus_reply_exception(self.context, frame, 1)
      return
    }
    // libmodbus frames the answer; without its table it needs one made for just this request.
    switch handler(request) {
    case .silence: return
    case .exception(let code): modbus_reply_exception(self.context, frame, UInt32(code))
    case .words(let words): self.reply(to: frame, length, words: words, request)
    case .bits(let bits): self.reply(to: frame, length, bits: bits, request)
    case .written: self.reply(to: frame, length, bits: [false], request)
    }
  }

  /// Bytes of every request this server answers, on a serial line.
  private static let readLength = 8

  /// Whether a frame on a serial line ends in the checksum of what it holds (Modbus over serial line 1.02, 6.2.2).
  private static func isWholeRead(_ frame: [UInt8]) -> Bool {
    var checksum: UInt16 = 0xFFFF
    for byte in frame[..<(Self.readLength - 2)] {
      checksum ^= UInt16(byte)
      for _ in 0..<8 { checksum = checksum & 1 == 0 ? checksum >> 1 : checksum >> 1 ^ 0xA001 }
    }
    return frame[6] == UInt8(checksum & 0xFF) && frame[7] == UInt8(checksum >> 8)
  }

  private func reply(to frame: [UInt8], _ length: Int, words: [UInt16], _ request: Request) {
    let isHolding = request.function == 3
    guard !words.isEmpty,
      let mapping = modbus_mapping_new_start_address(
        0, 0, 0, 0, isHolding ? UInt32(request.address) : 0, isHolding ? UInt32(words.count) : 0,
        isHolding ? 0 : UInt32(request.address), isHolding ? 0 : UInt32(words.count))
    else { return }
    defer { modbus_mapping_free(mapping) }
    let registers = isHolding ? mapping.pointee.tab_registers : mapping.pointee.tab_input_registers
    for (index, word) in words.enumerated() { registers?[index] = word }
    modbus_reply(self.context, frame, Int32(length), mapping)
  }

  private func reply(to frame: [UInt8], _ length: Int, bits: [Bool], _ request: Request) {
    guard !bits.isEmpty,
      let mapping = modbus_mapping_new_start_address(
        UInt32(request.address), UInt32(bits.count), 0, 0, 0, 0, 0, 0)
    else { return }
    defer { modbus_mapping_free(mapping) }
    for (index, bit) in bits.enumerated() { mapping.pointee.tab_bits[index] = bit ? 1 : 0 }
    modbus_reply(self.context, frame, Int32(length), mapping)
  }
}
