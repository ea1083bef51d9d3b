import Glibc
import JSONText

/// Reference results kept beside the repository, in a `shared/data` folder of some folder above it.
enum SharedData {
  static let folder: String? = {
    var folder = #filePath[...]
    while let slash = folder.lastIndex(of: "/") {
      folder = folder[..<slash]
      let candidate = "\(folder)/shared/data"
      if access(candidate, R_OK) == 0 { return candidate }
    }
    return nil
  }()

  static func json(_ path: String) -> JSONValue? {
    guard let folder, let bytes = Self.bytes("\(folder)/\(path)") else { return nil }
    return try? JSONValue.parse(bytes, limits: JSONLimits(allowsNonFinite: true))
  }

  private static func bytes(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { content += buffer[..<count] }
    return content
  }
}
