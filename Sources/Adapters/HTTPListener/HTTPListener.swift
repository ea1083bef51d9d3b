internal import CEvent
import Glibc
public import PeerProtocol
public import Ports
import Synchronization

/// HTTP/1.1 over libevent, with TLS 1.3 where only known keys are let in, or TLS as browsers speak it. One thread, which the caller lends, owns every
/// connection; answers come back through a mailbox from wherever they are made.
///
/// Not `evhttp`: that drops the body of a GET, which is how the older Grid nodes send everything
/// (`docs/decisions/0082`).
public final class HTTPListener: Sendable {
  public struct TLS: Sendable {
    let certificatePEM: String
    /// Secret; never printed.
    let keyPEM: String
    /// Whether the holder of an Ed25519 key may connect; nil lets anybody in and asks for no certificate. Called on the
    /// listener's thread, for every connection.
    let accepts: (@Sendable ([UInt8]) -> Bool)?
    public init(certificatePEM: String, keyPEM: String, accepts: (@Sendable ([UInt8]) -> Bool)? = nil) {
      self.certificatePEM = certificatePEM
      self.keyPEM = keyPEM
      self.accepts = accepts
    }
  }

  public struct Options: Sendable {
    /// A numeric address.
    public var host: String
    /// 0 takes any free one.
    public var port: Int
    public var tls: TLS?
    public var maximumBody = 1 << 20
    /// All together. With one more, the one that has said the least for the longest makes room.
    public var connections = 128
    /// Of them, how many may stay open as streams, and what is kept unsent for each.
    public var streams = 16
    public var streamBacklog = 64 << 10
    /// Of one key.
    public var connectionsPerKey = 8
    /// For the handshake, and for a request from its first byte to its last.
    public var patience = Duration.seconds(10)
    /// For an answer to be made, and for a connection without a request.
    public var idle = Duration.seconds(60)
    public init(host: String, port: Int, tls: TLS? = nil) {
      self.host = host
      self.port = port
      self.tls = tls
    }
  }

  /// A request with whose it is: the Ed25519 key shown in the handshake, nil without TLS.
  public struct Incoming: Sendable {
    public var key: [UInt8]?
    public var request: HTTPRequestReader.Request
  }

  /// Answers one request, once; from any thread. A later or a second answer is ignored.
  public struct Reply: Sendable {
    let number: UInt64
    let mailbox: Mailbox
    public func callAsFunction(_ response: HTTPResponse) {
      self.mailbox.put(.answer(self.number, response, isStream: false))
    }
    /// Answers and stays open for what `broadcast` sends to everybody, until the reader goes, falls behind or has had it for
    /// an hour. A reader too many gets 503.
    public func stream(_ response: HTTPResponse) {
      self.mailbox.put(.answer(self.number, response, isStream: true))
    }
  }

  public struct StartError: Error, CustomStringConvertible, Sendable {
    public let description: String
  }

  /// The port that was taken.
  public let port: Int
  private let mailbox: Mailbox

  /// Listens until `stop`. `start` runs a function on a thread of its own. `handle` is called there for every request and
  /// must not block; `refused` with the reason why somebody was not let in, at most once a second.
  public init(
    _ options: Options, start: (@escaping @Sendable () -> Void) -> Void,
    handle: @escaping @Sendable (Incoming, Reply) -> Void,
    refused: @escaping @Sendable (_ why: String, _ since: Int) -> Void = { _, _ in }
  ) throws(StartError) {
    let mailbox = try Mailbox()
    let loop = try ListenerLoop(options, mailbox: mailbox, handle: handle, refused: refused)
    self.port = loop.port
    self.mailbox = mailbox
    let handedOver = UncheckedLoop(loop)
    start { handedOver.loop.run() }
  }

  deinit { self.mailbox.stop() }

  /// Sends a piece to every open stream. From any thread.
  public func broadcast(_ bytes: [UInt8]) { self.mailbox.put(.piece(bytes)) }

  /// Whether anybody listens to a stream.
  public var hasStreams: Bool { self.mailbox.hasStreams.load(ordering: .relaxed) }

  public func stop() { self.mailbox.stop() }
}

/// Hands the loop to its thread.
private struct UncheckedLoop: @unchecked Sendable {
  // Safe to share: made on one thread, then used by the other alone.
  let loop: ListenerLoop
  init(_ loop: ListenerLoop) { self.loop = loop }
}

/// Answers on their way to the listener's thread.
final class Mailbox: Sendable {
  enum Message: Sendable {
    case answer(UInt64, HTTPResponse, isStream: Bool)
    case piece([UInt8])
  }

  private struct State {
    var messages: [Message] = []
    var isStopped = false
  }
  let hasStreams = Atomic(false)
  private let state = Mutex(State())
  /// Readable when there is something in the box.
  let descriptor: Int32

  init() throws(HTTPListener.StartError) {
    self.descriptor = cevent_wakeup_descriptor()
    guard self.descriptor >= 0 else { throw .init(description: "the system refused an event descriptor") }
  }

  deinit { close(self.descriptor) }

  func put(_ message: Message) {
    self.state.withLock { $0.messages.append(message) }
    self.wake()
  }

  func stop() {
    self.state.withLock { $0.isStopped = true }
    self.wake()
  }

  func take() -> (messages: [Message], isStopped: Bool) {
    var count: UInt64 = 0
    _ = read(self.descriptor, &count, 8)
    return self.state.withLock { state in
      defer { state.messages = [] }
      return (state.messages, state.isStopped)
    }
  }

  private func wake() {
    var one: UInt64 = 1
    _ = write(self.descriptor, &one, 8)
  }
}
