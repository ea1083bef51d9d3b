@preconcurrency import Glibc

/// What this process uses, as the kernel counts it.
public struct ProcessFacts: Sendable, Hashable {
  /// Memory that is in RAM, in bytes.
  public let residentBytes: UInt64
  public let threads: Int
  /// Time on a processor since the start, its own and the kernel's for it, in seconds.
  public let cpuSeconds: Double

  /// Nil where /proc is not there (proc(5), "/proc/pid/status").
  public static func read() -> ProcessFacts? {
    var usage = rusage()
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0,
      let status = try? readFile("/proc/self/status", limit: 65_536)
    else { return nil }
    func figure(_ name: String) -> UInt64? {
      String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("\(name):") }
        .flatMap { $0.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first }
        .flatMap { UInt64($0) }
    }
    guard let kilobytes = figure("VmRSS"), let threads = figure("Threads") else { return nil }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return ProcessFacts(
      residentBytes: kilobytes.multipliedReportingOverflow(by: 1024).partialValue,
      threads: Int(clamping: threads), cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime))
  }
}
