internal import CLinux
@preconcurrency import Glibc
public import Control
public import Ports
import Quantities

/// The clocks of this host. `CLOCK_BOOTTIME` counts through suspend and never steps; the kernel's own synchronisation
/// flag (`adjtimex`, `STA_UNSYNC`) says whether the wall clock follows a time source.
public final class SystemClock: HostClock, Sendable {
  private let trustsBatteryClock: Bool

  /// `trustsBatteryClock`: the site file names a battery-backed clock that sets the time at boot.
  public init(trustsBatteryClock: Bool = false) { self.trustsBatteryClock = trustsBatteryClock }

  public func now() -> (moment: Moment, evidence: ClockEvidence) {
    let moment = Moment(
      monotonic: MonotonicInstant(milliseconds: Self.milliseconds(CLOCK_BOOTTIME)),
      wall: UTCInstant(milliseconds: Self.milliseconds(CLOCK_REALTIME)))
    return (
      moment, ClockEvidence(isSynchronised: Self.isSynchronised, wasSetByBattery: self.trustsBatteryClock)
    )
  }

  private static var isSynchronised: Bool {
    var status = timex()  // modes 0: only read
    let state = adjtimex(&status)
    return state >= 0 && state != TIME_ERROR && status.status & STA_UNSYNC == 0
  }

  private static func milliseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
