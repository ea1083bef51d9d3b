@preconcurrency import Glibc

/// A file read line by line, however long it is.
public struct TextLines: ~Copyable {
  /// Far longer than any line this program writes.
  public static let longestLine = 8 << 20
  private static let chunk = 1 << 16

  private let descriptor: Int32
  private let path: String
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false

  /// `-` is standard input.
  public init(path: String) throws(SystemError) {
    self.path = path
    self.descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard self.descriptor >= 0 else { throw SystemError("cannot open \(path)") }
  }

  deinit { if self.descriptor != STDIN_FILENO { close(self.descriptor) } }

  /// The next line without its end, nil after the last one.
  public mutating func next() throws(SystemError) -> [UInt8]? {
    var searched = self.start
    while true {
      if let end = self.buffer[searched...].firstIndex(of: 0x0a) {
        defer { self.start = end + 1 }
        return Array(self.buffer[self.start..<end])
      }
      if self.isAtEnd {
        guard self.start < self.buffer.count else { return nil }
        defer { self.start = self.buffer.count }
        return Array(self.buffer[self.start...])
      }
      self.buffer.removeFirst(self.start)
      self.start = 0
      searched = self.buffer.count
      guard searched <= Self.longestLine else {
        throw SystemError("\(self.path) has a line of more than \(Self.longestLine) bytes", code: EFBIG)
      }
      try self.fill()
    }
  }

  private mutating func fill() throws(SystemError) {
    var count = 0
    let part = [UInt8](unsafeUninitializedCapacity: Self.chunk) { bytes, initialized in
      repeat {
        count = read(self.descriptor, bytes.baseAddress, Self.chunk)
      } while count < 0 && errno == EINTR
      initialized = max(0, count)
    }
    guard count >= 0 else { throw SystemError("cannot read \(self.path)") }
    self.isAtEnd = count == 0
    self.buffer.append(contentsOf: part)
  }
}
