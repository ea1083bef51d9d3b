import Glibc

/// Files of this package, found from where this source file was compiled.
enum PackageFiles {
  static let tests = String(
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/"))
  static let root = String(
    tests.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/"))

  /// The whole text of a file; empty when it cannot be read.
  static func text(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

  static func bytes(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[0..<count] }
    return bytes
  }

  /// Names in a folder of these tests that end in `suffix`, without it, in order.
  static func names(in folder: String, ending suffix: String) -> [String] {
    guard let handle = opendir("\(tests)/\(folder)") else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(suffix) { names.append(String(name.dropLast(suffix.count))) }
    }
    return names.sorted()
  }
}
