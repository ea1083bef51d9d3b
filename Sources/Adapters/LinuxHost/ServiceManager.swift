@preconcurrency import Glibc

/// The service manager that started this process, when there is one: told by a datagram (sd_notify(3)).
public enum ServiceManager {
  /// The service is up.
  public static func ready(_ status: String) { self.notify("READY=1\nSTATUS=\(status)") }
  /// It lives.
  public static func alive() { self.notify("WATCHDOG=1") }
  /// It goes down.
  public static func stopping() { self.notify("STOPPING=1") }

  private static func notify(_ text: String) {
    guard let path = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }) else { return }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(path.utf8)
    guard bytes.count > 1, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
    let count = bytes.count
    if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }  // an abstract socket
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + count)
    let message = Array(text.utf8)
    _ = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
        message.withUnsafeBytes {
          sendto(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL), target, length)
        }
      }
    }
  }
}
