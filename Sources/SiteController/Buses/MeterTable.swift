public import Control
public import Ports
public import Quantities
import Synchronization

/// The meters of a site as the threads of their buses last read them: the control loop takes what is there and waits for
/// nobody.
public final class MeterTable: MeterBus, Sendable {
  private struct Entry: Sendable {
    var latest: Result<MeterReading, MeterFault> = .failure(.busDown)
    /// The reading before `latest`: what holds where the latest was taken after the asker's "now".
    var earlier: MeterReading?
  }

  private let entries: Mutex<[Entry]>

  public init(meters: Int) { self.entries = Mutex(Array(repeating: Entry(), count: meters)) }

  public func poll(at now: MonotonicInstant) -> [Result<MeterReading, MeterFault>] {
    self.entries.withLock { entries in
      entries.map { entry in
        if case .success(let reading) = entry.latest, reading.takenAt > now {
          guard let earlier = entry.earlier, earlier.takenAt <= now else { return .failure(.timeout) }
          return .success(earlier)
        }
        return entry.latest
      }
    }
  }

  func note(_ result: Result<MeterReading, MeterFault>, meter: Int) {
    self.entries.withLock { entries in
      guard entries.indices.contains(meter) else { return }
      if case .success(let reading) = entries[meter].latest { entries[meter].earlier = reading }
      entries[meter].latest = result
    }
  }
}
