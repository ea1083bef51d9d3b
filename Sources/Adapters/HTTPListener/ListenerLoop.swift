internal import CEvent
import Glibc
import PeerProtocol
import Ports
import Synchronization

/// Everything that belongs to the listener's thread.
final class ListenerLoop {
  private static let sweepSeconds = 1
  /// Seconds that a connection has at least to show who it is.
  private static let shortestStay = 2
  /// Seconds.
  private static let longestStream = 3600
  /// What is kept unsent for a reader that does not read.
  private static let mostUnread = 16 << 20

  let options: HTTPListener.Options
  private(set) var port = 0
  private let base: OpaquePointer
  private var context: OpaquePointer?
  private let gate: UnsafeMutablePointer<cevent_gate>
  private var listener: OpaquePointer?
  private var wakeEvent: OpaquePointer?
  private var sweepEvent: OpaquePointer?
  private let mailbox: Mailbox
  private let handle: @Sendable (HTTPListener.Incoming, HTTPListener.Reply) -> Void
  private let refused: @Sendable (String, Int) -> Void
  private var connections: [OpaquePointer: Connection] = [:]
  private var waiting: [UInt64: Connection] = [:]
  private var streams: [OpaquePointer: Connection] = [:]
  private var number: UInt64 = 0
  private var refusals = (count: 0, saidAt: Int.min)

  init(
    _ options: HTTPListener.Options, mailbox: Mailbox,
    handle: @escaping @Sendable (HTTPListener.Incoming, HTTPListener.Reply) -> Void,
    refused: @escaping @Sendable (String, Int) -> Void
  ) throws(HTTPListener.StartError) {
    guard let base = event_base_new() else { throw .init(description: "no memory for libevent") }
    self.base = base
    self.options = options
    self.mailbox = mailbox
    self.handle = handle
    self.refused = refused
    self.gate = .allocate(capacity: 1)
    self.gate.initialize(to: cevent_gate(accepts: { _, _ in 0 }, owner: nil))
    let owner = Unmanaged.passUnretained(self).toOpaque()
    if let tls = options.tls {
      self.gate.pointee = cevent_gate(
        accepts: { owner, key in
          guard let owner, let key else { return 0 }
          let loop = Unmanaged<ListenerLoop>.fromOpaque(owner).takeUnretainedValue()
          return loop.accepts(Array(UnsafeBufferPointer(start: key, count: 32))) ? 1 : 0
        }, owner: owner)
      self.context =
        tls.accepts == nil
        ? cevent_public_context(tls.certificatePEM, tls.keyPEM)
        : cevent_context(tls.certificatePEM, tls.keyPEM, self.gate)
      guard self.context != nil else { throw .init(description: "certificate and key do not fit together") }
    }
    try self.listen(owner)
    self.wakeEvent = event_new(
      base, mailbox.descriptor, Int16(EV_READ | EV_PERSIST),
      { _, _, owner in if let owner { ListenerLoop.from(owner).takeAnswers() } }, owner)
    event_add(self.wakeEvent, nil)
    self.sweepEvent = event_new(
      base, -1, Int16(EV_PERSIST), { _, _, owner in if let owner { ListenerLoop.from(owner).sweep() } }, owner
    )
    var every = timeval(tv_sec: Self.sweepSeconds, tv_usec: 0)
    event_add(self.sweepEvent, &every)
  }

  deinit {
    for connection in self.connections.keys { bufferevent_free(connection) }
    if let event = self.wakeEvent { event_free(event) }
    if let event = self.sweepEvent { event_free(event) }
    if let listener = self.listener { evconnlistener_free(listener) }
    SSL_CTX_free(self.context)
    event_base_free(self.base)
    self.gate.deallocate()
  }

  private static func from(_ owner: UnsafeMutableRawPointer) -> ListenerLoop {
    Unmanaged<ListenerLoop>.fromOpaque(owner).takeUnretainedValue()
  }

