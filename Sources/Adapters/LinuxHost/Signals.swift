@preconcurrency import Glibc

/// The signals a service is steered by.
public enum ServiceSignal: Sendable {
  /// SIGTERM or SIGINT.
  case stop
  /// SIGHUP.
  case reload
}

/// Blocks the service signals for the whole process and delivers them as a stream. Call once, before any thread is
/// started, so that every thread inherits the mask.
public func serviceSignals() -> AsyncStream<ServiceSignal> {
  var set = sigset_t()
  sigemptyset(&set)
  for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, number) }
  pthread_sigmask(SIG_BLOCK, &set, nil)
  signal(SIGPIPE, SIG_IGN)
  let waited = set
  let (stream, continuation) = AsyncStream.makeStream(
    of: ServiceSignal.self, bufferingPolicy: .bufferingNewest(8))
  startThread(name: "signals") {
    var waited = waited
    while true {
      var number: Int32 = 0
      guard sigwait(&waited, &number) == 0 else { continue }
      continuation.yield(number == SIGHUP ? .reload : .stop)
    }
  }
  return stream
}
