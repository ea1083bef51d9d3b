import Foundation
import JSONText
import ProgramTesting
import Testing

/// Canonical JSON against the Python of the machine. `CANONICAL_VALUES` in the environment asks for more values:
/// `Tests/CertificatesTests/Python/million` asks for a million.
struct CanonicalJSONTests {
  private static let values =
    ProcessInfo.processInfo.environment["CANONICAL_VALUES"].flatMap { Int($0) } ?? 20_000
  private static let block = 10_000

  @Test(arguments: 0..<((values + block - 1) / block))
  func `is what Python writes, for random values in any order and spelling`(seed: Int) async throws {
    let script = "\(PackageFiles.root)/Tests/CertificatesTests/Python/random_json.py"
    let lines = try await Program.session {
      let python = try ChildProcess("/usr/bin/env", ["python3", script, "\(seed)", "\(Self.block)"])
      #expect(try python.waitForEnd() == .exited(0), "\(python.errorText)")
      return python.output.split(separator: 0x0a).map { Array($0) }
    }
    try #require(lines.count == 2 * Self.block)
    var wrong = 0
    for index in stride(from: 0, to: lines.count, by: 2) {
      let value = try JSONValue.parse(lines[index], limits: JSONLimits(keepsBigIntegers: true))
      guard value.canonicalBytes != lines[index + 1] else { continue }
      wrong += 1
      if wrong < 4 {
        Issue.record("\(value.canonicalText) is not \(String(decoding: lines[index + 1], as: UTF8.self))")
      }
    }
    #expect(wrong == 0)
  }

  static let spellings: [(Double, String)] = [
    (1e16, "1e+16"), (9_999_999_999_999_998, "9999999999999998.0"), (1e-5, "1e-05"), (0.0001, "0.0001"),
    (-0.0, "-0.0"), (0, "0.0"), (1e22, "1e+22"), (.leastNonzeroMagnitude, "5e-324"),
    (.greatestFiniteMagnitude, "1.7976931348623157e+308"), (123456.78, "123456.78"), (100, "100.0"),
    (1.5e-7, "1.5e-07"), (2.5e100, "2.5e+100"), (-1.25, "-1.25"),
  ]

  @Test(arguments: spellings)
  func `spells doubles as Python does`(value: Double, text: String) {
    #expect(JSONValue.number(value).canonicalText == text)
  }

  @Test func `orders names by code point, not by what Unicode calls equal`() throws {
    let value = JSONValue.object([
      .init("\u{10000}", 1), .init("\u{ffff}", 2), .init("e\u{301}", 3), .init("\u{e9}", 4), .init("B", 5),
      .init("a", 6),
    ])
    #expect(
      value.canonicalText
        == #"{"B":5,"a":6,"e\u0301":3,"\u00e9":4,"\uffff":2,"\ud800\udc00":1}"#)
    #expect(try JSONValue.parse(value.canonicalBytes).canonicalText == value.canonicalText)
  }
}
