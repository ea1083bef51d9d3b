import Devices
import Testing

struct `A field of registers` {
  /// Words at address 10, and what they mean.
  static let readings:
    [(type: RegisterType, lowFirst: Bool, words: [UInt16], absent: [UInt64], value: Double?)] = [
      (.int16, false, [0xFFFE], [], -2), (.uint16, false, [0xFFFE], [], 65534),
      (.int32, false, [0xFFFF, 0xFFFE], [], -2), (.int32, true, [0xFFFE, 0xFFFF], [], -2),
      (.uint32, true, [0x0001, 0x0002], [], 131_073),
      (.int64, false, [0xFFFF, 0xFFFF, 0xFFFF, 0xFFFD], [], -3),
      (.uint64, true, [7, 0, 1, 0], [], 4_294_967_303),
      (.float32, false, [0x4148, 0x0000], [], 12.5), (.float32, true, [0x0000, 0x4148], [], 12.5),
      (.int16, false, [0x8000], [0x8000], nil), (.uint32, false, [0, 0], [0], nil),
      (.uint64, false, [0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF], [.max], nil),
      (.float32, false, [0x7FC0, 0x0000], [0x7FC0_0000], nil),
    ]

  @Test(arguments: readings)
  func `becomes a number, or none where its code says so`(
    _ reading: (type: RegisterType, lowFirst: Bool, words: [UInt16], absent: [UInt64], value: Double?)
  ) {
    var image = RegisterImage()
    for (index, word) in reading.words.enumerated() { image.set(word, at: 10 + index, in: .holding) }
    let field = RegisterField(
      quantity: .power, table: .holding, address: 10, type: reading.type, isLowWordFirst: reading.lowFirst,
      absentCodes: reading.absent)
    #expect(field.read(image) == .success(reading.value))
    // And back to the same words.
    var played = RegisterImage()
    field.write(reading.value, into: &played)
    #expect(played == image)
  }

  @Test func `is no number where a float is not finite, and missing where a register is`() {
    var image = RegisterImage()
    image.set(0x7F80, at: 10, in: .input)
    let field = RegisterField(quantity: .power, table: .input, address: 10, type: .float32)
    #expect(field.read(image) == .failure(.missing))
    image.set(0, at: 11, in: .input)
    #expect(field.read(image) == .failure(.notANumber))
  }

  /// The exponent word, and what a count of 1234 becomes with it.
  @Test(arguments: [(UInt16(0), 1234.0), (2, 123_400), (0xFFFE, 12.34), (0xFFFF, 123.4)])
  func `is multiplied by the power of ten beside it`(_ exponent: UInt16, _ value: Double) {
    var image = RegisterImage()
    image.set(1234, at: 10, in: .holding)
    image.set(exponent, at: 12, in: .holding)
    let field = RegisterField(quantity: .power, table: .holding, address: 10, type: .int16, scaleFactor: 12)
    #expect(field.read(image) == .success(value))
  }

  @Test func `has no value when its exponent is not implemented, and none to believe when it is absurd`() {
    var image = RegisterImage()
    image.set(1234, at: 10, in: .holding)
    image.set(0x8000, at: 12, in: .holding)
    let field = RegisterField(quantity: .power, table: .holding, address: 10, type: .int16, scaleFactor: 12)
    #expect(field.read(image) == .success(nil))
    image.set(300, at: 12, in: .holding)
    #expect(field.read(image) == .failure(.notANumber))
  }

  @Test func `rolls over where a counter is full and stops where a signed value ends`() {
    var image = RegisterImage()
    let counter = RegisterField(quantity: .importEnergy, table: .holding, address: 0, type: .uint32)
    counter.write(4_294_967_296 + 5, into: &image)
    #expect(counter.read(image) == .success(5))
    let power = RegisterField(quantity: .power, table: .holding, address: 2, type: .int16)
    power.write(1e9, into: &image)
    #expect(power.read(image) == .success(32767))
    power.write(-1e300, into: &image)
    #expect(power.read(image) == .success(-32768))
  }

  /// Any registers whatever: a value, none, or a fault, and never a trap.
  @Test(arguments: [UInt64(1), 2, 3])
  func `takes any registers without a trap`(seed: UInt64) {
    var state = seed
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 16
    }
    for _ in 0..<20_000 {
      var image = RegisterImage()
      for address in 0..<8 where next() % 8 != 0 {
        image.set(UInt16(truncatingIfNeeded: next()), at: address, in: .input)
      }
      let field = RegisterField(
        quantity: .power, table: .input, address: UInt16(next() % 6),
        type: RegisterType.allCases[Int(next() % 7)], isLowWordFirst: next() % 2 == 0, scale: 0.1,
        scaleFactor: next() % 2 == 0 ? nil : UInt16(next() % 8))
      if case .success(let value?) = field.read(image) { #expect(value.isFinite) }
    }
  }
}
