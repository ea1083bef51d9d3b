import Foundation
import JSONText
import PeerProtocol
import Quantities
import Testing

/// Nodes of the older protocol with a wire between them that can be cut.
final class GridWire {
  var nodes: [String: GridNode] = [:]
  var down: Set<String> = []
  /// Answers nothing but takes everything.
  var silent: Set<String> = []
  private(set) var messages = 0
  private(set) var logs: [String] = []
  private(set) var now: GridNode.Moment = (
    MonotonicInstant(milliseconds: 0), UTCInstant(seconds: 1_795_224_198)
  )
  private var queue: [(to: String, bytes: [UInt8], from: String)] = []

  func add(_ id: Int, _ name: String) {
    let address = "127.0.0.1:1808\(id)"
    self.nodes[address] = GridNode(
      .init(id: "\(id)", name: name, address: address), seed: UInt64(id) &* 77 &+ UInt64(self.messages))
  }

  func node(_ name: String) -> GridNode { self.nodes[self.address(name)]! }
  func address(_ name: String) -> String { self.nodes.first { $0.value.settings.name == name }!.key }

  /// A person's curl command; returns the HTTP status.
  @discardableResult
  func curl(_ name: String, _ json: String) -> Int {
    let address = self.address(name)
    do throws(GridEnvelope.Refusal) {
      let effects = try self.nodes[address]!.receive(Array(json.utf8), at: self.now)
      self.perform(effects, from: address)
      self.drain()
      return 200
    } catch {
      return error.status
    }
  }

  func energy(_ name: String, _ production: String, _ consumption: String) {
    self.curl(
      name,
      #"{"envType":"Tell","msgType":"UpdateEnergy","msg":{"production":\#(production),"consumption":\#(consumption)}}"#
    )
  }

  func link(_ name: String, to other: String) {
    let to = self.node(other)
    self.curl(
      name,
      #"{"envType":"Tell","msgType":"AddSibling","msg":{"siblingId":"\#(to.settings.id)","siblingName":"\#(other)","siblingAddress":"\#(to.settings.address)"}}"#
    )
  }

  func pass(_ time: Duration) {
    let end = self.now.monotonic + time
    while self.now.monotonic < end {
      self.now = (self.now.monotonic + .seconds(1), self.now.wall + .seconds(1))
      for address in self.nodes.keys.sorted() where !self.down.contains(address) {
        self.perform(self.nodes[address]!.tick(at: self.now), from: address)
      }
      self.drain()
    }
  }

  func restart(_ name: String) {
    let address = self.address(name)
    let old = self.nodes[address]!.settings
    self.nodes[address] = GridNode(old, seed: UInt64(self.messages) &+ 1_000_003)
    self.down.remove(address)
  }

  fileprivate func perform(_ effects: [GridNode.Effect], from: String) {
    for effect in effects {
      switch effect {
      case .send(let bytes, let to):
        self.messages += 1
        self.queue.append((to, bytes, from))
      case .log(let line): self.logs.append(line)
      }
    }
  }

  fileprivate func drain() {
    while !self.queue.isEmpty {
      let message = self.queue.removeFirst()
      let arrived = !self.down.contains(message.to) && self.nodes[message.to] != nil
      if arrived, !self.silent.contains(message.to) {
        do throws(GridEnvelope.Refusal) {
          self.perform(try self.nodes[message.to]!.receive(message.bytes, at: self.now), from: message.to)
        } catch {
          Issue.record("a node of ours refused \(String(decoding: message.bytes, as: UTF8.self)): \(error)")
        }
      }
      if !self.down.contains(message.from), self.nodes[message.from] != nil {
        self.perform(
          self.nodes[message.from]!.sent(to: message.to, arrived: arrived, at: self.now), from: message.from)
      }
    }
  }

  var nets: [Double] { self.nodes.sorted { $0.key < $1.key }.map(\.value.gridNet) }