  private func listen(_ owner: UnsafeMutableRawPointer) throws(HTTPListener.StartError) {
    var address = sockaddr_storage()
    var length = Int32(MemoryLayout<sockaddr_storage>.size)
    let text = self.options.host.contains(":") ? "[\(self.options.host)]" : self.options.host
    let isParsed = withUnsafeMutableBytes(of: &address) { bytes in
      evutil_parse_sockaddr_port(
        "\(text):\(self.options.port)", bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
    }
    // The parser takes no port 0; the family and the address are all that is needed then.
    guard isParsed == 0 || self.options.port == 0 else {
      throw .init(description: "'\(self.options.host)' is no numeric address")
    }
    if isParsed != 0 {
      length = Int32(MemoryLayout<sockaddr_storage>.size)
      let status = withUnsafeMutableBytes(of: &address) { bytes in
        evutil_parse_sockaddr_port(text, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
      }
      guard status == 0 else { throw .init(description: "'\(self.options.host)' is no numeric address") }
    }
    let flags = UInt32(LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE)
    self.listener = withUnsafeBytes(of: &address) { bytes in
      evconnlistener_new_bind(
        self.base,
        { _, descriptor, _, _, owner in if let owner { ListenerLoop.from(owner).accepted(descriptor) } },
        owner, flags, 1024, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), length)
    }
    guard let listener = self.listener else {
      throw .init(
        description: "cannot listen on \(text):\(self.options.port): \(String(cString: strerror(errno)))")
    }
    self.port = Self.boundPort(evconnlistener_get_fd(listener))
  }

  private static func boundPort(_ descriptor: Int32) -> Int {
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutableBytes(of: &address) { bytes in
      guard let base = bytes.baseAddress,
        getsockname(descriptor, base.assumingMemoryBound(to: sockaddr.self), &length) == 0
      else { return 0 }
      // Family, then the port in network order: the same place for both kinds of address.
      return Int(bytes[2]) << 8 | Int(bytes[3])
    }
  }

  func run() { event_base_dispatch(self.base) }

  // MARK: Connections

  private static var seconds: Int {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return time.tv_sec
  }

  private func accepted(_ descriptor: Int32) {
    guard self.connections.count < self.options.connections || self.makeRoom() else {
      Glibc.close(descriptor)
      return self.refuse("too many connections")
    }
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    let flags = Int32(BEV_OPT_CLOSE_ON_FREE.rawValue | BEV_OPT_DEFER_CALLBACKS.rawValue)
    var made: OpaquePointer?
    if let context = self.context {
      if let ssl = SSL_new(context) {
        made = bufferevent_openssl_socket_new(
          self.base, descriptor, ssl, BUFFEREVENT_SSL_ACCEPTING, flags)
      }
    } else {
      made = bufferevent_socket_new(self.base, descriptor, flags)
    }
    guard let made else {
      Glibc.close(descriptor)
      return
    }
    let connection = Connection(made, maximumBody: self.options.maximumBody, now: Self.seconds)
    connection.isOpen = self.context == nil
    self.connections[made] = connection
    let owner = Unmanaged.passUnretained(self).toOpaque()
    bufferevent_setcb(
      made,
      { handle, owner in if let handle, let owner { ListenerLoop.from(owner).readable(handle) } },
      { handle, owner in if let handle, let owner { ListenerLoop.from(owner).written(handle) } },
      { handle, what, owner in if let handle, let owner { ListenerLoop.from(owner).happened(handle, what) } },
      owner)
    bufferevent_setwatermark(made, Int16(EV_READ), 0, 64 << 10)
    bufferevent_enable(made, Int16(EV_READ | EV_WRITE))
  }

  /// Ends the connection that matters least: one without a handshake, then one without a request, the oldest of them. False
  /// when even that one is new: in a flood most are turned away before they cost anything.
  private func makeRoom() -> Bool {
    let victim = self.connections.values.min {
      ($0.isOpen ? 1 : 0, $0.answering == nil ? 0 : 1, $0.since)
        < ($1.isOpen ? 1 : 0, $1.answering == nil ? 0 : 1, $1.since)
    }
    guard let victim, Self.seconds - victim.since >= Self.shortestStay else { return false }
    self.close(victim)
    self.refuse("too many connections")
    return true
  }

  private func accepts(_ key: [UInt8]) -> Bool {
    let open = self.connections.values.count { $0.key == key }
    guard open < self.options.connectionsPerKey else { return false }
    return self.options.tls?.accepts?(key) ?? false
  }

  private func happened(_ handle: OpaquePointer, _ what: Int16) {
    guard let connection = self.connections[handle] else { return }
    if what & Int16(BEV_EVENT_CONNECTED) != 0 {
      if self.options.tls?.accepts != nil {
        var key = [UInt8](repeating: 0, count: 32)
        guard cevent_peer_key(handle, &key) == 1 else { return self.close(connection) }
        connection.key = key
      }
      connection.isOpen = true
      connection.since = Self.seconds
      return
    }
    if !connection.isOpen, let reason = cevent_reason(handle) { self.refuse(String(cString: reason)) }
    self.close(connection)
  }

  /// One line a second at most; what is not said is counted.
  private func refuse(_ why: String) {
    self.refusals.count += 1
    let now = Self.seconds
    guard now > self.refusals.saidAt else { return }
    self.refused(why, self.refusals.count)
    self.refusals = (0, now)
  }

  private func close(_ connection: Connection) {
    self.connections[connection.handle] = nil
    if let number = connection.answering { self.waiting[number] = nil }
    if self.streams.removeValue(forKey: connection.handle) != nil, self.streams.isEmpty {
      self.mailbox.hasStreams.store(false, ordering: .relaxed)
    }
    bufferevent_free(connection.handle)
  }

  private func sweep() {
    let now = Self.seconds
    let patience = Int(self.options.patience.components.seconds)
    let idle = Int(self.options.idle.components.seconds)
    for connection in self.connections.values {
      let isHurried = !connection.isOpen || connection.reader.isInTheMiddle && connection.answering == nil
      // Whoever has a stream shows now and then that they may still have one.
      let stay = self.streams[connection.handle] != nil ? Self.longestStream : isHurried ? patience : idle
      if now - connection.since > stay { self.close(connection) }
    }
  }

  // MARK: Requests and answers

  private func readable(_ handle: OpaquePointer) {
    guard let connection = self.connections[handle], let input = bufferevent_get_input(handle) else { return }
    // What follows on a request waits until that one is answered.
    guard connection.answering == nil, !connection.isEnding else { return }
    if !connection.reader.isInTheMiddle { connection.since = Self.seconds }
    let count = evbuffer_get_length(input)
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = max(0, Int(evbuffer_remove(input, buffer.baseAddress, count)))
    }
    connection.reader.feed(bytes)
    self.handleNext(connection)
  }

