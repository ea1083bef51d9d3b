import Glibc

/// Files as the operating system gives them.
enum FileContents {
  struct Failure: Error {
    var reason: String
    var remedy: String
  }

  /// Reads a whole file of at most `limit` bytes.
  static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(errno: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw Failure(errno: errno) }
      if count == 0 { return bytes }
      bytes += buffer[0..<count]
      guard bytes.count <= limit else {
        throw Failure(reason: "it is larger than \(limit / 1024) KiB", remedy: "name the site file itself")
      }
    }
  }

  /// Nil when a plain file can be opened for reading at `path`, otherwise why not.
  static func obstacle(toReading path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return Failure(errno: errno).reason }
    guard status.st_mode & S_IFMT == S_IFREG else { return "not a file" }
    return access(path, R_OK) == 0 ? nil : Failure(errno: errno).reason
  }
}

extension FileContents.Failure {
  init(errno code: Int32) {
    switch code {
    case ENOENT:
      self.init(reason: "no such file", remedy: "check the path")
    case EACCES: self.init(reason: "permission denied", remedy: "let this user read it")
    case EISDIR: self.init(reason: "it is a folder", remedy: "name the site file inside it")
    default: self.init(reason: String(cString: strerror(code)), remedy: "check the file and its medium")
    }
  }
}

/// The folder of a site file, from which the paths in it count.
struct SiteFolder {
  private let absolutePath: String

  init(ofFileAt path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    if path.hasPrefix("/") {
      self.absolutePath = folder
    } else {
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
      let current = getcwd(&buffer, buffer.count).map { String(cString: $0) } ?? "."
      self.absolutePath = folder == "." ? current : "\(current)/\(folder)"
    }
  }

  /// The absolute path of one in the file.
  func resolve(_ path: String) -> String { path.hasPrefix("/") ? path : "\(self.absolutePath)/\(path)" }
}
