import Quantities

/// Times as HTTP writes them in headers: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7). The two older spellings,
/// which nothing has been allowed to send for decades, are not read.
enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static func instant(_ text: String) -> UTCInstant? {
    let parts = text.split(separator: " ")
    guard text.utf8.count == 29, parts.count == 6, parts[0].utf8.count == 4, parts[0].hasSuffix(","),
      parts[5] == "GMT", let month = Self.months.firstIndex(where: { $0 == parts[2] })
    else { return nil }
    let number = month + 1 < 10 ? "0\(month + 1)" : "\(month + 1)"
    return ISO8601.instant("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
  }
}
