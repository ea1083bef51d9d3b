@preconcurrency import Glibc

/// What is known about where output goes.
public enum Terminal {
  public static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

  /// Writes to standard error at once, without a newline.
  public static func writeError(_ text: String) { writeAll(STDERR_FILENO, text) }

  /// Writes to standard output at once, without a newline.
  public static func write(_ text: String) { writeAll(STDOUT_FILENO, text) }

  /// The same; `again` is one of many that somebody watches, who then sees the newest alone.
  public static func writePage(_ text: String, again: Bool) {
    // Home and clear.
    self.write((again && self.isInteractive ? "\u{1b}[H\u{1b}[2J" : "") + text)
  }

  private static func writeAll(_ descriptor: Int32, _ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }  // nobody reads any more
      bytes = bytes.dropFirst(count)
    }
  }
}
