import Alarms
import Control
import JSONText
import SiteController

/// Questions about alarms on the running site's socket.
enum AlarmQuestions {
  /// Nil for a question that is none. A test takes as long as the slowest channel has to answer.
  static func answer(_ words: [String], _ alarms: AlarmService, _ control: ControlService) async -> JSONValue?
  {
    switch (words.first, words.count) {
    case ("alarms", 1): return alarms.report
    case ("alarm-ack", 4):
      let until = words[2].isEmpty ? nil : words[2]
      switch await self.acknowledge(words[1], by: words[3], until: until, alarms, control) {
      case .success(let answer): return answer
      case .failure(let refusal): return ["error": .string(refusal.text)]
      }
    case ("alarm-test", 1): return await self.test(alarms)
    case _: return nil
    }
  }

  /// Somebody knows; that stands in the record under the name.
  static func acknowledge(
    _ alarm: String, by: String, until: String?, _ alarms: AlarmService, _ control: ControlService
  ) async -> Result<JSONValue, AlarmBook.Refusal> {
    let outcome = await alarms.acknowledge(alarm, by: by, until: until)
    if case .success = outcome { await control.note(.alarmAcknowledged, "alarm \(alarm) by \(by)") }
    return outcome.map { ["acknowledged": .integer(Int64($0))] }
  }

  static func test(_ alarms: AlarmService) async -> JSONValue {
    [
      "channels": .array(
        await alarms.test().map { channel, outcome in
          [
            "channel": .string(channel.rawValue), "delivered": .bool(outcome == .delivered),
            "why": outcome.why.map { .string($0) } ?? nil,
          ]
        })
    ]
  }
}
