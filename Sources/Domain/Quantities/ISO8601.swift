/// ISO 8601 date-times as this program reads and writes them.
public enum ISO8601 {
  /// Parses `YYYY-MM-DDTHH:MM[:SS[.fff]](Z|+HH:MM|+HHMM|-HH:MM)`, offsets up to 18 hours. Nil for anything else,
  /// and for years outside 1900...2200. A blank instead of `T` is accepted.
  public static func instant(_ text: some StringProtocol) -> UTCInstant? {
    guard let (local, rest) = Self.localParts(text) else { return nil }
    guard let offset = Self.offsetSeconds(rest) else { return nil }
    return UTCInstant(milliseconds: local - Int64(offset) * 1000)
  }

  /// Parses a date-time without an offset as one that is `offsetSeconds` ahead of UTC.
  public static func instant(_ text: some StringProtocol, offsetSeconds: Int) -> UTCInstant? {
    guard let (local, rest) = Self.localParts(text), rest.isEmpty, (-86_400...86_400).contains(offsetSeconds)
    else { return nil }
    return UTCInstant(milliseconds: local - Int64(offsetSeconds) * 1000)
  }

  /// Parses `YYYY-MM-DD`.
  public static func date(_ text: some StringProtocol) -> CivilDate? {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = digits(bytes[0..<4]), let month = digits(bytes[5..<7]), let day = digits(bytes[8..<10])
    else { return nil }
    return CivilDate(year: year, month: month, day: day)
  }

  /// Writes `YYYY-MM-DDTHH:MM:SSZ`, with milliseconds only when there are any.
  public static func string(_ instant: UTCInstant) -> String {
    "\(Self.localString(instant, offsetSeconds: 0))Z"
  }

  /// Writes the local date-time with its offset, such as `2024-09-19T16:30:00+09:00`.
  public static func string(_ instant: UTCInstant, in zone: ZoneRules) -> String {
    // Offsets before standard time have seconds, which the notation lacks.
    let offset = zone.offsetSeconds(at: instant) / 60 * 60
    let minutes = abs(offset) / 60
    return Self.localString(instant, offsetSeconds: offset) + (offset < 0 ? "-" : "+") + two(minutes / 60)
      + ":"
      + two(minutes % 60)
  }

  /// Writes the local date and time for people, such as `2024-09-19 16:30`.
  public static func minute(_ instant: UTCInstant, in zone: ZoneRules) -> String {
    "\(Self.string(zone.date(of: instant))) \(Self.string(minuteOfDay: zone.minuteOfDay(of: instant)))"
  }

  /// Writes `YYYY-MM-DD`.
  public static func string(_ date: CivilDate) -> String {
    let (year, month, day) = date.components
    return "\(year)-\(two(month))-\(two(day))"
  }

  /// Writes `HH:MM`.
  public static func string(minuteOfDay minutes: Int) -> String {
    two(minutes / 60) + ":" + two(minutes % 60)
  }

  private static func localString(_ instant: UTCInstant, offsetSeconds: Int) -> String {
    let local = instant.advanced(byMilliseconds: Int64(offsetSeconds) * 1000).milliseconds
    let remainder = local % 86_400_000
    let rest = Int(remainder < 0 ? remainder + 86_400_000 : remainder)
    let days = local / 86_400_000 - (remainder < 0 ? 1 : 0)
    var text =
      Self.string(CivilDate(dayNumber: days)) + "T" + two(rest / 3_600_000) + ":" + two(rest / 60_000 % 60)
    text += ":" + two(rest / 1000 % 60)
    if rest % 1000 != 0 {
      text += "." + String(String(1000 + rest % 1000).dropFirst())
    }
    return text
  }

  private static func localParts(_ text: some StringProtocol) -> (
    milliseconds: Int64, rest: ArraySlice<UInt8>
  )? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 16, bytes.count <= 40,
      let date = Self.date(String(decoding: bytes[0..<10], as: UTF8.self)),
      bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "), bytes[13] == UInt8(ascii: ":"),
      let hour = digits(bytes[11..<13]), hour <= 24, let minute = digits(bytes[14..<16]), minute < 60
    else { return nil }
    var index = 16
    var milliseconds = 0
    if index < bytes.count, bytes[index] == UInt8(ascii: ":") {
      guard index + 3 <= bytes.count, let second = digits(bytes[(index + 1)..<(index + 3)]), second <= 60
      else {
        return nil
      }
      milliseconds = second * 1000
      index += 3
      if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
        index += 1
        var scale = 100
        let first = index
        while index < bytes.count, let digit = digits(bytes[index...index]) {
          milliseconds += digit * scale
          scale /= 10
          index += 1
        }
        if index == first { return nil }
      }
    }
    guard hour < 24 || (minute == 0 && milliseconds == 0) else { return nil }
    let local = date.dayNumber * 86_400_000 + Int64(hour * 3_600_000 + minute * 60_000 + milliseconds)
    return (local, bytes[index...])
  }

  private static func offsetSeconds(_ text: ArraySlice<UInt8>) -> Int? {
    if text.count == 1, text.first == UInt8(ascii: "Z") || text.first == UInt8(ascii: "z") { return 0 }
    guard let sign = text.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
    var minuteDigits = text.dropFirst(3)
    if text.count == 6, minuteDigits.first == UInt8(ascii: ":") { minuteDigits.removeFirst() }
    guard minuteDigits.count == 2, let hours = digits(text.dropFirst().prefix(2)),
      let minutes = digits(minuteDigits), hours <= 18, minutes < 60
    else { return nil }
    let total = hours * 3600 + minutes * 60
    return sign == UInt8(ascii: "-") ? -total : total
  }

  private static func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
    var number = 0
    for byte in bytes {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), number < 100_000 else { return nil }
      number = number * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return bytes.isEmpty ? nil : number
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
