/// One JSON value (RFC 8259). Members of an object keep their order.
public enum JSONValue: Sendable, Hashable {
  /// A name and its value inside an object.
  public struct Member: Sendable, Hashable {
    public var name: String
    public var value: JSONValue
    public init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  case null
  case bool(Bool)
  /// A number written without fraction and exponent that fits `Int64`.
  case integer(Int64)
  /// The digits of a whole number beyond `Int64`, with its sign; read only where the limits ask for it.
  case bigInteger(String)
  /// Any other number. Never NaN or infinite in parsed text unless the limits allow it.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])
}

extension JSONValue {
  public var isNull: Bool { self == .null }

  public var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  /// Any number, rounded to the nearest `Double`.
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .bigInteger(let digits): Double(digits)
    case .number(let value): value
    case .null, .bool, .string, .array, .object: nil
    }
  }

  /// A whole number, also when it was written as `4.0` or `1e3`; nil when it has a fraction or does not fit.
  public var int: Int? {
    switch self {
    case .integer(let value): Int(exactly: value)
    case .number(let value): Int(exactly: value)
    case .bigInteger, .null, .bool, .string, .array, .object: nil
    }
  }

  public var string: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  public var array: [JSONValue]? {
    guard case .array(let values) = self else { return nil }
    return values
  }

  public var object: [Member]? {
    guard case .object(let members) = self else { return nil }
    return members
  }

  /// The member called `name`; nil when there is none or this is not an object. A linear search.
  public subscript(name: String) -> JSONValue? { self.object?.first { $0.name == name }?.value }

  /// The word a person uses for this kind of value, with its article.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a truth value"
    case .integer, .bigInteger, .number: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  public init(nilLiteral: ()) { self = .null }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}
