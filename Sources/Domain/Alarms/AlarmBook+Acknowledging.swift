public import Quantities

// Somebody knows.
extension AlarmBook {
  public struct Refusal: Error, Sendable, Hashable {
    public let text: String
    public init(text: String) { self.text = text }
  }

  /// Silences an alarm until it is over, or until a time.
  public mutating func acknowledge(
    _ id: Int64, by person: String, until: UTCInstant? = nil, at now: AlarmTime
  ) -> Result<Change, Refusal> {
    guard let index = self.open.firstIndex(where: { $0.id == id }) else {
      let isOver = self.closed.contains { $0.id == id }
      return .failure(
        Refusal(
          text: isOver
            ? "alarm \(id) is over already" : "no alarm has the number \(id); see `rigshift alarms`"))
    }
    if let until, until <= now.wall {
      return .failure(Refusal(text: "that time is past; give one to come, such as --until 07:00"))
    }
    self.open[index].acknowledgement = Acknowledgement(by: person, at: now.wall, until: until)
    // Who acknowledges has been told.
    self.open[index].isAnnounced = true
    return .success(.acknowledged(self.open[index]))
  }

  mutating func endAcknowledgements(at now: AlarmTime, into outcome: inout Outcome) {
    for index in self.open.indices {
      guard let until = self.open[index].acknowledgement?.until, until <= now.wall else { continue }
      self.open[index].acknowledgement = nil
      self.open[index].remindAt = now.monotonic
      outcome.changes.append(.acknowledgementEnded(self.open[index]))
    }
  }
}
