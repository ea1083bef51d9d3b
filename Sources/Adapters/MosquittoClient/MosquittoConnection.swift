internal import CMosquitto
import Glibc
import HomeAutomation
import SiteModel

/// One connection to a broker through libmosquitto, from its beginning to its end; the next one is another value, so that
/// nothing half sent by one is sent again by the other. Owned by one thread, which every call and callback runs on.
final class MosquittoConnection {
  /// Why a connection cannot even be tried, or ended at once.
  struct Failure: Error {
    var why: String
    var needsPerson = false
  }

  /// What a command or a description may take; a longer message is none of ours.
  private static let maximumPacket: UInt32 = 16 << 10
  /// Seconds of silence after which both sides ask whether the other is there.
  private static let keepAlive: Int32 = 30
  private static let isReady = mosquitto_lib_init() == Int32(MOSQ_ERR_SUCCESS.rawValue)

  private let handle: OpaquePointer
  private let inbox: MosquittoInbox
  private let version: MQTTSettings.Version

  /// Connects and sends the greeting. Blocks for a look-up of the host's name and for as long as the kernel tries to reach
  /// it, some two minutes at most.
  init(_ options: MosquittoLink.Options, password: String?) throws(Failure) {
    self.version = options.version
    self.inbox = MosquittoInbox(isFive: options.version == .five)
    guard Self.isReady,
      let handle = mosquitto_new(options.client, true, Unmanaged.passUnretained(self.inbox).toOpaque())
    else { throw Failure(why: "libmosquitto has no memory") }
    self.handle = handle
    MosquittoInbox.attach(to: handle)
    try self.prepare(options, password: password)
    try self.connect(to: options.broker)
  }

  deinit { mosquitto_destroy(self.handle) }

  private func prepare(_ options: MosquittoLink.Options, password: String?) throws(Failure) {
    let number = self.version == .five ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311
    try Self.check(mosquitto_int_option(self.handle, MOSQ_OPT_PROTOCOL_VERSION, Int32(number)))
    try Self.check(mosquitto_int_option(self.handle, MOSQ_OPT_TCP_NODELAY, 1))
    let will = Array("offline".utf8)
    try Self.check(mosquitto_will_set(self.handle, options.will, Int32(will.count), will, 1, true))
    if let username = options.username {
      try Self.check(mosquitto_username_pw_set(self.handle, username, password))
    }
    guard let tls = options.tls else { return }
    for path in [tls.authorities, tls.identity?.certificate, tls.identity?.key] {
      guard let path, access(path, R_OK) != 0 else { continue }
      throw Failure(why: "\(path) cannot be read: \(String(cString: strerror(errno)))", needsPerson: true)
    }
    let folder = tls.authorities == nil ? "/etc/ssl/certs" : nil
    try Self.check(
      mosquitto_tls_set(
        self.handle, tls.authorities, folder, tls.identity?.certificate, tls.identity?.key,
        // A key with a pass phrase would be asked for on a terminal; there is nobody.
        { _, _, _, _ in 0 }))
    try Self.check(mosquitto_tls_opts_set(self.handle, 1, nil, nil))
  }

  private func connect(to broker: HostPort) throws(Failure) {
    var properties: OpaquePointer?
    defer { mosquitto_property_free_all(&properties) }
    if self.version == .five {
      try Self.check(
        mosquitto_property_add_int32(
          &properties, Int32(MQTT_PROP_MAXIMUM_PACKET_SIZE.rawValue), Self.maximumPacket))
    }
    try self.check(
      mosquitto_connect_bind_v5(
        self.handle, broker.host, Int32(broker.port), Self.keepAlive, nil, properties))
    // The library waits with select(2), which knows no more descriptors.
    guard mosquitto_socket(self.handle) < FD_SETSIZE else {
      throw Failure(why: "too many files are open")
    }
  }

  // MARK: What is done

  func publish(_ topic: RetainedTopic) throws(Failure) {
    let payload = Array(topic.payload.utf8)
    try self.check(
      mosquitto_publish(self.handle, nil, topic.name, Int32(clamping: payload.count), payload, 1, true))
  }

  func subscribe(_ filter: String) throws(Failure) {
    // Of version 5: what the site itself publishes does not come back to it, and a message that the broker is asked to
    // retain says so also when it comes for the first time.
    let options =
      self.version == .five
      ? Int32(MQTT_SUB_OPT_NO_LOCAL.rawValue | MQTT_SUB_OPT_RETAIN_AS_PUBLISHED.rawValue) : 0
    try self.check(mosquitto_subscribe_v5(self.handle, nil, filter, 1, options, nil))
  }

  func unsubscribe(_ filter: String) throws(Failure) {
    try self.check(mosquitto_unsubscribe(self.handle, nil, filter))
  }

  /// Takes leave, so that the broker does not publish the last will.
  func disconnect() { _ = mosquitto_disconnect(self.handle) }

  /// Waits for traffic, at most this long, and returns what came of it.
  func wait(milliseconds: Int32) -> [MQTTSession.Event] {
    let code = mosquitto_loop(self.handle, milliseconds, 1)
    var events = self.inbox.take()
    do throws(Failure) { try self.check(code) } catch {
      events.append(.ended(why: error.why, needsPerson: error.needsPerson))
    }
    return events
  }

  // MARK: Errors

  /// The broker's own words are better than the library's for the end of a connection.
  private func check(_ code: Int32) throws(Failure) {
    do throws(Failure) { try Self.check(code) } catch {
      if let refusal = self.inbox.refusal { throw refusal }
      guard let detail = self.inbox.complaint else { throw error }
      throw Failure(why: "\(error.why): \(detail)", needsPerson: error.needsPerson)
    }
  }

  private static func check(_ code: Int32) throws(Failure) {
    let systemError = errno
    guard code != Int32(MOSQ_ERR_SUCCESS.rawValue) else { return }
    let isTLS =
      code == Int32(MOSQ_ERR_TLS.rawValue) || code == Int32(MOSQ_ERR_TLS_HANDSHAKE.rawValue)
    let isErrno = code == Int32(MOSQ_ERR_ERRNO.rawValue)
    let text = isErrno ? UnsafePointer(strerror(systemError)) : mosquitto_strerror(code)
    var why = text.map { String(cString: $0) } ?? "error \(code)"
    if why.hasSuffix(".") { why.removeLast() }
    throw Failure(why: why, needsPerson: isTLS)
  }
}
