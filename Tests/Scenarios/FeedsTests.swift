import Foundation
import Glibc
import JSONText
import ProgramTesting
import Testing

/// A simulated site whose feeds are asked over the network, of a server that plays the services.
struct `Live feeds of a running site` {
  @Test func `are asked, judged, kept, and shown`() async throws {
    try await Program.session {
      let folder = try TemporaryFolder()
      let server = try Program.start([
        "feeds", "serve", "--replay", PackageFiles.fixture("feeds"), "--listen", "127.0.0.1:0",
      ])
      try server.waitFor("answering on http://127.0.0.1:")
      try server.waitFor("\n")
      let url = String(decoding: server.output, as: UTF8.self)
        .replacingOccurrences(of: "answering on ", with: "").trimmingCharacters(in: .whitespacesAndNewlines)
      let text = try String(contentsOfFile: PackageFiles.example("live-uk.toml"), encoding: .utf8)
        .replacingOccurrences(of: "\nfeed = ", with: "\nurl = \"\(url)\"\nfeed = ")
      let site = try folder.write(text, to: "site.toml")
      let common = ["--site", site, "--data", "\(folder.path)/data"]
      let controller = try Program.start(["run", "--simulated"] + common)
      try controller.waitFor("feed answers", times: 2)
      try controller.waitFor("feed fails")
      try controller.waitFor("feed=carbon")
      let feeds = try Self.feeds(common)
      #expect(feeds["weather"]?["state"]?.string == "good", "\(feeds)")
      #expect(feeds["import price"]?["state"]?.string == "good", "\(feeds)")
      #expect(["failing", "good"].contains(feeds["carbon"]?["state"]?.string), "\(feeds)")
      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))
      // Nobody runs: what was kept is known, and the next run begins with it.
      let kept = try Self.feeds(common)
      #expect(kept["weather"]?["state"]?.string == "not_asked" && kept["weather"]?["issued"]?.string != nil)
      let again = try Program.start(["run", "--simulated"] + common)
      try again.waitFor("feed answers")
      try again.waitFor("feed=carbon")
      let after = try Self.feeds(common)
      // What the first run asked counts, and this one asked nothing.
      #expect(after["import price"]?["calls_today"]?.int == 1)
      #expect(after["import price"]?["state"]?.string == "good")
      #expect(after["carbon"]?["state"]?.string == "good")
      again.send(SIGTERM)
      #expect(try again.waitForEnd() == .exited(0))
    }
  }

  /// The tokens of the site's services.
  private static let tokens = ["entsoe.key": "0123-operators", "tibber.key": "4567-contract"]

  private static func site(_ url: String) -> String {
    """
    [weather]
    feed = "open-meteo"
    ensemble = true
    models = ["icon_seamless"]
    url = "\(url)"

    [tariff.import]
    feed = "entsoe"
    zone = "10Y1001A1001A82H"
    key_file = "entsoe.key"
    url = "\(url)"
    addition_per_kwh = 0.155
    factor = 1.19
    fallback = 0.28

    [tariff.export]
    feed = "tibber"
    price = "energy"
    key_file = "tibber.key"
    url = "\(url)"
    fallback = 0.06

    [carbon]
    feed = "csv"
    url = "\(url)/carbon.csv"
    separator = ";"
    decimal_comma = true
    start = "von"
    end = "bis"
    value = "g"
    unit = "gCO2/kWh"
    fallback = 350

    [planner]
    """
  }

  @Test
  func `come from an ensemble, from a market, from a contract and from a table, and outlive the controller`()
    async throws
  {
    try await Program.session {
      let folder = try TemporaryFolder()
      let server = try Program.start([
        "feeds", "serve", "--replay", PackageFiles.fixture("feeds-de"), "--listen", "127.0.0.1:0",
      ])
      try server.waitFor("answering on http://127.0.0.1:")
      try server.waitFor("\n")
      let url = String(decoding: server.output, as: UTF8.self)
        .replacingOccurrences(of: "answering on ", with: "").trimmingCharacters(in: .whitespacesAndNewlines)
      for (name, token) in Self.tokens { chmod(try folder.write(token + "\n", to: name), 0o600) }
      let text = try String(contentsOfFile: PackageFiles.example("live-de.toml"), encoding: .utf8)
      let head = text.components(separatedBy: "[weather]")[0]
      let tail = text.components(separatedBy: "[planner]")[1]
      let site = try folder.write(head + Self.site(url) + tail, to: "site.toml")
      let common = ["--site", site, "--data", "\(folder.path)/data"]

      // Nobody has asked anything yet: a plan rests on what stands in, and says so.
      let before = try Program.start(["plan", "--json"] + common)
      #expect(try before.waitForEnd() == .exited(0), "\(before.errorText)")
      let stood = try JSONValue.parse(before.output)["feeds"]?.array?.compactMap(\.string) ?? []
      #expect(
        stood.count == 4 && stood.allSatisfy { $0.contains("nothing of it is kept on disk") }, "\(stood)")

      let controller = try Program.start(["run", "--simulated"] + common)
      try controller.waitFor("feed answers", times: 3)
      try controller.waitFor("No matching data found for this zone")
      let feeds = try Self.feeds(common)
      for feed in ["weather", "export price", "carbon"] {
        #expect(feeds[feed]?["state"]?.string == "good", "\(feeds)")
      }
      #expect(feeds["weather"]?["service"]?.string == "Open-Meteo ensemble")
      #expect(feeds["import price"]?["service"]?.string == "ENTSO-E, zone 10Y1001A1001A82H")
      // The platform had nothing at first; it is asked again after a pause.
      try controller.waitFor(#"feed answers feed="import price""#, within: .seconds(120))
      let answered = try Self.feeds(common)["import price"]
      #expect(answered?["state"]?.string == "good" && answered?["calls_today"]?.int == 2)
      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))
      for (_, token) in Self.tokens {
        #expect(!controller.errorText.contains(token) && !"\(feeds)".contains(token))
      }

      // With no controller, a plan uses what it left, and says how old that is.
      let plan = try Program.start(["plan"] + common)
      #expect(try plan.waitForEnd() == .exited(0), "\(plan.errorText)")
      let said = String(decoding: plan.output, as: UTF8.self)
      for feed in ["weather", "import price", "export price", "carbon"] {
        #expect(said.contains("\(feed): the last good answer, "), "\(said)")
      }
      let json = try Program.start(["plan", "--json"] + common)
      #expect(try json.waitForEnd() == .exited(0), "\(json.errorText)")
      let answer = try JSONValue.parse(json.output)
      #expect(answer["feeds"]?.array?.count == 4)
      // The control run and two members.
      #expect(
        answer["outlook"]?["generation"]?.string?.contains("from 3 ensemble members") == true,
        "\(answer["outlook"] ?? .null)")
      // What is kept of the call budget is for the next run too.
      let again = try Program.start(["run", "--simulated"] + common)
      try again.waitFor("planned")
      let counted = try Self.feeds(common)["import price"]
      #expect(counted?["calls_today"]?.int == 2 && counted?["state"]?.string == "good", "\(counted ?? .null)")
      again.send(SIGTERM)
      #expect(try again.waitForEnd() == .exited(0))
    }
  }

  private static func feeds(_ common: [String]) throws -> [String: JSONValue] {
    let process = try Program.start(["feeds", "--json"] + common)
    #expect(try process.waitForEnd() == .exited(0), "\(process.errorText)")
    let answer = try JSONValue.parse(process.output)
    return Dictionary(
      uniqueKeysWithValues: (answer["feeds"]?.array ?? []).map { ($0["feed"]?.string ?? "", $0) })
  }
}
