import Foundation
import Glibc
import HTTPListener
import PeerProtocol
import Ports
import Synchronization
import Testing

/// Answers that stay open, over real sockets.
@Suite struct StreamTests {
  /// One connection, as a client has it. Reads wait for ten seconds at most.
  private final class Client {
    private let descriptor: Int32
    private(set) var seen = ""

    init(port: Int, smallBuffer: Bool = false) throws {
      self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      if smallBuffer {
        var size: Int32 = 4096
        setsockopt(self.descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
      }
      var patience = timeval(tv_sec: 10, tv_usec: 0)
      setsockopt(
        self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(port).bigEndian
      address.sin_addr.s_addr = inet_addr("127.0.0.1")
      let status = withUnsafeBytes(of: &address) { bytes in
        connect(
          self.descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
          socklen_t(bytes.count))
      }
      try #require(status == 0)
    }

    deinit { close(self.descriptor) }

    func ask(_ path: String) {
      let bytes = Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
      _ = write(self.descriptor, bytes, bytes.count)
    }

    /// Reads until `text` has come; false when the connection ends or nothing more comes.
    func read(until text: String) -> Bool {
      var buffer = [UInt8](repeating: 0, count: 64 << 10)
      while !self.seen.contains(text) {
        let count = Glibc.read(self.descriptor, &buffer, buffer.count)
        guard count > 0 else { return false }
        self.seen += String(decoding: buffer.prefix(count), as: UTF8.self)
      }
      self.seen = ""
      return true
    }
  }

  private static func listener(
    _ change: (inout HTTPListener.Options) -> Void = { _ in }
  ) throws -> HTTPListener {
    var options = HTTPListener.Options(host: "127.0.0.1", port: 0)
    change(&options)
    return try HTTPListener(
      options, start: { run in Thread.detachNewThread { run() } },
      handle: { incoming, reply in
        let response = HTTPResponse(status: 200, body: Array("hello \(incoming.request.path)\n".utf8))
        if incoming.request.path == "/stream" { reply.stream(response) } else { reply(response) }
      })
  }

  @Test func `every reader hears every piece, beside ordinary answers`() throws {
    let listener = try Self.listener()
    defer { listener.stop() }
    let readers = try (0..<3).map { _ in try Client(port: listener.port) }
    #expect(!listener.hasStreams)
    for reader in readers {
      reader.ask("/stream")
      #expect(reader.read(until: "hello /stream\n"))
    }
    #expect(listener.hasStreams)
    listener.broadcast(Array("first\n".utf8))
    let other = try Client(port: listener.port)
    other.ask("/now")
    #expect(other.read(until: "hello /now\n"))
    listener.broadcast(Array("second\n".utf8))
    for reader in readers {
      #expect(reader.read(until: "first\nsecond\n"))
    }
  }

  @Test func `a reader too many is sent away, and one who leaves makes room`() throws {
    let listener = try Self.listener { $0.streams = 2 }
    defer { listener.stop() }
    var readers = try (0..<2).map { _ in try Client(port: listener.port) }
    for reader in readers {
      reader.ask("/stream")
      #expect(reader.read(until: "hello /stream\n"))
    }
    let third = try Client(port: listener.port)
    third.ask("/stream")
    #expect(third.read(until: "503 Service Unavailable"))
    readers.removeLast()
    // The listener sees the end of a connection when its turn comes: it is asked until then.
    var isIn = false
    for _ in 0..<1000 where !isIn {
      let next = try Client(port: listener.port)
      next.ask("/stream")
      isIn = next.read(until: "hello /stream\n")
    }
    #expect(isIn)
  }

  @Test func `a reader who stalls is let go, and the others miss nothing`() throws {
    let listener = try Self.listener()
    defer { listener.stop() }
    let stalled = try Client(port: listener.port, smallBuffer: true)
    stalled.ask("/stream")
    let reader = try Client(port: listener.port)
    reader.ask("/stream")
    #expect(reader.read(until: "hello /stream\n"))
    // What the kernel keeps for the stalled one is megabytes; each piece is read before the next is sent.
    let filling = String(repeating: "x", count: 16 << 10)
    var sent = 0
    for number in 0..<2000 {
      listener.broadcast(Array("\(filling)piece \(number);".utf8))
      guard reader.read(until: "piece \(number);") else { break }
      sent += 1
    }
    #expect(sent == 2000)
    // It was cut off: what it still finds ends long before everything that was sent.
    #expect(!stalled.read(until: "piece 1999;"))
  }
}
