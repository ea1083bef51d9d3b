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
      #expect(after["import price"]?["calls_today"]?.int == 0)
      #expect(after["import price"]?["state"]?.string == "good")
      #expect(after["carbon"]?["state"]?.string == "good")
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
