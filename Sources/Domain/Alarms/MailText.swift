import Cryptography
public import Quantities

/// A message as mail (RFC 5322): plain text in UTF-8, with nothing in a header that could begin another one.
public struct MailText: Sendable {
  private let text: AlarmText
  private let message: AlarmMessage
  private let zone: ZoneRules

  public init(_ message: AlarmMessage, zone: ZoneRules, dropped: Int = 0) {
    self.text = AlarmText(message, zone: zone, dropped: dropped)
    self.message = message
    self.zone = zone
  }

  /// Lines end with CR LF. `sentAt` is when it leaves; the message itself may be older.
  public func bytes(from: String, to: [String], sentAt: UTCInstant) -> [UInt8] {
    let domain = Self.plain(from.split(separator: "@").last.map(String.init) ?? "localhost")
    var headers = [
      "Date: \(Self.date(sentAt, zone: self.zone))", "From: \(Self.plain(from))",
      "To: \(to.map(Self.plain).joined(separator: ",\r\n "))", "Subject: \(Self.encoded(self.text.subject))",
      "Message-ID: <\(Self.plain(self.message.id))@\(domain)>", "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
      "Auto-Submitted: auto-generated",
    ]
    if self.message.severity == .act, self.message.reason != .over { headers.append("Importance: high") }
    return Array((headers.joined(separator: "\r\n") + "\r\n\r\n").utf8) + Self.quotedPrintable(self.text.body)
  }

  /// Printable ASCII without blanks: what an address or an identifier is made of.
  private static func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter { (33...126).contains($0.value) && $0 != "<" && $0 != ">" }))
  }

  /// `Sun, 01 Jun 2025 21:10:00 +0900`
  static func date(_ instant: UTCInstant, zone: ZoneRules) -> String {
    let text = ISO8601.string(UTCInstant(seconds: instant.milliseconds / 1000), in: zone)
    let date = zone.date(of: instant)
    let (year, month, day) = date.components
    let weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][min(max(0, date.weekday), 6)]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let offset = text.suffix(6).filter { $0 != ":" }
    return "\(weekday), \(day < 10 ? "0" : "")\(day) \(months[min(max(1, month), 12) - 1]) \(year) "
      + "\(text.dropFirst(11).prefix(8)) \(offset)"
  }

  /// Encoded words (RFC 2047) of at most 75 bytes, one a line, each of whole characters; plain text as it is.
  static func encoded(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { (32...126).contains($0) } && !text.contains("=?")
    if isPlain, text.utf8.count <= 200 { return text }
    var words: [String] = []
    var word: [UInt8] = []
    for scalar in text.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      // 45 bytes are 60 of Base64, with 12 around them.
      if word.count + bytes.count > 45 {
        words.append("=?utf-8?B?\(Base64.text(word))?=")
        word = []
      }
      word += bytes
    }
    words.append("=?utf-8?B?\(Base64.text(word))?=")
    return words.joined(separator: "\r\n ")
  }

  /// RFC 2045, 6.7: lines of at most 76 bytes.
  static func quotedPrintable(_ text: String) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let bytes = Array(line.utf8)
      var length = 0
      for (index, byte) in bytes.enumerated() {
        let isLastBlank = index == bytes.count - 1 && (byte == 0x20 || byte == 0x09)
        let isPlain = ((33...126).contains(byte) && byte != 0x3d) || byte == 0x20
        let piece = isPlain && !isLastBlank ? [byte] : [0x3d, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        if length + piece.count > 75 {
          out += Array("=\r\n".utf8)
          length = 0
        }
        out += piece
        length += piece.count
      }
      out += [0x0d, 0x0a]
    }
    // The text ends with a line break, after which there is no line.
    if text.hasSuffix("\n") { out.removeLast(2) }
    return out
  }
}
