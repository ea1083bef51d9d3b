public import Devices
public import Ports

/// What every Modbus line promises, rule by rule: the same suite for libmodbus and for its simulated twin. A bus of
/// the suite has the unit `unit` with the registers of `registers` and eight coils, all off; any other unit is away.
public enum RegisterBusContract: String, Sendable, CaseIterable {
  case `reads what the registers of each table hold`
  case `reads as many registers as one answer can carry`
  case `reads the last register there is`
  case `says that a register does not exist`
  case `says that a unit does not answer, and goes on with the others`
  case `reads back the coils it wrote`
  case `says that a coil does not exist`

  public static let unit: UInt8 = 7
  public static let coils = 8

  public static var registers: RegisterImage {
    var image = RegisterImage()
    for address in 0..<200 {
      image.set(UInt16(1000 + address), at: address, in: .holding)
      image.set(UInt16(5000 + address), at: address, in: .input)
    }
    image.set(0xFFFF, at: 0xFFFF, in: .holding)
    return image
  }

  /// Returns what was wrong, nil when the rule is kept.
  public func breach(_ bus: any RegisterBus) throws(RegisterFault) -> String? {
    switch self {
    case .`reads what the registers of each table hold`:
      let holding = try bus.read(Self.request(.holding, 3, 4), unit: Self.unit)
      let input = try bus.read(Self.request(.input, 3, 2), unit: Self.unit)
      return holding == [1003, 1004, 1005, 1006] && input == [5003, 5004] ? nil : "\(holding) \(input)"

    case .`reads as many registers as one answer can carry`:
      let words = try bus.read(Self.request(.holding, 0, 125), unit: Self.unit)
      return words == (0..<125).map { UInt16(1000 + $0) } ? nil : "\(words)"

    case .`reads the last register there is`:
      let words = try bus.read(Self.request(.holding, 0xFFFF, 1), unit: Self.unit)
      return words == [0xFFFF] ? nil : "\(words)"

    case .`says that a register does not exist`:
      return Self.fault { () throws(RegisterFault) in
        _ = try bus.read(Self.request(.holding, 199, 2), unit: Self.unit)
      }.difference(from: .exception(2))

    case .`says that a unit does not answer, and goes on with the others`:
      let fault = Self.fault { () throws(RegisterFault) in
        _ = try bus.read(Self.request(.holding, 0, 1), unit: 9)
      }
      let words = try bus.read(Self.request(.holding, 0, 1), unit: Self.unit)
      return words == [1000] ? fault.difference(from: .timeout) : "\(words)"

    case .`reads back the coils it wrote`:
      try bus.writeCoil(true, at: 2, unit: Self.unit)
      try bus.writeCoil(true, at: 7, unit: Self.unit)
      try bus.writeCoil(false, at: 2, unit: Self.unit)
      let coils = try bus.readCoils(Self.coils, at: 0, unit: Self.unit)
      return coils == [false, false, false, false, false, false, false, true] ? nil : "\(coils)"

    case .`says that a coil does not exist`:
      return Self.fault { () throws(RegisterFault) in
        try bus.writeCoil(true, at: 8, unit: Self.unit)
      }.difference(from: .exception(2))
    }
  }

  private static func request(_ table: RegisterTable, _ address: Int, _ count: Int) -> RegisterRequest {
    // Within the registers there are, as the addresses above are.
    RegisterRequest(table: table, address: address, count: count)!
  }

  private struct Met {
    var fault: RegisterFault?
    func difference(from expected: RegisterFault) -> String? {
      self.fault == expected ? nil : "\(self.fault.map { "\($0)" } ?? "no fault") instead of \(expected)"
    }
  }

  private static func fault(_ body: () throws(RegisterFault) -> Void) -> Met {
    do throws(RegisterFault) {
      try body()
      return Met(fault: nil)
    } catch {
      return Met(fault: error)
    }
  }
}
