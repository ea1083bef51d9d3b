import Glibc

/// Where the descriptions of hardware lie: `boards` beside the program, in its installation or in the sources it was
/// built from.
public enum BoardsFolder {
  /// From the program's own place upwards, the first folder that has them; nil when none does.
  public static let path: String? = {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard length > 0 else { return nil }
    var folder = String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
    while let slash = folder.lastIndex(of: "/") {
      folder = String(folder[..<slash])
      for candidate in ["\(folder)/share/rigshift/boards", "\(folder)/boards"]
      where access("\(candidate)/meters", R_OK | X_OK) == 0 {
        return candidate
      }
    }
    return nil
  }()

  /// The templates of a kind (`meters`, `modbus-relays`), by name, in alphabetical order.
  public static func templates(_ kind: String) -> [String] {
    guard let path = Self.path, let folder = opendir("\(path)/\(kind)") else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".toml") { names.append(String(name.dropLast(5))) }
    }
    return names.sorted()
  }
}
