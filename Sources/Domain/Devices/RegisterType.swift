/// How a value lies in 16-bit registers. Bytes inside a register are always big-endian; the order of registers is the
/// field's.
public enum RegisterType: String, Sendable, Hashable, CaseIterable {
  case int16, uint16, int32, uint32, int64, uint64, float32

  /// Registers one value takes.
  public var registerCount: Int {
    switch self {
    case .int16, .uint16: 1
    case .int32, .uint32, .float32: 2
    case .int64, .uint64: 4
    }
  }

  /// The value of a bit pattern; nil for a float that is no number.
  func value(of bits: UInt64) -> Double? {
    switch self {
    case .int16: return Double(Int16(truncatingIfNeeded: bits))
    case .uint16: return Double(UInt16(truncatingIfNeeded: bits))
    case .int32: return Double(Int32(truncatingIfNeeded: bits))
    case .uint32: return Double(UInt32(truncatingIfNeeded: bits))
    case .int64: return Double(Int64(bitPattern: bits))
    case .uint64: return Double(bits)
    case .float32:
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
      return value.isFinite ? Double(value) : nil
    }
  }

  /// The bit pattern nearest to a value: counters roll over, signed values stop at their limits.
  func bits(of value: Double) -> UInt64 {
    guard value.isFinite else { return 0 }
    switch self {
    case .float32: return UInt64(Float(value).bitPattern)
    case .int16: return Self.bits(value, signedIn: -32768, 32767)
    case .int32: return Self.bits(value, signedIn: -2_147_483_648, 2_147_483_647)
    case .int64: return Self.bits(value, signedIn: -0x1p62, 0x1p62)
    case .uint16: return Self.bits(value, modulo: 0x1p16)
    case .uint32: return Self.bits(value, modulo: 0x1p32)
    case .uint64: return Self.bits(value, modulo: 0x1p63)
    }
  }

  private static func bits(_ value: Double, signedIn lowest: Double, _ highest: Double) -> UInt64 {
    // Within -2^62...2^62, where every whole Double is an Int64.
    UInt64(bitPattern: Int64(min(highest, max(lowest, value.rounded()))))
  }

  private static func bits(_ value: Double, modulo capacity: Double) -> UInt64 {
    // Below 2^63, where every whole Double is a UInt64; of a negative value nothing is left.
    UInt64(max(0, value.rounded()).truncatingRemainder(dividingBy: capacity))
  }
}
