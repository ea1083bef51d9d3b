internal import COpenSSL

/// `count` bytes that nobody can foresee, for keys and salts.
public func secureRandomBytes(_ count: Int) -> [UInt8] {
  precondition((0...4096).contains(count), "randomness is for keys and salts")
  return [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
    precondition(RAND_bytes(bytes.baseAddress, Int32(count)) == 1, "the system gives no randomness")
    initialized = count
  }
}
