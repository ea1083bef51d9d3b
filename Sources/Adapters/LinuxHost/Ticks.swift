internal import CLinux
@preconcurrency import Glibc

/// One element at the beginning of every second of the monotonic clock. A consumer that falls behind skips what it
/// missed.
public func everySecond() -> AsyncStream<Void> {
  let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  startThread(name: "ticks") {
    var next = timespec()
    clock_gettime(CLOCK_MONOTONIC, &next)
    while true {
      next.tv_sec += 1
      while clock_nanosleep(CLOCK_MONOTONIC, Int32(TIMER_ABSTIME), &next, nil) == EINTR {}
      if case .terminated = continuation.yield() { return }
    }
  }
  return stream
}

/// One element as soon as the last one has been dealt with: simulated time.
public func withoutPause() -> AsyncStream<Void> { AsyncStream(unfolding: { () }) }
