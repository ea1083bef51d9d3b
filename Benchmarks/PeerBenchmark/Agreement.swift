import PeerProtocol
import Quantities
import Simulation

let shapes = PeerGraph.Shape.allCases
let counts = [4, 16, 64, 256, 1000]
/// Beyond it the older algorithm takes hours; its count is known.
let largestOlder = 64

/// One change at node 0, until every node knows it and nothing is on its way.
struct Agreement {
  let shape: PeerGraph.Shape
  let graph: PeerGraph
  let delays: Int64
  let messages: Int
  let older: OlderGrid.Result?

  init(_ shape: PeerGraph.Shape, _ count: Int) {
    self.shape = shape
    self.graph = PeerGraph(shape, count: count)
    let simulation = PeerSimulation(self.graph, seed: 1)
    simulation.acquaintAll()
    let (begun, before) = (simulation.now, simulation.network.sent)
    // In range: a milliwatt.
    let changed = Milliwatts(1)!
    simulation.setPower(0, production: changed, consumption: .zero)
    simulation.measureNow(0)
    let origin = simulation.id(0)
    var waiting = Array(0..<count)
    simulation.drain {
      while let node = waiting.last,
        simulation.nodes[node].exchange.board[origin]?.record.production == changed
      {
        waiting.removeLast()
      }
      return waiting.isEmpty
    }
    // A link takes a millisecond.
    self.delays = simulation.now.millisecondsSince(begun)
    simulation.drain()
    self.messages = simulation.network.sent - before
    var olderGrid = count <= largestOlder ? OlderGrid(self.graph) : nil
    self.older = olderGrid?.change()
  }

  /// The older algorithm's messages for an update of a connected graph.
  var formula: Int { (2 * self.graph.count + 1) * (2 * self.graph.edges.count - self.graph.count + 1) }

  var json: String {
    let older = self.older.map { "\"older_delays\":\($0.delays),\"older_messages\":\($0.messages)," } ?? ""
    return
      "{\"shape\":\"\(self.shape.rawValue)\",\"nodes\":\(self.graph.count),\"edges\":\(self.graph.edges.count),"
      + "\"diameter\":\(self.graph.diameter),\"delays\":\(self.delays),\"messages\":\(self.messages),\(older)"
      + "\"older_formula\":\(self.formula)}"
  }
}

/// Bytes that a node of a ring sends in an hour in which nothing changes.
struct AtRest {
  let count: Int
  let bytesPerNodeHour: Int

  init(_ count: Int) {
    self.count = count
    let simulation = PeerSimulation(PeerGraph(.ring, count: count), seed: 1)
    simulation.run(until: simulation.now + .seconds(60))
    let before = simulation.network.sentBytes
    simulation.run(until: simulation.now + .minutes(10))
    self.bytesPerNodeHour = (simulation.network.sentBytes - before) * 6 / count
  }

  var json: String { "{\"ring\":\(self.count),\"bytes_per_node_and_hour\":\(self.bytesPerNodeHour)}" }
}
