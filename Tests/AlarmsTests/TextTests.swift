import Alarms
import JSONText
import Quantities
import Testing

struct TextTests {
  @Test(arguments: AlarmKind.allCases)
  func `every kind says what is wrong, what the site does and what a person can do`(_ kind: AlarmKind) {
    let entry = AlarmCatalogue.entry(of: kind)
    for text in [entry.sentence, entry.siteDoes, entry.personCan] {
      #expect(
        text.hasSuffix(".") && text.first?.isUppercase == true && (20...160).contains(text.count), "\(text)")
    }
    #expect(entry.patience >= .zero && entry.patience <= .hours(1))
    // Nobody is woken for what may mend itself within the hour, nor late for what does not.
    if entry.severity == .act { #expect(entry.patience <= .seconds(30)) }
  }

  @Test func `no two kinds say the same`() {
    #expect(
      Set(AlarmKind.allCases.map { AlarmCatalogue.entry(of: $0).sentence }).count == AlarmKind.allCases.count)
  }

  private static func message(_ condition: AlarmCondition, site: String = "Hall") -> AlarmMessage {
    var watch = Watch()
    watch.book.settings.site = site
    watch.see([condition], for: .seconds(20))
    return watch.messages[0]
  }

  @Test func `a message names what is wrong, since when, what the site does and what to do`() {
    let text = AlarmText(Self.message(.welded("rigs-3")), zone: Watch.berlin)
    #expect(
      text.subject == "[Hall] ACT: Power flows where a relay is open: a contact may be welded. (rigs-3)")
    #expect(
      text.body == """
        ACT NOW: Power flows where a relay is open: a contact may be welded.
          rigs-3: open but draws power
          since 2025-06-01 12:00 (Europe/Berlin)
          what the site does: It cannot stop that power; it sheds other rigs to stay under the import cap.
          what you can do: Switch the rig off at its breaker, replace the relay, and then run `rigshift lockout RIG clear`.
          to acknowledge: rigshift alarms ack 1

        Hall, 2025-06-01 12:00 (Europe/Berlin)

        """)
  }

  @Test func `as JSON it comes back as it was`() throws {
    let message = Self.message(.welded("rigs-3"))
    let json = message.json(zone: .utc, dropped: 2)
    #expect(AlarmMessage(try JSONValue.parse(Array(json.text().utf8))) == message)
    #expect(json["dropped_before"]?.int == 2 && json["severity"]?.string == "act")
    #expect(json["raised"]?.array?.first?["kind"]?.string == "contactWelded")
    #expect(json["message_id"]?.string == "hall.1748772010000.raised.1")
  }

  // MARK: Mail

  /// Headers and body of a mail, unfolded.
  private static func parts(_ mail: [UInt8]) throws -> (headers: [String], body: String) {
    let text = String(decoding: mail, as: UTF8.self)
    let end = try #require(text.firstRange(of: "\r\n\r\n"))
    let headers = String(text[..<end.lowerBound]).replacing("\r\n ", with: " ")
    return (headers.split(separator: "\r\n").map(String.init), String(text[end.upperBound...]))
  }

  @Test func `a mail has the headers it needs`() throws {
    let mail = MailText(Self.message(.stop), zone: Watch.berlin).bytes(
      from: "rigshift@example.org", to: ["a@example.org", "b@example.org"],
      sentAt: ISO8601.instant("2025-06-01T10:00:00.250Z") ?? UTCInstant(milliseconds: 0))
    let (headers, body) = try Self.parts(mail)
    #expect(
      headers == [
        "Date: Sun, 01 Jun 2025 12:00:00 +0200", "From: rigshift@example.org",
        "To: a@example.org, b@example.org", "Subject: [Hall] ACT: The emergency stop is pressed.",
        "Message-ID: <hall.1748772010000.raised.1@example.org>", "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
        "Auto-Submitted: auto-generated", "Importance: high",
      ])
    #expect(body.hasPrefix("ACT NOW: The emergency stop is pressed.\r\n"))
    #expect(!body.replacing("\r\n", with: "").contains { $0 == "\r" || $0 == "\n" })
    #expect(body.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 76 })
  }

  @Test(
    arguments: [
      "Hall\r\nBcc: all@example.org", "Hall\nX: y", "Hall\u{2028}X: y", "\0Hall", "=?utf-8?Q?=0D=0ABcc:_x?=",
      String(repeating: "東京の作業場", count: 200), String(repeating: "x", count: 5000), "<script>", "Halle Süd",
    ])
  func `nothing that a name contains becomes a header`(_ name: String) throws {
    let message = Self.message(.init(.contactWelded, about: name, detail: name), site: name)
    let mail = MailText(message, zone: .utc).bytes(
      from: "rigshift@example.org\r\nBcc: x@y", to: ["a@example.org>\r\nBcc: x@y"],
      sentAt: UTCInstant(milliseconds: 0))
    let (headers, _) = try Self.parts(mail)
    let names = headers.map { String($0.prefix { $0 != ":" }) }
    #expect(
      names == [
        "Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding", "Auto-Submitted", "Importance",
      ])
    let head = mail.prefix(while: { $0 != 0x00 }).split(separator: 0x0a).prefix { $0.count > 1 }
    #expect(head.allSatisfy { $0.count <= 998 && $0.allSatisfy { (32...126).contains($0) || $0 == 0x0d } })
  }
}
