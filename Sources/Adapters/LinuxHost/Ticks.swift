internal import CLinux
@preconcurrency import Glibc

/// One element at the beginning of every second of the monotonic clock. A consumer that falls behind skips what it
/// missed.
public func everySecond() -> AsyncStream<Void> { ticks(everyMilliseconds: 1000) }

/// The same for another length, from 1 to 1000 ms.
public func ticks(everyMilliseconds length: Int) -> AsyncStream<Void> {
  precondition((1...1000).contains(length), "a tick of up to a second")
  let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  startThread(name: "ticks") {
    var next = timespec()
    clock_gettime(CLOCK_MONOTONIC, &next)
    while true {
      next.tv_nsec += length * 1_000_000
      next.tv_sec += next.tv_nsec / 1_000_000_000
      next.tv_nsec %= 1_000_000_000
      while clock_nanosleep(CLOCK_MONOTONIC, Int32(TIMER_ABSTIME), &next, nil) == EINTR {}
      if case .terminated = continuation.yield() { return }
    }
  }
  return stream
}

/// One element as soon as the last one has been dealt with: simulated time.
public func withoutPause() -> AsyncStream<Void> { AsyncStream(unfolding: { () }) }
