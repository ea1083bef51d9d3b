import Foundation
import JSONText
import Testing

/// Small files committed with these tests.
enum Fixture {
  static func bytes(_ name: String) throws -> [UInt8] {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil))
    return Array(try Data(contentsOf: url))
  }

  /// The rows of numbers below the comments and the header.
  static func numbers(_ name: String) throws -> [[Double]] {
    let text = String(decoding: try self.bytes(name), as: UTF8.self)
    let rows = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst()
    return try rows.map { row in try row.split(separator: ",").map { try #require(Double($0)) } }
  }
}

/// Recorded data kept beside the repository, not in it: the folder `shared/data` next to one of the folders above.
enum SharedData {
  static let folder: URL? = {
    var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    while folder.path != "/" {
      let candidate = folder.appendingPathComponent("shared/data")
      if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
      folder.deleteLastPathComponent()
    }
    return nil
  }()

  static var isPresent: Bool { self.folder != nil }
  static let absent: Comment = "no folder shared/data beside the repository"

  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: try #require(self.folder).appendingPathComponent(path)))
  }

  static func json(_ path: String) throws -> JSONValue { try JSONValue.parse(try self.bytes(path)) }
}
