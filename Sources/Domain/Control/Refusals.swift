package import Quantities

/// Keeps a flood of senseless events from becoming a flood of records: one is recorded at once, those of the
/// next minute are counted into the next record.
package struct Refusals: Sendable {
  private var lastRecord: MonotonicInstant?
  private var unrecorded = 0

  package init() {}

  /// The text to record, nil when this one is only counted.
  package mutating func refuse(_ text: @autoclosure () -> String, at now: MonotonicInstant) -> String? {
    if let last = self.lastRecord, now.millisecondsSince(last) < ControlLimits.refusalInterval {
      self.unrecorded += 1
      return nil
    }
    let count = self.unrecorded
    self.lastRecord = now
    self.unrecorded = 0
    return count == 0 ? text() : "\(text()); \(count) more refused before"
  }
}
