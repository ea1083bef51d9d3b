import Quantities
import SiteFiles
import Testing

/// Whatever stands in a site file, reading it gives a site or problems and never stops the process.
struct HostileSiteFileTests {
  static let pieces = [
    "nan", "-inf", "9223372036854775807", "-9223372036854775808", "1e308", "-1e308", "1e-320", "0", "-1",
    "\"\"", "[]", "{}",
    "{ a = { b = [[]] } }", "true", "07:00:00", "2024-09-19T00:00:00Z",
    "\"relay-0..relay-9999999999999999999\"", "\"..\"",
    "\"hold 99999999999999999999 d\"", "\"1e400 h\"", "\"24:00\"", "\"é\u{301}\"", "[[", "]]", "\n", "\u{0}",
    "\"bank:\"",
    "[{ from = \"24:00\", value = 1 }]", "a.b.c.d = 1",
  ]

  @Test(arguments: 0..<20)
  func `a mutated file never stops the process`(block: Int) {
    let sources = [
      PackageFiles.bytes(SiteFileTests.fixtures + "/every-key.toml"),
      PackageFiles.bytes(SiteFileTests.examples + "/yokohama.toml"),
    ]
    var refused = 0
    for number in 0..<100 {
      var random = SplitMix64(seed: UInt64(block * 100 + number))
      var bytes = sources[number % 2]
      for _ in 0...random.below(6) { Self.mutate(&bytes, &random) }
      do {
        _ = try SiteFile.parse(bytes, path: "mutated.toml")
      } catch {
        refused += 1
        #expect(!error.problems.isEmpty)
      }
    }
    #expect(refused > 50, "mutations that are nearly always accepted test nothing")
  }

  private static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
    let at = random.below(bytes.count)
    switch random.below(6) {
    case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
    case 1: bytes.removeSubrange(at..<min(bytes.count - 1, at + random.below(200)).clamped(from: at))
    case 2:
      bytes.insert(
        contentsOf: bytes[at..<min(bytes.count, at + random.below(300))], at: random.below(bytes.count))
    case 3: bytes.insert(contentsOf: Array(Self.pieces[random.below(Self.pieces.count)].utf8), at: at)
    case _:
      // A value in place of another keeps the file TOML, so that the readers behind the parser are reached.
      guard let equals = bytes[at...].firstIndex(of: UInt8(ascii: "=")),
        let end = bytes[equals...].firstIndex(of: UInt8(ascii: "\n"))
      else { return }
      bytes.replaceSubrange(
        (equals + 1)..<end, with: Array((" " + Self.pieces[random.below(Self.pieces.count)]).utf8))
    }
  }

  struct Hostility: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var text: String
    init(_ name: String, _ text: String) {
      self.testDescription = name
      self.text = text
    }
  }

  static let hostilities = [
    Hostility("a key of 200,000 parts", String(repeating: "a.", count: 200_000) + "a = 1"),
    Hostility("a deep array", "x = " + String(repeating: "[", count: 500_000)),
    Hostility("a deep inline table", "x = " + String(repeating: "{ a = ", count: 100_000)),
    Hostility("a header of brackets", String(repeating: "[", count: 100_000)),
    Hostility("a header without a key", "[=]"),
    Hostility("many escapes", "x = \"" + String(repeating: "\\u0041", count: 100_000) + "\""),
    Hostility("a million empty lines", String(repeating: "\n", count: 1_000_000)),
    Hostility("20,000 banks", (0..<20_000).map { "[[banks]]\nname = \"b\($0)\"\ncount = 0\n" }.joined()),
    Hostility("a mark of the byte order", "\u{FEFF}name = 1"),
    Hostility("nothing", ""),
    Hostility("a zero byte", "\u{0}"),
    Hostility("letters that are no ASCII", "größe = 1"),
    Hostility("a character that upsets toml++", "\u{FECD}["),
  ]

  @Test(arguments: hostilities)
  func `depth, length and emptiness are problems, not accidents`(hostility: Hostility) {
    #expect(throws: SiteFileProblems.self) {
      try SiteFile.parse(Array(hostility.text.utf8), path: "hostile.toml")
    }
  }

  @Test(arguments: ["\"ü\"", "'ü'", "\"\"\"\n\"ü\"\"\"\"\"", "'''\nü'''", "\"\\\"ü\"", "\"\" # ü"])
  func `strings and comments may hold any character`(value: String) throws {
    let minimal = PackageFiles.text(SiteFileTests.examples + "/minimal.toml")
    let text = minimal.replacing("name = \"Minimal\"", with: "name = \"Ü\" # ü\n\"ß\" = \(value)")
    do {
      _ = try SiteFile.parse(Array(text.utf8), path: "site.toml")
      Issue.record("the key is not known")
    } catch {
      #expect(error.problems.map(\.what) == ["unknown key 'ß' in the file"])
    }
  }

  @Test func `bytes that are not UTF-8 are a problem`() {
    #expect(throws: SiteFileProblems.self) {
      try SiteFile.parse([0xff, 0xfe, 0x00, 0x80], path: "hostile.toml")
    }
  }
}

extension Int {
  fileprivate func clamped(from low: Int) -> Int { Swift.max(self, low) }
}
