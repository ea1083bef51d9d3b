import Foundation
import Glibc
import JSONText
import ProgramTesting
import Testing

/// The computer of a site, looked at.
struct `A doctor` {
  @Test func `finds a port that is missing, a secret that is open and a controller that runs`() async throws {
    try await Program.session {
      let folder = try TemporaryFolder()
      let password = try folder.write("secret\n", to: "password")
      #expect(chmod(password, 0o644) == 0)
      let minimal = try String(contentsOfFile: PackageFiles.example("minimal.toml"), encoding: .utf8)
      let site = try folder.write(
        minimal + """

          [[buses]]
          name = "hall"
          serial = "/dev/serial/by-id/nothing-is-here"

          [mqtt]
          broker = "127.0.0.1:1"
          username = "rigshift"
          password_file = "\(password)"
          """, to: "site.toml")
      let place = ["--site", site, "--data", "\(folder.path)/data"]
      func findings() throws -> (end: ChildProcess.End, text: String) {
        let doctor = try Program.start(["doctor", "--json"] + place)
        let end = try doctor.waitForEnd()
        return (end, String(decoding: doctor.output, as: UTF8.self) + doctor.errorText)
      }
      let before = try findings()
      #expect(before.end == .exited(1), "\(before.text)")
      for words in [
        "is not there yet", "nothing-is-here is not there", "chmod 600 \(password)",
        "systemctl start rigshift\"",
      ] {
        #expect(before.text.contains(words), "\(words) is not in \(before.text)")
      }
      let controller = try Program.start(["run", "--simulated"] + place)
      try controller.waitFor("planned")
      let after = try findings()
      #expect(!after.text.contains("systemctl start rigshift\""), "\(after.text)")
      #expect(
        try JSONValue.parse(Array(after.text.utf8)).array?.contains { $0["subject"]?.string == "controller" }
          == true)
      controller.send(SIGTERM)
      #expect(try controller.waitForEnd() == .exited(0))
    }
  }
}
