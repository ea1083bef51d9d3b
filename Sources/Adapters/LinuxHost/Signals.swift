@preconcurrency import Glibc

/// The signals a service is steered by.
public enum ServiceSignal: Sendable {
  /// SIGTERM or SIGINT.
  case stop
  /// SIGHUP.
  case reload
}

/// Catches the service signals for the whole process and delivers them as a stream. Call once.
///
/// A handler that writes to a pipe, and not a blocked mask: threads that existed before the call would not inherit it.
public func serviceSignals() -> AsyncStream<ServiceSignal> {
  let (stream, continuation) = AsyncStream.makeStream(
    of: ServiceSignal.self, bufferingPolicy: .bufferingNewest(8))
  var ends: [Int32] = [0, 0]
  precondition(pipe(&ends) == 0, "the system refused a pipe at start")
  let readEnd = ends[0]
  signalPipe = ends[1]
  var action = sigaction()
  action.__sigaction_handler.sa_handler = { number in
    let saved = errno
    var byte = UInt8(truncatingIfNeeded: number)
    _ = write(signalPipe, &byte, 1)
    errno = saved
  }
  action.sa_flags = Int32(SA_RESTART)
  for number in [SIGTERM, SIGINT, SIGHUP] { sigaction(number, &action, nil) }
  signal(SIGPIPE, SIG_IGN)
  startThread(name: "signals") {
    var byte: UInt8 = 0
    while true {
      guard read(readEnd, &byte, 1) == 1 else { continue }
      continuation.yield(Int32(byte) == SIGHUP ? .reload : .stop)
    }
  }
  return stream
}

// Written once, before the handlers that read it are installed.
private nonisolated(unsafe) var signalPipe: Int32 = -1
