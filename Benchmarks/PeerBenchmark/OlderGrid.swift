import PeerProtocol
import Quantities
import Simulation

/// The older protocol's algorithm over links of one delay each.
struct OlderGrid {
  struct Result {
    var delays: Int
    var messages: Int
  }

  private var nodes: [GridNode]
  private var underway: [(to: Int, bytes: [UInt8])] = []
  private var now = 0
  private var messages = 0

  init(_ graph: PeerGraph) {
    self.nodes = (0..<graph.count).map { number in
      GridNode(
        .init(id: "\(number)", name: "\(number)", address: Self.address(number)), seed: UInt64(number) + 1)
    }
    for edge in graph.edges {
      for (node, other) in [(edge[0], edge[1]), (edge[1], edge[0])] {
        self.nodes[node].acquaint(id: "\(other)", name: "\(other)", address: Self.address(other))
      }
    }
  }

  private static func address(_ number: Int) -> String { "10.0.0.1:\(number + 1)" }

  private var moment: GridNode.Moment {
    (MonotonicInstant(milliseconds: Int64(self.now)), UTCInstant(milliseconds: Int64(self.now)))
  }

  private mutating func hand(_ bytes: [UInt8], to node: Int) {
    do throws(GridEnvelope.Refusal) {
      for effect in try self.nodes[node].receive(bytes, at: self.moment) {
        guard case .send(let bytes, let address) = effect, let colon = address.lastIndex(of: ":"),
          let port = Int(address[address.index(after: colon)...])
        else { continue }
        self.messages += 1
        self.underway.append((port - 1, bytes))
      }
    } catch {
      preconditionFailure("\(error)")
    }
  }

  private mutating func drain(until isDone: ([GridNode]) -> Bool = { _ in false }) -> Int? {
    var doneAt: Int?
    while !self.underway.isEmpty {
      let arriving = self.underway
      self.underway = []
      self.now += 1
      for message in arriving { self.hand(message.bytes, to: message.to) }
      if doneAt == nil, isDone(self.nodes) { doneAt = self.now }
    }
    return doneAt
  }

  mutating func change() -> Result {
    let (begun, before) = (self.now, self.messages)
    self.hand(
      Array(#"{"envType":"Tell","msgType":"UpdateEnergy","msg":{"production":7,"consumption":0}}"#.utf8),
      to: 0)
    let done = self.drain { nodes in nodes.allSatisfy { $0.gridNet == 7 } }
    return Result(delays: (done ?? -1) - (done == nil ? 0 : begun), messages: self.messages - before)
  }
}
