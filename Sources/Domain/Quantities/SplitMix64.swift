/// A small seeded generator whose outputs mean the same for ever (Steele, Lea, Flood 2014; seed 0 gives
/// e220a8397b1dcdaf first). For simulation, jitter and property tests; never for secrets.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64
  public init(seed: UInt64) { self.state = seed }

  @inlinable public mutating func next() -> UInt64 { self.advance() }

  @usableFromInline mutating func advance() -> UInt64 {
    self.state &+= 0x9e37_79b9_7f4a_7c15
    var word = self.state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  /// A real number in 0..<1 with 53 random bits.
  public mutating func uniform() -> Double { Double(self.advance() >> 11) * 0x1p-53 }

  /// A real number in `low..<high`.
  public mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * self.uniform()
  }

  /// A whole number in `0..<bound`; 0 when `bound` is not positive.
  public mutating func below(_ bound: Int) -> Int {
    bound > 0 ? Int(self.advance().multipliedFullWidth(by: UInt64(bound)).high) : 0
  }

  /// True with probability `chance`.
  public mutating func chance(_ chance: Double) -> Bool { self.uniform() < chance }

  /// An independent stream for one part of a simulation, so that one part drawing more does not shift another.
  public func stream(_ number: UInt64) -> SplitMix64 {
    var mixed = SplitMix64(seed: self.state ^ (number &* 0xd134_2543_de82_ef95))
    _ = mixed.advance()
    return SplitMix64(seed: mixed.advance())
  }
}
