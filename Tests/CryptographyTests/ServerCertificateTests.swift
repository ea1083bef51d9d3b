import Cryptography
import Foundation
import Testing

/// A server's own certificate, judged by the `openssl` program.
@Suite struct ServerCertificateTests {
  private static let now = 1_800_000_000
  private static let names = ["site.local", "192.168.1.20", "localhost", "::1"]

  private static func openssl(_ arguments: [String], input: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = arguments
    let (stdin, stdout) = (Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = stdout
    try process.run()
    stdin.fileHandleForWriting.write(Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let output = stdout.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self)
  }

  @Test func `openssl reads its key, names, purpose and life`() throws {
    let made = try #require(ServerCertificate(for: Self.names, now: Self.now))
    let text = try Self.openssl(["x509", "-noout", "-text"], input: made.certificatePEM)
    #expect(text.contains("ASN1 OID: prime256v1") && text.contains("ecdsa-with-SHA256"))
    #expect(
      text.contains(
        "DNS:site.local, IP Address:192.168.1.20, DNS:localhost, IP Address:0:0:0:0:0:0:0:1"), "\(text)")
    #expect(text.contains("TLS Web Server Authentication") && text.contains("CA:FALSE"))
    #expect(text.contains("Not Before: Jan 14 08:00:00 2027 GMT"), "\(text)")
    #expect(text.contains("Not After : Apr 19 08:00:00 2029 GMT"), "\(text)")
    let own = try Self.openssl(["pkey", "-pubout"], input: made.keyPEM)
    let shown = try Self.openssl(["x509", "-noout", "-pubkey"], input: made.certificatePEM)
    #expect(own == shown && own.contains("BEGIN PUBLIC KEY"))
  }

  @Test func `its fingerprint is the one that openssl and browsers show`() throws {
    let made = try #require(ServerCertificate(for: Self.names, now: Self.now))
    let facts = try #require(ServerCertificate.facts(of: made.certificatePEM, now: Self.now))
    let shown = try Self.openssl(["x509", "-noout", "-fingerprint", "-sha256"], input: made.certificatePEM)
    #expect(shown.contains("=\(facts.fingerprint)\n"), "\(shown)")
    #expect(facts.secondsLeft == 825 * 86_400)
    #expect(ServerCertificate.facts(of: "nothing", now: Self.now) == nil)
  }

  @Test func `a new one is due a month before the end, and for another name`() throws {
    let made = try #require(ServerCertificate(for: Self.names, now: Self.now)).certificatePEM
    let end = Self.now + 825 * 86_400
    #expect(ServerCertificate.isGood(made, for: Self.names, now: Self.now))
    #expect(ServerCertificate.isGood(made, for: ["SITE.local"], now: end - 31 * 86_400))
    #expect(!ServerCertificate.isGood(made, for: Self.names, now: end - 30 * 86_400))
    #expect(!ServerCertificate.isGood(made, for: ["other.local"], now: Self.now))
    #expect(!ServerCertificate.isGood(made, for: ["192.168.1.21"], now: Self.now))
    #expect(!ServerCertificate.isGood("-----BEGIN CERTIFICATE-----", for: [], now: Self.now))
  }

  @Test(arguments: [
    "", "a b", "a,DNS:evil", "http://a", "a:80", "ä.de", "a\nb", String(repeating: "a", count: 254),
  ])
  func `what is no name makes no certificate`(_ name: String) {
    #expect(!ServerCertificate.isName(name))
    #expect(ServerCertificate(for: ["a", name], now: Self.now) == nil)
  }
}