  /// The README's four nodes in a ring: A-B-D-C-A.
  static func ring() -> GridWire {
    let wire = GridWire()
    for (id, name) in ["A", "B", "C", "D"].enumerated() { wire.add(id + 1, name) }
    wire.energy("A", "0", "10")
    wire.energy("B", "20", "5")
    wire.link("A", to: "B")
    wire.link("B", to: "D")
    wire.link("C", to: "D")
    wire.link("C", to: "A")
    return wire
  }
}

@Suite struct GridNodeTests {
  @Test func `the README's scenario ends with one sum on all four`() {
    let wire = GridWire.ring()
    #expect(wire.nets == [5, 5, 5, 5])
    wire.energy("D", "5", "10")
    #expect(wire.nets == [0, 0, 0, 0])
    #expect(wire.nodes.values.allSatisfy { $0.openRounds == 0 })
    #expect(
      wire.node("A").stateLine
        == "[Node] id=1 address=127.0.0.1:18081 name=A energy=(0,-10) siblings=['B', 'C'] gridnet=0")
  }

  @Test func `an update takes no more messages than the formula says`() {
    let wire = GridWire.ring()
    let before = wire.messages
    wire.energy("D", "5", "10")
    let (n, edges) = (4, 4)
    #expect(wire.messages - before <= (2 * n + 1) * (2 * edges - n + 1))
  }

  @Test func `fractions are kept`() {
    let wire = GridWire.ring()
    wire.energy("D", "2.9", "0.25")
    #expect(wire.nets.allSatisfy { abs($0 - 7.65) < 1e-9 })
    wire.energy("D", #""2.5""#, "0")
    #expect(wire.nets == [7.5, 7.5, 7.5, 7.5])
    #expect(wire.node("D").stateLine.contains("energy=(2.5,0)"))
  }

  // MARK: What stopped the older nodes

  @Test func `a dead neighbour stops nobody, and is not counted`() {
    let wire = GridWire.ring()
    wire.energy("C", "3", "0")
    wire.down.insert(wire.address("C"))
    wire.energy("A", "1", "10")
    let living = ["A", "B", "D"].map { wire.node($0).gridNet }
    #expect(living == [6, 6, 6])
    #expect(wire.nodes.values.allSatisfy { $0.settings.name == "C" || $0.openRounds == 0 })
  }

  @Test func `a neighbour that takes messages and never answers is given up in time`() {
    let wire = GridWire.ring()
    wire.silent.insert(wire.address("C"))
    wire.energy("A", "1", "10")
    wire.pass(.seconds(150))
    #expect(["A", "B", "D"].map { wire.node($0).gridNet } == [6, 6, 6])
    wire.silent.remove(wire.address("C"))
    wire.pass(.seconds(150))
    wire.energy("A", "2", "10")
    #expect(wire.nets == [7, 7, 7, 7])
  }

  @Test func `a restarted node rejoins, by its neighbours or by its own request`() {
    for asksItself in [false, true] {
      let wire = GridWire.ring()
      wire.down.insert(wire.address("C"))
      wire.energy("A", "1", "10")
      wire.restart("C")
      if asksItself {
        wire.link("C", to: "D")
        wire.link("C", to: "A")
      } else {
        wire.pass(.seconds(20))
      }
      wire.energy("C", "4", "0")
      #expect(wire.nets == [10, 10, 10, 10], "asks itself: \(asksItself)")
      #expect(wire.node("C").siblingNames == ["A", "D"], "asks itself: \(asksItself), \(wire.logs)")
    }
  }

  @Test func `a node that restarted so quickly that nobody noticed rejoins too`() {
    let wire = GridWire.ring()
    wire.restart("C")
    wire.link("C", to: "A")
    wire.energy("C", "4", "0")
    wire.pass(.seconds(200))
    #expect(wire.nets == [9, 9, 9, 9])
  }

  @Test func `two that add each other at once are in step`() throws {
    let wire = GridWire()
    wire.add(1, "A")
    wire.add(2, "B")
    wire.energy("A", "0", "10")
    wire.energy("B", "20", "5")
    // Both requests are on their way before either arrives.
    let (a, b) = (wire.address("A"), wire.address("B"))
    func add(_ id: Int, _ name: String, _ address: String) -> [UInt8] {
      Array(
        #"{"envType":"Tell","msgType":"AddSibling","msg":{"siblingId":\#(id),"siblingName":"\#(name)","siblingAddress":"\#(address)"}}"#
          .utf8)
    }
    let first = try wire.nodes[a]!.receive(add(2, "B", b), at: wire.now)
    let second = try wire.nodes[b]!.receive(add(1, "A", a), at: wire.now)
    wire.deliver(first, from: a)
    wire.deliver(second, from: b)
    #expect(wire.nets == [5, 5])
  }

  @Test func `a person's SyncGrid works as often as it is asked for`() {
    let wire = GridWire.ring()
    for _ in 0..<3 {
      let before = wire.messages
      wire.curl("A", #"{"envType":"Tell","msgType":"SyncGrid","msg":{}}"#)
      #expect((1...45).contains(wire.messages - before))
    }
    wire.curl("B", #"{"envType":"Tell","msgType":"UpdateNet","msg":{}}"#)
    #expect(wire.nets == [5, 5, 5, 5])
  }

  @Test(arguments: [
    (#"{"envType":"Tell","msgType":"UpdateEnergy","msg":{"production":5}}"#, 400),
    (#"{"envType":"Tell","msgType":"UpdateEnergy","msg":{"production":1e400,"consumption":0}}"#, 400),
    (#"{"envType":"Tell","msgType":"UpdateEnergy"}"#, 400),
    (#"{"envType":"Envelope","msgType":"SyncGrid","msg":{}}"#, 500),
    (#"{"envType":"Tell","msg":{}}"#, 500), ("nonsense", 400), ("", 400), ("[]", 500),
    (
      #"{"envType":"Response","msgType":"UpdateNet","msg":{"nets":{"9":1}},"reqId":"00000000-0000-1000-8000-000000000001","masterReqId":"00000000-0000-1000-8000-000000000002"}"#,
      200
    ),
    (
      #"{"envType":"Ask","msgType":"UpdateNet","msg":{"nets":{}},"returnId":"77","reqId":"1","masterReqId":"2"}"#,
      200
    ),
    (
      #"{"envType":"Response","msgType":"AddSibling","msg":{"siblingId":9,"siblingName":"X","siblingAddress":"127.0.0.1:1"}}"#,
      200
    ),
    (
      #"{"envType":"Ask","msgType":"AddSibling","msg":{"siblingId":"1","siblingName":"X","siblingAddress":"127.0.0.1:1"}}"#,
      200
    ),
    (
      #"{"envType":"Ask","msgType":"AddSibling","msg":{"siblingId":"2","siblingName":"B2","siblingAddress":"127.0.0.1:1"}}"#,
      200
    ),
    (
      #"{"envType":"Tell","msgType":"AddSibling","msg":{"siblingId":8,"siblingName":"X","siblingAddress":"x/../y:80"}}"#,
      400
    ),
  ])
  func `a bad message is answered and changes nothing`(_ json: String, _ status: Int) {
    let wire = GridWire.ring()
    #expect(wire.curl("A", json) == status)
    #expect(wire.nets == [5, 5, 5, 5])
    wire.energy("D", "5", "10")
    #expect(wire.nets == [0, 0, 0, 0])
    #expect(wire.node("A").siblingNames == ["B", "C"])
  }

  @Test func `no message leaves anything behind`() {
    let wire = GridWire.ring()
    for round in 0..<200 {
      wire.energy("A", "\(round)", "10")
      wire.curl(
        "B", #"{"envType":"Response","msgType":"UpdateNet","msg":{"nets":{}},"reqId":"r\#(round)"}"#)
    }
    #expect(wire.nodes.values.allSatisfy { $0.openRounds == 0 })
    wire.pass(.minutes(6))
    #expect(wire.nodes.values.allSatisfy { $0.openRounds == 0 && $0.rememberedRounds < 20 })
    #expect(wire.nets.allSatisfy { $0 == 199 - 10 + 15 })
  }
}

extension GridWire {
  func deliver(_ effects: [GridNode.Effect], from: String) {
    self.perform(effects, from: from)
    self.drain()
  }
}
