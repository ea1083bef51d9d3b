@preconcurrency import Glibc

/// The numeric address of a host's name: the first one the system knows; nil when it knows none. Blocks for as long as the
/// resolver does.
public func numericAddress(of host: String) -> String? {
  var found: UnsafeMutablePointer<addrinfo>?
  guard getaddrinfo(host, nil, nil, &found) == 0, let first = found else { return nil }
  defer { freeaddrinfo(found) }
  var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
  let status = getnameinfo(
    first.pointee.ai_addr, first.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
  guard status == 0 else { return nil }
  return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
