public import Devices
public import Ports

/// A Modbus line without a wire: units with registers and coils, and what is wrong with them.
public final class SimulatedRegisterBus: RegisterBus {
  public struct Unit: Sendable {
    public var registers: RegisterImage
    /// From address 0 on.
    public var coils: [Bool]
    /// What the next calls meet, in order; the last one stays. Nil is an answer.
    public var faults: [RegisterFault?]
    public init(
      registers: RegisterImage = RegisterImage(), coils: [Bool] = [], faults: [RegisterFault?] = [nil]
    ) {
      self.registers = registers
      self.coils = coils
      self.faults = faults
    }
  }

  public enum Call: Sendable, Hashable {
    case read(RegisterRequest, unit: UInt8)
    case readCoils(unit: UInt8)
    case writeCoil(Bool, address: UInt16, unit: UInt8)
  }

  public var units: [UInt8: Unit]
  /// Every call since the beginning.
  public private(set) var calls: [Call] = []

  public init(_ units: [UInt8: Unit]) { self.units = units }

  public func read(_ request: RegisterRequest, unit: UInt8) throws(RegisterFault) -> [UInt16] {
    self.calls.append(.read(request, unit: unit))
    try self.meetFault(of: unit)
    guard let words = self.units[unit]?.registers.words(for: request) else { throw .exception(2) }
    return words
  }

  public func readCoils(_ count: Int, at address: UInt16, unit: UInt8) throws(RegisterFault) -> [Bool] {
    self.calls.append(.readCoils(unit: unit))
    try self.meetFault(of: unit)
    let coils = self.units[unit]?.coils ?? []
    let end = Int(address) + count
    guard count > 0, end <= coils.count else { throw .exception(2) }
    return Array(coils[Int(address)..<end])
  }

  public func writeCoil(_ isOn: Bool, at address: UInt16, unit: UInt8) throws(RegisterFault) {
    self.calls.append(.writeCoil(isOn, address: address, unit: unit))
    try self.meetFault(of: unit)
    guard self.units[unit]?.coils.indices.contains(Int(address)) == true else { throw .exception(2) }
    self.units[unit]?.coils[Int(address)] = isOn
  }

  private func meetFault(of unit: UInt8) throws(RegisterFault) {
    guard var described = self.units[unit] else { throw .timeout }
    let fault = described.faults.first ?? nil
    if described.faults.count > 1 { described.faults.removeFirst() }
    self.units[unit] = described
    if let fault { throw fault }
  }
}
