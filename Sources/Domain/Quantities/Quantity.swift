/// A finite number with a unit. The type says which unit and, where it matters, which sign.
///
/// Numbers from outside enter through `init(checking:)`, which refuses NaN and infinity; `init(_:)` is for numbers
/// this program computed from checked ones and stops the process on a non-finite value, which is a defect.
public protocol Quantity: Comparable, Hashable, Sendable, Codable, AdditiveArithmetic {
  /// The number in the unit of the type. Always finite.
  var value: Double { get }
  /// Wraps a number already known to be finite.
  init(finite value: Double)
}

extension Quantity {
  @inlinable public init(_ value: Double) {
    precondition(value.isFinite, "a quantity must be finite")
    self.init(finite: value)
  }

  /// Accepts a number from outside; nil when it is NaN or infinite.
  @inlinable public init?(checking value: Double) {
    guard value.isFinite else { return nil }
    self.init(finite: value)
  }

  @inlinable public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer().decode(Double.self)
    guard value.isFinite else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not a finite number"))
    }
    self.init(finite: value)
  }

  @inlinable public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(self.value)
  }

  @inlinable public static var zero: Self { Self(finite: 0) }
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.value < b.value }
  @inlinable public static func + (a: Self, b: Self) -> Self { Self(a.value + b.value) }
  @inlinable public static func - (a: Self, b: Self) -> Self { Self(a.value - b.value) }
  @inlinable public static prefix func - (a: Self) -> Self { Self(finite: -a.value) }
  @inlinable public static func * (a: Self, factor: Double) -> Self { Self(a.value * factor) }
  @inlinable public static func * (factor: Double, a: Self) -> Self { Self(a.value * factor) }
  @inlinable public static func / (a: Self, divisor: Double) -> Self { Self(a.value / divisor) }
  /// The ratio of two like quantities; not finite when the divisor is zero.
  @inlinable public static func / (a: Self, b: Self) -> Double { a.value / b.value }
  @inlinable public var magnitude: Self { Self(finite: self.value.magnitude) }
}
