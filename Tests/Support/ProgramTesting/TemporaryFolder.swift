import Foundation

/// A new folder that is removed with everything in it when this goes away.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() throws {
    // A short path: a socket's name has at most 107 bytes.
    var template = Array("/tmp/rigshift-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
    self.path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: self.path) } catch {
      print("\(self.path) is left behind: \(error)")
    }
  }

  /// Writes a file and returns its path.
  public func write(_ text: String, to name: String) throws -> String {
    let path = "\(self.path)/\(name)"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }
}
