@preconcurrency import Glibc

/// Bytes that may still be written on the file system of `path`; nil when it cannot be seen.
public func freeSpace(at path: String) -> UInt64? {
  var status = statvfs()
  guard statvfs(path, &status) == 0 else { return nil }
  let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
  return overflow ? .max : bytes
}
