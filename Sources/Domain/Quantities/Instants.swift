/// A point in time on a line counted in milliseconds. Sums saturate at the ends of `Int64`, so no input can trap.
public protocol InstantInMilliseconds: Comparable, Hashable, Sendable, Codable {
  var milliseconds: Int64 { get }
  init(milliseconds: Int64)
}

extension InstantInMilliseconds {
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }

  @inlinable public func advanced(byMilliseconds delta: Int64) -> Self {
    let (sum, overflow) = self.milliseconds.addingReportingOverflow(delta)
    return Self(milliseconds: overflow ? (delta < 0 ? .min : .max) : sum)
  }

  @inlinable public func millisecondsSince(_ earlier: Self) -> Int64 {
    let (difference, overflow) = self.milliseconds.subtractingReportingOverflow(earlier.milliseconds)
    return overflow ? (self < earlier ? .min : .max) : difference
  }

  @inlinable public static func + (a: Self, length: Duration) -> Self {
    a.advanced(byMilliseconds: length.wholeMilliseconds)
  }

  @inlinable public static func - (a: Self, length: Duration) -> Self {
    a.advanced(byMilliseconds: (Duration.zero - length).wholeMilliseconds)
  }

  @inlinable public static func - (a: Self, b: Self) -> Duration { .milliseconds(a.millisecondsSince(b)) }

  @inlinable public init(from decoder: any Decoder) throws {
    self.init(milliseconds: try decoder.singleValueContainer().decode(Int64.self))
  }

  @inlinable public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(self.milliseconds)
  }
}

/// Civil time: milliseconds since 1970-01-01T00:00:00Z without leap seconds. For tariffs, slots and records.
@frozen public struct UTCInstant: InstantInMilliseconds {
  public let milliseconds: Int64
  @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  @inlinable public init(seconds: Int64) {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    self.init(milliseconds: overflow ? (seconds < 0 ? .min : .max) : product)
  }
}

/// Time since an unspecified start that never steps. For dwell, time-outs and staleness; meaningless after a restart.
@frozen public struct MonotonicInstant: InstantInMilliseconds {
  public let milliseconds: Int64
  @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }
}
