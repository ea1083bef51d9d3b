public import Quantities

/// Power as records carry it: whole milliwatts. Finer than any meter, and sums come out the same in any order, which sums
/// of floating-point numbers do not.
public struct Milliwatts: Sendable, Hashable, Comparable {
  /// A terawatt either way. A sum over every node there may be stays far inside `Int64`.
  public static let limit: Int64 = 1_000_000_000_000_000

  public let value: Int64

  /// Nil beyond a terawatt.
  public init?(_ value: Int64) {
    guard (-Self.limit...Self.limit).contains(value) else { return nil }
    self.value = value
  }

  /// The nearest milliwatt; nil for what is no number or beyond a terawatt.
  public init?(_ power: Kilowatts) {
    let milliwatts = (power.value * 1_000_000).rounded()
    guard let value = Int64(exactly: milliwatts) else { return nil }
    self.init(value)
  }

  public static let zero = Milliwatts(unchecked: 0)
  private init(unchecked value: Int64) { self.value = value }

  public var kilowatts: Double { Double(self.value) / 1_000_000 }
  public static func < (a: Self, b: Self) -> Bool { a.value < b.value }
}