  private func handleNext(_ connection: Connection) {
    do throws(HTTPRequestReader.Refusal) {
      guard let request = try connection.reader.next() else { return }
      self.number += 1
      connection.answering = self.number
      connection.keepsAlive = request.keepsAlive
      connection.since = Self.seconds
      self.waiting[self.number] = connection
      self.handle(
        HTTPListener.Incoming(key: connection.key, request: request),
        HTTPListener.Reply(number: self.number, mailbox: self.mailbox))
    } catch {
      connection.keepsAlive = false
      self.write(HTTPResponse(status: error.status, body: Array((error.text + "\n").utf8)), to: connection)
    }
  }

  private func takeAnswers() {
    let (messages, isStopped) = self.mailbox.take()
    for message in messages {
      switch message {
      case .answer(let number, let response, let isStream): self.answer(number, response, isStream: isStream)
      case .piece(let bytes): self.broadcast(bytes)
      }
    }
    if isStopped { event_base_loopbreak(self.base) }
  }

  private func answer(_ number: UInt64, _ response: HTTPResponse, isStream: Bool) {
    guard let connection = self.waiting.removeValue(forKey: number) else { return }
    connection.since = Self.seconds
    if isStream {
      guard self.streams.count < self.options.streams else {
        connection.answering = nil
        return self.write(Self.tooManyStreams, to: connection)
      }
      // It keeps `answering`, so that no request that follows is read.
      self.streams[connection.handle] = connection
      self.mailbox.hasStreams.store(true, ordering: .relaxed)
      return self.send(self.head(of: response, ["Connection: close"]) + response.body, to: connection)
    }
    connection.answering = nil
    self.write(response, to: connection)
    guard !connection.isEnding else { return }
    self.handleNext(connection)
    if connection.answering == nil { self.readable(connection.handle) }
  }

