import SiteFiles
import Testing

/// `docs/site-file.md` and the reader know the same keys.
struct DocumentationTests {
  /// Headings of the documentation with a table of keys, and a line that opens that table in a site file.
  static let sections: [(heading: String, opening: String)] = [
    ("## The outermost keys", ""), ("## [location]", "[location]"), ("## [grid]", "[grid]"),
    ("## [[pv]]", "[[pv]]"),
    ("## [[wind]]", "[[wind]]\ncurve = 1"), ("## [[wind]]", "[[wind]]"), ("## [other_load]", "[other_load]"),
    ("## [[banks]]", "[[banks]]"), ("## [banks.soft_stop]", "[[banks]]\n[banks.soft_stop]"),
    ("## [[meters]]", "[[meters]]"),
    ("## [[buses]]", "[[buses]]"), ("## [[relay_boards]]", "[[relay_boards]]"),
    ("## [emergency_stop]", "[emergency_stop]"),
    ("## [tariff.import], [tariff.export], [carbon]", "[tariff.import]"),
    ("## [tariff.import], [tariff.export], [carbon]", "[tariff.export]\nfile = \"x\"\nformat = \"jepx\""),
    ("## [tariff.import], [tariff.export], [carbon]", "[carbon]"), ("## [weather]", "[weather]"),
    ("## [[demand_response]]", "[[demand_response]]"), ("## [[flexibility]]", "[[flexibility]]"),
    ("## [planner]", "[planner]"), ("## [control]", "[control]"), ("## [clock]", "[clock]"),
    ("## [storage]", "[storage]"), ("## [simulation]", "[simulation]"), ("## [peers]", "[peers]"),
    ("## [peers.grid_compatible]", "[peers.grid_compatible]"), ("## [web]", "[web]"),
    ("## [alarms]", "[alarms]"), ("## [alarms.webhook]", "[alarms.webhook]"),
    ("## [alarms.mail]", "[alarms.mail]"),
    ("## [mqtt]", "[mqtt]"),
  ]

  @Test(arguments: sections)
  func `every key of a table is documented, and no other`(heading: String, opening: String) throws {
    let documented = try Self.documentedKeys(under: heading)
    let known = Self.knownKeys(after: opening)
    #expect(!documented.isEmpty)
    // The outermost table also takes the other tables.
    let scalars = opening.isEmpty ? known.intersection(["name", "currency", "time_zone"]) : known
    #expect(scalars == documented)
  }

  /// Each feed with its own heading, if it has one, and a table it may stand in.
  static let feeds: [(name: String, table: String)] = [
    ("open-meteo", "[weather]"), ("octopus", "[tariff.import]"), ("energy-charts", "[tariff.import]"),
    ("awattar", "[tariff.export]"), ("jepx", "[tariff.import]"), ("carbon-intensity", "[carbon]"),
    ("entsoe", "[tariff.import]"), ("tibber", "[tariff.import]"), ("json", "[tariff.export]"),
    ("json", "[carbon]"), ("csv", "[tariff.import]"), ("csv", "[carbon]"),
  ]

  @Test(arguments: feeds)
  func `every key of a feed is documented, and no other`(name: String, table: String) throws {
    var documented = try Self.documentedKeys(under: "## Keys beside feed").union(
      try Self.documentedKeys(under: "## feed = \"\(name)\""))
    if table.hasPrefix("[tariff.") {
      documented.formUnion(try Self.documentedKeys(under: "## Keys beside a tariff's feed"))
    }
    let elsewhere: Set<String> = ["fixed", "profile", "file", "fallback"]
    #expect(Self.knownKeys(after: "\(table)\nfeed = \"\(name)\"").subtracting(elsewhere) == documented)
  }

  /// The keys in the table under a heading.
  private static func documentedKeys(under heading: String) throws -> Set<String> {
    let text = PackageFiles.text(PackageFiles.root + "/docs/site-file.md")
    let lines = text.split(separator: "\n").drop { $0 != heading }.dropFirst().prefix { !$0.hasPrefix("## ") }
    return Set(
      lines.compactMap { $0.hasPrefix("| `") ? $0.dropFirst(3).prefix { $0 != "`" } : nil }.map(String.init))
  }

  /// The keys the reader says a table takes when it meets one that is unlike all of them.
  private static func knownKeys(after opening: String) -> Set<String> {
    do {
      _ = try SiteFile.parse(Array("\(opening)\n#\n0123456789 = 1\n".utf8), path: "site.toml")
    } catch {
      let remedies = error.problems.filter { $0.what.contains("0123456789") }.map(\.remedy)
      if let list = remedies.first?.split(separator: " takes ").last {
        return Set(list.split(separator: ", ").map(String.init))
      }
    }
    return []
  }
}
