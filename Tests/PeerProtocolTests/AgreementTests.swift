import Foundation
import PeerProtocol
import Quantities
import Simulation
import Testing

/// Many nodes, one seed, every fault of a network; after the faults stop, all agree with the truth in bounded time.
@Suite(.timeLimit(.minutes(10))) struct AgreementTests {
  private static let seeds =
    ProcessInfo.processInfo.environment["RIGSHIFT_PEER_SEEDS"].flatMap { Int($0) } ?? 40

  /// Long enough for the summaries to every peer, the refresh of every record, and what is gone to grow stale.
  private static let settling = Duration.seconds(45)

  @Test(arguments: Array(1...Self.seeds))
  func `eight nodes agree with the truth after every fault`(_ seed: Int) throws {
    let simulation = RoughNetwork.live(seed: UInt64(seed))
    let start = simulation.now
    simulation.run(until: start + Self.settling)
    #expect(
      simulation.allAgreeWithTheTruth,
      "replay with RIGSHIFT_PEER_SEEDS=\(seed) --filter 'after every fault'")
    // Nobody accuses an honest node.
    let liar = simulation.id(RoughNetwork.liar)
    #expect(simulation.accusations.allSatisfy { $0.of == liar })
  }

  @Test func `a seed replays exactly`() {
    func trace() -> [String] {
      let simulation = RoughNetwork.live(seed: 99)
      simulation.run(until: simulation.now + .seconds(20))
      return simulation.nodes.map { node in
        node.exchange.board.sorted.map { entry in
          "\(entry.record.node.text) \(entry.record.version) \(entry.record.net) \(String(describing: entry.madeAt))"
        }.joined(separator: "\n")
      } + ["\(simulation.network.sent) \(simulation.network.sentBytes)"]
    }
    #expect(trace() == trace())
  }

  @Test(arguments: PeerGraph.Shape.allCases, [2, 4, 16])
  func `a change reaches everybody within the diameter in link delays`(_ shape: PeerGraph.Shape, _ count: Int)
  {
    let graph = PeerGraph(shape, count: count)
    let simulation = PeerSimulation(graph, seed: 5)
    simulation.acquaintAll()
    #expect(simulation.allAgreeWithTheTruth)
    let before = (at: simulation.now, sent: simulation.network.sent)
    simulation.setPower(0, production: Milliwatts(1_234_567)!, consumption: .zero)
    simulation.measureNow(0)
    simulation.drain { simulation.allAgreeWithTheTruth }
    #expect(simulation.allAgreeWithTheTruth)
    #expect(simulation.now - before.at <= .milliseconds(Int64(graph.diameter)))
    simulation.drain()
    // Every node hands the record to all neighbours but the one it came from.
    #expect(simulation.network.sent - before.sent <= 2 * graph.edges.count - (count - 1))
  }

  @Test func `two halves agree among themselves, and all together once they meet`() {
    let simulation = PeerSimulation(PeerGraph(.mesh, count: 4), seed: 3)
    simulation.run(until: simulation.now + .seconds(20))
    #expect(simulation.allAgreeWithTheTruth)
    simulation.network.partition([simulation.id(2): 1, simulation.id(3): 1])
    simulation.setPower(0, production: Milliwatts(5_000_000)!, consumption: .zero)
    simulation.setPower(3, production: .zero, consumption: Milliwatts(7_000_001)!)
    simulation.run(until: simulation.now + .seconds(40))
    for number in 0..<4 {
      let board = simulation.nodes[number].exchange.board
      let sum = board.sum(at: simulation.now)
      #expect(sum.nodes == 2 && sum.stale.count == 2)
      #expect(sum.net == (number < 2 ? 5_000_000 : -7_000_001))
    }
    simulation.network.heal()
    simulation.run(until: simulation.now + .seconds(12))
    #expect(simulation.allAgreeWithTheTruth)
  }

  @Test func `a node whose clock is an hour off is counted like any other`() {
    let simulation = PeerSimulation(PeerGraph(.ring, count: 4), seed: 4)
    simulation.setClock(1, error: .hours(-1))
    simulation.setClock(2, error: .hours(1))
    simulation.setPower(1, production: Milliwatts(3)!, consumption: .zero)
    simulation.run(until: simulation.now + .seconds(20))
    #expect(simulation.allAgreeWithTheTruth)
    simulation.setClock(1, error: .hours(2))
    simulation.setPower(1, production: Milliwatts(4)!, consumption: .zero)
    simulation.run(until: simulation.now + .seconds(2))
    #expect(simulation.allAgreeWithTheTruth)
  }

  @Test(arguments: [false, true])
  func `a node that restarts rejoins above its former life, with its disk or without`(_ losesDisk: Bool) {
    let simulation = PeerSimulation(PeerGraph(.ring, count: 4), seed: 8)
    for _ in 0..<3 {
      simulation.run(until: simulation.now + .seconds(20))
      simulation.crash(1, losesDisk: losesDisk)
      simulation.run(until: simulation.now + .seconds(3))
      simulation.restart(1)
    }
    simulation.setPower(1, production: Milliwatts(42)!, consumption: .zero)
    simulation.run(until: simulation.now + .seconds(25))
    #expect(simulation.allAgreeWithTheTruth)
  }

  @Test func `what a restarted node remembers is old until somebody brings it anew`() {
    let simulation = PeerSimulation(PeerGraph(.line, count: 3), seed: 8)
    simulation.run(until: simulation.now + .seconds(20))
    simulation.network.partition([simulation.id(0): 1])
    simulation.crash(0)
    simulation.restart(0)
    simulation.run(until: simulation.now + .seconds(2))
    let board = simulation.nodes[0].exchange.board
    #expect(board.count == 3)
    #expect(board.sum(at: simulation.now).nodes == 1)
    #expect(board.sum(at: simulation.now).stale.count == 2)
    simulation.network.heal()
    simulation.run(until: simulation.now + .seconds(12))
    #expect(simulation.allAgreeWithTheTruth)
  }

  @Test func `both directions work when one side alone can connect`() {
    let simulation = PeerSimulation(PeerGraph(.line, count: 3), seed: 8)
    simulation.network.set(simulation.id(0), reaches: simulation.id(1), false)
    simulation.network.set(simulation.id(1), reaches: simulation.id(2), false)
    simulation.setPower(0, production: Milliwatts(10)!, consumption: .zero)
    simulation.run(until: simulation.now + .seconds(3))
    #expect(simulation.allAgreeWithTheTruth)
  }
}
