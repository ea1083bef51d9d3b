import Foundation
import Glibc
import JSONText
import ProgramTesting
import Testing

/// The dashboard of the demo, as somebody who keeps it open sees it.
@Suite(.enabled(if: Chromium.isHere, "there is no chromium")) struct `The dashboard in a browser` {
  /// Whether the strip says a text.
  private static func strip(_ text: String) -> String {
    "document.querySelector('.strip').textContent.includes('\(text)')"
  }

  @Test func `shows a fault at once and its end, and an override and its end`() async throws {
    try await Program.quietSession {
      let demo = try Demo()
      // Two minutes after the start no meter can be reached, for forty seconds.
      let page = try Chromium.browse(
        demo.url, profile: demo.profile,
        until: "\(Self.strip("no site meter")) && document.querySelector('main .alarms')", within: 300)
      #expect(page.contains("SIMULATED") && !page.contains("class=\"old\""))
      try Chromium.browse(demo.url, profile: demo.profile, until: Self.strip("Following plan"), within: 300)

      let hold = try Program.start(
        ["override", "rigs-7", "on", "--for", "20s", "--by", "Eva"] + demo.place)
      #expect(try hold.waitForEnd() == .exited(0), "\(hold.errorText)")
      try Chromium.browse(
        "\(demo.url)/rigs", profile: demo.profile,
        until:
          "window.wasHeld ||= \(Self.strip("Manual until")), window.wasHeld && \(Self.strip("Following plan"))",
        within: 300)
      try demo.end()
    }
  }

  @Test func `pleases by day and by night, on a desk and in a hand, and whoever works it by keys`()
    async throws
  {
    guard let axe = Chromium.axe else {
      return print("skipped: axe-core, which is not in .dependencies/python, on the pages of the dashboard")
    }
    try await Program.quietSession {
      let demo = try Demo()
      try Chromium.signIn(demo.url, profile: demo.profile, password: try demo.setPassword())
      let held = try Program.start(["override", "rigs", "12", "--for", "1h", "--by", "Eva"] + demo.place)
      #expect(try held.waitForEnd() == .exited(0), "\(held.errorText)")
      try Chromium.browse(demo.url, profile: demo.profile, until: Self.strip("Manual until"), within: 300)
      let pictures = "\(PackageFiles.root)/.build/screenshots"
      let findings = try Chromium.tour(
        demo.url, profile: demo.profile, axe: axe, pictures: pictures,
        pages: ["/", "/plan", "/rigs", "/energy", "/evidence", "/system", "/login"])
      #expect(findings.map(\.name) == ["axe", "wide", "keyboard", "abroad", "console"])
      for finding in findings { #expect(finding.value.array == [], "\(finding.name)") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: pictures).count >= 28)

      // The cursor by keys: the next slot, with its figures and why the plan is so.
      try Chromium.browse(
        "\(demo.url)/plan", profile: demo.profile,
        until: """
          document.querySelector('line.cursor').getAttribute('x1') > 0 \
          && document.querySelector('.cursorbox p').textContent.includes('One kWh more would cost')
          """,
        doing: """
          const slider = document.querySelector('.cursorbox input');
          slider.value = slider.max;
          slider.dispatchEvent(new Event('input'))
          """)
      try demo.end()
    }
  }

  /// A demo that answers, with a folder of its own.
  private struct Demo {
    let folder: TemporaryFolder
    let url: String
    let place: [String]
    private let program: ChildProcess
    var profile: String { "\(self.folder.path)/profile" }

    init() throws {
      self.folder = try TemporaryFolder()
      let port = try freePort()
      self.url = "http://127.0.0.1:\(port)"
      self.place = [
        "--site", PackageFiles.example("yokohama.toml"), "--data", "\(self.folder.path)/data",
      ]
      self.program = try Program.start(["demo", "--listen", "127.0.0.1:\(port)"] + self.place)
      try self.program.waitFor("answering on this host")
      try self.program.waitFor("planned")
    }

    func setPassword() throws -> String {
      let password = "correct horse battery"
      let path = try self.folder.write("\(password)\n", to: "password")
      let set = try Program.start(["web", "password", "--password-file", path] + self.place)
      #expect(try set.waitForEnd() == .exited(0), "\(set.errorText)")
      return password
    }

    func end() throws {
      self.program.send(SIGTERM)
      #expect(try self.program.waitForEnd() == .exited(0))
    }
  }
}
