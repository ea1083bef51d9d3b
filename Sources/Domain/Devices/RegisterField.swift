/// What a field of a device means. The raw value is its name in a template.
public enum DeviceQuantity: String, Sendable, Hashable, CaseIterable {
  /// Active power, kW, positive on import (meters) or generation (inverters).
  case power
  /// Counters, kWh: in the direction of positive power, and against it.
  case importEnergy = "import_energy"
  case exportEnergy = "export_energy"
  case powerL1 = "power_l1"
  case powerL2 = "power_l2"
  case powerL3 = "power_l3"
  case voltageL1 = "voltage_l1"
  case voltageL2 = "voltage_l2"
  case voltageL3 = "voltage_l3"
  case currentL1 = "current_l1"
  case currentL2 = "current_l2"
  case currentL3 = "current_l3"
  case powerFactor = "power_factor"
  case frequency

  /// The unit of its values.
  public var unit: String {
    switch self {
    case .power, .powerL1, .powerL2, .powerL3: "kW"
    case .importEnergy, .exportEnergy: "kWh"
    case .voltageL1, .voltageL2, .voltageL3: "V"
    case .currentL1, .currentL2, .currentL3: "A"
    case .powerFactor: ""
    case .frequency: "Hz"
    }
  }

  /// What the control loop reads once a second.
  public static let controlled: Set<DeviceQuantity> = [.power, .importEnergy, .exportEnergy]
}

/// Which of a device's two register tables: function code 3 or 4.
public enum RegisterTable: String, Sendable, Hashable, CaseIterable {
  case holding, input
}

/// One value of a device: where its registers are and how they become a quantity.
public struct RegisterField: Sendable, Hashable {
  public var quantity: DeviceQuantity
  public var table: RegisterTable
  /// Zero-based address on the wire, or the distance from the model's ID register for SunSpec.
  public var address: UInt16
  public var type: RegisterType
  /// True when the register with the low bits comes first.
  public var isLowWordFirst: Bool
  /// Quantity's unit per count, sign included: 0.0001 for a count of 0.1 W.
  public var scale: Double
  /// Where the power of ten lies that multiplies the value (SunSpec), as an int16 at a distance from the ID register.
  public var scaleFactor: UInt16?
  /// A device may lack it and answer with an exception.
  public var isOptional: Bool
  /// Bit patterns that say "no value".
  public var absentCodes: [UInt64]

  public init(
    quantity: DeviceQuantity, table: RegisterTable, address: UInt16, type: RegisterType,
    isLowWordFirst: Bool = false, scale: Double = 1, scaleFactor: UInt16? = nil, isOptional: Bool = false,
    absentCodes: [UInt64] = []
  ) {
    self.quantity = quantity
    self.table = table
    self.address = address
    self.type = type
    self.isLowWordFirst = isLowWordFirst
    self.scale = scale
    self.scaleFactor = scaleFactor
    self.isOptional = isOptional
    self.absentCodes = absentCodes
  }

  /// First and one past the last register it needs, in one request: a scale factor may change between two.
  var span: Range<Int> {
    let first = Int(self.address)
    let end = first + self.type.registerCount
    guard let factor = self.scaleFactor.map(Int.init) else { return first..<end }
    return min(first, factor)..<max(end, factor + 1)
  }

  /// What its registers say: a value, nil for "no value", or a failure for a float or a scale that is no number.
  public func read(_ image: RegisterImage, base: Int = 0) -> Result<Double?, DecodingFault> {
    guard let bits = self.bits(image, base: base) else { return .failure(.missing) }
    if self.absentCodes.contains(bits) { return .success(nil) }
    guard let count = self.type.value(of: bits) else { return .failure(.notANumber) }
    var value = count * self.scale
    if let factor = self.scaleFactor {
      guard let word = image.word(base + Int(factor), in: self.table) else { return .failure(.missing) }
      let exponent = Int(Int16(bitPattern: word))
      // 0x8000 is "not implemented", and so is the value it belongs to.
      if word == 0x8000 { return .success(nil) }
      guard (-10...10).contains(exponent) else { return .failure(.notANumber) }
      value = Self.multiply(value, byTenTo: exponent)
    }
    return value.isFinite ? .success(value) : .failure(.notANumber)
  }

  /// Puts a value into the image as the device would show it. A field with a scale factor keeps the one in the image.
  public func write(_ value: Double?, into image: inout RegisterImage, base: Int = 0) {
    var bits = self.absentCodes.first ?? 0
    if let value {
      var count = value / self.scale
      if let factor = self.scaleFactor, let word = image.word(base + Int(factor), in: self.table) {
        count = Self.multiply(count, byTenTo: -Int(Int16(bitPattern: word)))
      }
      bits = self.type.bits(of: count)
    }
    let words = self.type.registerCount
    for index in 0..<words {
      let shift = 16 * (self.isLowWordFirst ? index : words - 1 - index)
      image.set(
        UInt16(truncatingIfNeeded: bits >> UInt64(shift)), at: base + Int(self.address) + index,
        in: self.table)
    }
  }

  private func bits(_ image: RegisterImage, base: Int) -> UInt64? {
    var bits: UInt64 = 0
    let words = self.type.registerCount
    for index in 0..<words {
      let offset = self.isLowWordFirst ? words - 1 - index : index
      guard let word = image.word(base + Int(self.address) + offset, in: self.table) else { return nil }
      bits = bits << 16 | UInt64(word)
    }
    return bits
  }

  /// By division for negative powers: 1234 / 100 is 12.34 to the last digit, 1234 * 0.01 is not.
  private static func multiply(_ value: Double, byTenTo exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<min(10, exponent.magnitude) { power *= 10 }
    return exponent < 0 ? value / power : value * power
  }
}

/// Why registers do not make a value.
public enum DecodingFault: Error, Sendable, Hashable {
  /// A register that was not read.
  case missing
  case notANumber
}
