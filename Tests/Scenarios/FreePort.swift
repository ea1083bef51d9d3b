import Glibc
import Testing

/// A port of loopback that nobody has at the moment.
func freePort() throws -> Int {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(descriptor) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let status = withUnsafeMutableBytes(of: &address) { bytes in
    let address = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
    return bind(descriptor, address, length) == 0 ? getsockname(descriptor, address, &length) : -1
  }
  try #require(status == 0)
  return Int(UInt16(bigEndian: address.sin_port))
}
