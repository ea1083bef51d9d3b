extension ZoneRules {
  /// The instant a person means by `16:30` (of the local day of `today`, if that is given), `2024-09-19T16:30` (local time), or a full
  /// ISO 8601 time with an offset. Nil for anything else.
  public func instant(said text: String, on today: UTCInstant? = nil) -> UTCInstant? {
    if let instant = ISO8601.instant(text) { return instant }
    let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
    guard let last = parts.last, let minutes = Self.minutes(last) else { return nil }
    guard parts.count == 2 else { return today.map { self.instant(of: self.date(of: $0), minutes: minutes) } }
    return ISO8601.date(parts[0]).map { self.instant(of: $0, minutes: minutes) }
  }

  /// Minutes after midnight of `HH:MM`.
  private static func minutes(_ text: Substring) -> Int? {
    let bytes = Array(text.utf8)
    guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), bytes.allSatisfy({ (48...58).contains($0) }),
      let hour = Int(text.prefix(2)), let minute = Int(text.suffix(2)), hour < 24, minute < 60
    else { return nil }
    return hour * 60 + minute
  }
}