  private static let tooManyStreams = HTTPResponse(
    status: 503, headers: [HTTPHeader("Retry-After", "10"), HTTPHeader("Content-Type", "text/plain")],
    body: Array("too many streams are open; ask /api/v1/live instead\n".utf8))

  /// A reader that falls behind is let go: it asks again when it can.
  private func broadcast(_ bytes: [UInt8]) {
    for connection in self.streams.values {
      guard let output = bufferevent_get_output(connection.handle),
        evbuffer_get_length(output) + bytes.count <= self.options.streamBacklog
      else {
        self.close(connection)
        continue
      }
      self.send(bytes, to: connection)
    }
  }

  private func send(_ bytes: [UInt8], to connection: Connection) {
    bufferevent_write(connection.handle, bytes, bytes.count)
  }

  private func head(of response: HTTPResponse, _ more: [String]) -> [UInt8] {
    var head = "HTTP/1.1 \(response.status) \(Self.phrase(response.status))\r\n"
    for header in response.headers { head += "\(header.name): \(header.value)\r\n" }
    for line in more { head += line + "\r\n" }
    return Array((head + "\r\n").utf8)
  }

  private func write(_ response: HTTPResponse, to connection: Connection) {
    let length = "Content-Length: \(response.body.count)"
    let bytes =
      self.head(of: response, connection.keepsAlive ? [length] : [length, "Connection: close"])
      + response.body
    guard let output = bufferevent_get_output(connection.handle),
      evbuffer_get_length(output) + bytes.count <= Self.mostUnread
    else { return self.close(connection) }
    bufferevent_write(connection.handle, bytes, bytes.count)
    connection.isEnding = !connection.keepsAlive
  }

  private func written(_ handle: OpaquePointer) {
    guard let connection = self.connections[handle], connection.isEnding else { return }
    self.close(connection)
  }

  private static func phrase(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 204: "No Content"
    case 303: "See Other"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 406: "Not Acceptable"
    case 409: "Conflict"
    case 413: "Content Too Large"
    case 415: "Unsupported Media Type"
    case 421: "Misdirected Request"
    case 422: "Unprocessable Content"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 501: "Not Implemented"
    case 503: "Service Unavailable"
    case 505: "HTTP Version Not Supported"
    case _: status < 400 ? "OK" : "Error"
    }
  }
}

/// One connection of the listener.
final class Connection {
  let handle: OpaquePointer
  var reader: HTTPRequestReader
  /// Whose it is, once the handshake has shown it.
  var key: [UInt8]?
  /// The handshake is over, or there is none.
  var isOpen = false
  /// The request that waits for its answer.
  var answering: UInt64?
  var keepsAlive = true
  /// Closed as soon as everything is written.
  var isEnding = false
  /// Seconds at which its present state began.
  var since: Int

  init(_ handle: OpaquePointer, maximumBody: Int, now: Int) {
    self.handle = handle
    self.reader = HTTPRequestReader(maximumBody: maximumBody)
    self.since = now
  }
}
