import Alarms
import JSONText
import SiteController

/// Questions about alarms on the running site's socket.
enum AlarmQuestions {
  /// Nil for a question that is none. A test takes as long as the slowest channel has to answer.
  static func answer(_ words: [String], _ alarms: AlarmService) async -> JSONValue? {
    switch (words.first, words.count) {
    case ("alarms", 1): return alarms.report
    case ("alarm-ack", 4):
      let until = words[2].isEmpty ? nil : words[2]
      switch await alarms.acknowledge(words[1], by: words[3], until: until) {
      case .success(let count): return ["acknowledged": .integer(Int64(count))]
      case .failure(let refusal): return ["error": .string(refusal.text)]
      }
    case ("alarm-test", 1): return await self.test(alarms)
    case _: return nil
    }
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
