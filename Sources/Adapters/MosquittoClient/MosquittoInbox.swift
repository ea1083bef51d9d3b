internal import CMosquitto
import HomeAutomation

/// What libmosquitto's callbacks heard, until it is taken. They run inside calls of the thread that owns the connection,
/// which also owns this.
final class MosquittoInbox {
  /// Of a topic, a payload or a complaint; commands and descriptions are shorter.
  private static let longestTopic = 512
  private static let longestText = 200

  /// Whether codes are reasons of version 5.
  private let isFive: Bool
  private var events: [MQTTSession.Event] = []
  /// Why the broker ended the connection, in its own words.
  private(set) var refusal: MosquittoConnection.Failure?
  /// What the library last logged as an error: of TLS, it says nothing more elsewhere.
  private(set) var complaint: String?

  init(isFive: Bool) { self.isFive = isFive }

  func take() -> [MQTTSession.Event] {
    defer { self.events = [] }
    return self.events
  }

  static func attach(to handle: OpaquePointer) {
    mosquitto_connect_v5_callback_set(handle) { _, inbox, code, _, _ in
      MosquittoInbox.of(inbox)?.connected(code)
    }
    mosquitto_disconnect_v5_callback_set(handle) { _, inbox, code, _ in
      MosquittoInbox.of(inbox)?.disconnected(code)
    }
    mosquitto_publish_v5_callback_set(handle) { _, inbox, _, code, _ in
      MosquittoInbox.of(inbox)?.acknowledged(code)
    }
    mosquitto_subscribe_callback_set(handle) { _, inbox, _, count, granted in
      MosquittoInbox.of(inbox)?.subscribed(UnsafeBufferPointer(start: granted, count: max(0, Int(count))))
    }
    mosquitto_message_callback_set(handle) { _, inbox, message in
      if let message { MosquittoInbox.of(inbox)?.received(message.pointee) }
    }
    mosquitto_log_callback_set(handle) { _, inbox, level, text in
      guard level & Int32(MOSQ_LOG_ERR) != 0, let text else { return }
      MosquittoInbox.of(inbox)?.complaint = String(String(cString: text).prefix(MosquittoInbox.longestText))
    }
  }

  private static func of(_ pointer: UnsafeMutableRawPointer?) -> MosquittoInbox? {
    // The connection that gave the pointer to the library keeps the inbox as long as the handle.
    pointer.map { Unmanaged<MosquittoInbox>.fromOpaque($0).takeUnretainedValue() }
  }

  // MARK: What happened

  private func connected(_ code: Int32) {
    guard code != 0 else { return self.events.append(.connected) }
    // Of version 3.1.1: 3 is a server that is not ready yet, everything else a matter of configuration.
    let isPassing = code == 3 || code == 136 || code == 137 || code == 159
    self.refusal = .init(why: "the broker refuses: \(self.text(code))", needsPerson: !isPassing)
  }

  private func disconnected(_ code: Int32) {
    guard self.isFive, code >= 128, self.refusal == nil else { return }
    // Another client of the same name will go on taking the place.
    self.refusal = .init(why: "the broker ended it: \(self.text(code))", needsPerson: code == 142)
  }

  private func acknowledged(_ code: Int32) {
    let isRefused = self.isFive && code >= 128
    self.events.append(
      .acknowledged(refusal: isRefused ? "publishing is refused: \(self.text(code))" : nil))
  }

  private func subscribed(_ granted: UnsafeBufferPointer<Int32>) {
    guard let code = granted.first(where: { $0 >= 128 }) else { return }
    self.events.append(
      .subscriptionRefused(
        why: "a subscription is refused: \(self.isFive ? self.text(code) : "not authorised")"))
  }

  private func received(_ message: mosquitto_message) {
    guard let topic = message.topic, message.payloadlen >= 0 else { return }
    let name = String(cString: topic)
    guard name.utf8.count <= Self.longestTopic else { return }
    // One byte more than is read shows that it is too long.
    let count = min(Int(message.payloadlen), HomeCommand.maximumBytes + 1)
    let payload = message.payload.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) } ?? []
    self.events.append(
      .received(MQTTMessage(topic: name, payload: payload, isRetained: message.retain)))
  }

  private func text(_ code: Int32) -> String {
    let text = self.isFive ? mosquitto_reason_string(code) : mosquitto_connack_string(code)
    return text.map { String(cString: $0) } ?? "code \(code)"
  }
}
