import Foundation
import Glibc
import JSONText
import ProgramTesting
import Testing

/// Debian's browser without a screen, driven by the scripts beside.
enum Chromium {
  private static let path = "/usr/bin/chromium"
  private static let python = "/usr/bin/python3"
  static var isHere: Bool { access(self.path, X_OK) == 0 }

  private static func script(_ name: String) -> String {
    "\(PackageFiles.root)/Tests/Scenarios/Python/\(name)"
  }

  /// The page once `condition`, an expression of JavaScript, holds in it, after `script` was run there. No error stands on
  /// its console.
  @discardableResult
  static func browse(
    _ url: String, profile: String, until condition: String, doing script: String = "0",
    within seconds: Int = 60
  ) throws -> String {
    let process = try ChildProcess(
      self.python, [self.script("browser.py"), self.path, profile, url, "\(seconds)", condition, script])
    let end = try process.waitForEnd(within: .seconds(seconds + 240))
    let page = String(decoding: process.output, as: UTF8.self)
    #expect(end == .exited(0), "\(condition) did not come true; \(process.errorText)\n\(page)")
    #expect(process.errorText.trimmingCharacters(in: .whitespacesAndNewlines) == "", "the console of \(url)")
    return page
  }

  /// Signs in as Eva, with the cookie kept in the profile.
  static func signIn(_ url: String, profile: String, password: String) throws {
    let fields = "name=Eva&password=\(password.replacing(" ", with: "+"))"
    try self.browse(
      "\(url)/login", profile: profile, until: "window.isIn",
      doing:
        "fetch('/login', { method: 'POST', body: new URLSearchParams('\(fields)') }).then(() => window.isIn = true)"
    )
  }

  /// axe-core of Deque Systems, as `scripts/setup-tests` has it; nil where it is not.
  static var axe: String? {
    let folder = "\(PackageFiles.root)/.dependencies/python/lib"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.map { "\(folder)/\($0)/site-packages/axe_playwright_python/axe.min.js" }
      .first { access($0, R_OK) == 0 }
  }

  /// What is wrong with pages, by kind; all lists are empty for pages as they should be. Pictures of them go to `folder`.
  static func tour(
    _ url: String, profile: String, axe: String, pictures folder: String, pages: [String]
  ) throws -> [JSONValue.Member] {
    let process = try ChildProcess(
      self.python, [self.script("tour.py"), self.path, profile, axe, folder, url] + pages)
    #expect(try process.waitForEnd(within: .seconds(600)) == .exited(0), "\(process.errorText)")
    return try JSONValue.parse(process.output).object ?? []
  }
}
