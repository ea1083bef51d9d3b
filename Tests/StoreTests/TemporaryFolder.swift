import Glibc
import Ports
import SQLiteStore

/// A folder that goes away with its owner.
final class TemporaryFolder {
  struct CannotMake: Error { var errno: Int32 }

  let path: String

  init() throws {
    var template = Array("/tmp/rigshift-store-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw CannotMake(errno: errno) }
    self.path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  var database: String { self.path + "/site.sqlite" }

  deinit {
    if let folder = opendir(self.path) {
      while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != "." && name != ".." { unlink("\(self.path)/\(name)") }
      }
      closedir(folder)
    }
    rmdir(self.path)
  }
}
