@preconcurrency import Glibc
import Synchronization

/// The signals a service is steered by.
public enum ServiceSignal: Sendable {
  /// SIGTERM or SIGINT.
  case stop
  /// SIGHUP.
  case reload
}

/// Where the handler writes the signals it gets; -1 before there is one.
private let signalPipe = Atomic<Int32>(-1)

/// Delivers the service signals as a stream. Call once, before the threads are started that shall not be interrupted by
/// them.
///
/// A handler takes them, not `sigwait`: the runtime parks the main thread with nothing blocked, so a signal without a
/// handler would end the process there.
public func serviceSignals() throws(SystemError) -> AsyncStream<ServiceSignal> {
  var ends: [Int32] = [-1, -1]
  guard pipe(&ends) == 0 else { throw SystemError("cannot make a pipe for signals") }
  let (reading, writing) = (ends[0], ends[1])
  for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  signalPipe.store(writing, ordering: .releasing)
  signal(SIGPIPE, SIG_IGN)
  for number in [SIGTERM, SIGINT, SIGHUP] { signal(number, note(signal:)) }
  maskServiceSignals(SIG_BLOCK)
  let (stream, continuation) = AsyncStream.makeStream(
    of: ServiceSignal.self, bufferingPolicy: .bufferingNewest(8))
  startThread(name: "signals") {
    maskServiceSignals(SIG_UNBLOCK)
    var number: UInt8 = 0
    while true {
      guard read(reading, &number, 1) == 1 else { continue }  // interrupted by the signal itself
      continuation.yield(Int32(number) == SIGHUP ? .reload : .stop)
    }
  }
  return stream
}

/// Runs in whatever thread the signal found, so it does nothing but write one byte.
private func note(signal number: Int32) {
  let before = errno
  var byte = UInt8(truncatingIfNeeded: number)
  // A full pipe holds thousands of signals nobody has dealt with; one more says nothing new.
  _ = write(signalPipe.load(ordering: .acquiring), &byte, 1)
  errno = before
}

private func maskServiceSignals(_ how: Int32) {
  var set = sigset_t()
  sigemptyset(&set)
  for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, number) }
  pthread_sigmask(how, &set, nil)
}
