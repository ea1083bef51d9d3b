extension Duration {
  /// Length in hours as a real number.
  @inlinable public var hours: Double {
    let (seconds, attoseconds) = self.components
    return (Double(seconds) + Double(attoseconds) * 1e-18) / 3600
  }

  /// Length in whole milliseconds, rounded towards zero and saturating at the limits of `Int64`.
  @inlinable public var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = self.components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, overflowed) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
    return overflowed ? (seconds < 0 ? .min : .max) : sum
  }

  @inlinable public static func minutes(_ count: Int) -> Duration { .seconds(Int64(count) * 60) }
  @inlinable public static func hours(_ count: Int) -> Duration { .seconds(Int64(count) * 3600) }
}
