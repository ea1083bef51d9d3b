import Glibc
import JSONText

/// Times short actions in batches, by the processor time of this process: what else the machine does shows less.
enum Stopwatch {
  /// Batches measured; the median is reported.
  private static let batches = 41
  /// Nanoseconds a batch should take, so that the clock's own cost vanishes.
  private static let batchTarget = 20_000_000.0

  /// Nanoseconds of processor time since the process began.
  static func processorTime() -> Double {
    var time = timespec()
    // The clock exists on every Linux; a failure would leave zero and show as an absurd figure.
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }

  /// Median and 90th percentile of nanoseconds per action.
  static func nanoseconds(of action: () -> Void) -> (median: Double, p90: Double) {
    var count = 16
    while Self.time(count, action) < Self.batchTarget, count < 1 << 24 { count *= 2 }
    let each = (0..<Self.batches).map { _ in Self.time(count, action) / Double(count) }.sorted()
    return (each[each.count / 2], each[each.count * 9 / 10])
  }

  private static func time(_ count: Int, _ action: () -> Void) -> Double {
    let start = Self.processorTime()
    for _ in 0..<count { action() }
    return Self.processorTime() - start
  }
}

extension JSONValue {
  /// One line of the program's output.
  static func figure(_ name: String, rigs: Int, _ time: (median: Double, p90: Double)) -> JSONValue {
    [
      "figure": .string(name), "rigs": .integer(Int64(rigs)), "median_ns": .number(time.median.rounded()),
      "p90_ns": .number(time.p90.rounded()),
    ]
  }
}
