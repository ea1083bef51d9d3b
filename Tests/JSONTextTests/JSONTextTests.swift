import JSONText
import Quantities
import Testing

private func parse(_ text: String, _ limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
  try JSONValue.parse(Array(text.utf8), limits: limits)
}

@Test func `reads every kind of value and keeps the order of members`() throws {
  let value = try parse(#" {"b": [1, -2.5e3, true, null], "a": "x\u00e9\ud83d\ude00\n"} "#)
  #expect(value == ["b": [1, -2500.0, true, nil], "a": "x\u{e9}\u{1f600}\n"])
  #expect(value["b"]?.array?[1].int == -2500)
  #expect(value["c"] == nil)
}

@Test(arguments: [
  (#"{"a": 1, "a": 2}"#, 1, 10, JSONError.Reason.duplicateName("a")),
  ("[1,\n 2,,3]", 2, 4, .expected("a value")),
  ("[1", 1, 3, .unexpectedEnd),
  ("[1] 2", 1, 5, .trailingText),
  ("[01]", 1, 2, .expected("a number without leading zeros")),
  ("[1.]", 1, 4, .expected("a digit")),
  ("[NaN]", 1, 2, .notFinite),
  ("[-Infinity]", 1, 3, .notFinite),
  ("[1e999]", 1, 2, .notFinite),
  (#"["\ud83d"]"#, 1, 3, .badString),
  (#"["\x"]"#, 1, 3, .badString),
  ("[\"\u{1}\"]", 1, 3, .badString),
  ("{\"\u{e9}\": x}", 1, 7, .expected("a value")),
  ("", 1, 1, .unexpectedEnd),
  ("{1: 2}", 1, 2, .expected("a name in quotes")),
  ("[+1]", 1, 2, .expected("a value")),
])
func `refuses what is not JSON at its place`(text: String, line: Int, column: Int, reason: JSONError.Reason) {
  let error = #expect(throws: JSONError.self) { try parse(text) }
  #expect(error?.reason == reason)
  #expect(error?.line == line)
  #expect(error?.column == column)
}

@Test func `refuses bytes that are not UTF-8`() {
  #expect(throws: JSONError.self) { try JSONValue.parse([0x22, 0xff, 0x22]) }
}

@Test func `bounds depth and size`() throws {
  let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
  _ = try parse(deep)
  #expect(throws: JSONError.self) { try parse("[" + deep + "]") }
  #expect(throws: JSONError.self) { try parse("[1,2]", JSONLimits(maximumBytes: 4)) }
  #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
}

@Test func `hands non-finite numbers on where the reader asked for them`() throws {
  let value = try parse("[NaN, -Infinity]", JSONLimits(allowsNonFinite: true))
  #expect(value.array?[0].double?.isNaN == true)
  #expect(value.array?[1].double == -.infinity)
}

@Test func `writes compact and indented text that reads back the same`() throws {
  let value: JSONValue = ["n": [1, 0.1, 1e22, -0.0], "s": "a\"\\\n\u{1}\u{e9}", "e": [], "o": ["x": nil]]
  #expect(
    value.text() == #"{"n":[1,0.1,1e+22,-0.0],"s":"a\"\\\n\u0001"# + "\u{e9}" + #"","e":[],"o":{"x":null}}"#)
  #expect(try parse(value.text(pretty: true)) == value)
  #expect(JSONValue.array([1, 2]).text(pretty: true) == "[\n  1,\n  2\n]")
  #expect(JSONValue.number(.nan).text() == "null")
}

@Test(arguments: 0..<200 as Range<UInt64>)
func `never traps on damaged text`(seed: UInt64) {
  var generator = SplitMix64(seed: seed)
  var bytes = Array(#"{"slots":[{"start":"2025-01-01T00:00Z","x":-1.5e-3,"y":[true,null,"\u12ab"]}]}"#.utf8)
  for _ in 0..<(1 + generator.below(4)) {
    bytes[generator.below(bytes.count)] = UInt8(truncatingIfNeeded: generator.next())
  }
  bytes.removeLast(generator.below(bytes.count))
  guard let value = try? JSONValue.parse(bytes) else { return }
  #expect((try? JSONValue.parse(Array(value.text().utf8))) == value)
}
