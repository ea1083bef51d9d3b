import PeerProtocol
import Quantities
import Simulation

/// Two minutes of eight nodes on a random graph with loss, delay, doubling, overtaking, partitions, one-sided links, crashes
/// with and without their disks, wrong clocks, and one node that lies. Ends with every fault over.
enum RoughNetwork {
  static let liar = 7

  static func live(seed: UInt64) -> PeerSimulation {
    var generator = SplitMix64(seed: seed)
    let shape = PeerGraph.Shape.allCases[generator.below(PeerGraph.Shape.allCases.count)]
    let simulation = PeerSimulation(PeerGraph(shape, count: 8, seed: seed), seed: seed)
    simulation.network.conditions = .init(
      loss: generator.uniform(0, 0.5), doubling: generator.uniform(0, 0.3),
      shortestDelay: .milliseconds(1), longestDelay: .milliseconds(Int64(1 + generator.below(3000))))
    var lies = LyingNode(simulation, seed: seed)
    for _ in 0..<60 {
      let number = generator.below(8)
      switch generator.below(8) {
      case 0, 1, 2:
        simulation.setPower(
          number, production: Milliwatts(Int64(generator.below(1_000_000_000)))!,
          consumption: Milliwatts(Int64(generator.below(1_000_000_000)))!)
      case 3: if number != Self.liar { simulation.crash(number, losesDisk: generator.chance(0.3)) }
      case 4: simulation.restart(number)
      case 5:
        var groups: [NodeID: Int] = [:]
        for other in 0..<8 { groups[simulation.id(other)] = generator.below(2) }
        simulation.network.partition(generator.chance(0.5) ? groups : [:])
      case 6:
        simulation.network.set(
          simulation.id(number), reaches: simulation.id(generator.below(8)), generator.chance(0.5))
      case _: simulation.setClock(number, error: .seconds(Int64(generator.below(7200)) - 3600))
      }
      lies.tell()
      simulation.run(until: simulation.now + .seconds(2))
      lies.listen()
    }
    simulation.network.heal()
    for number in 0..<8 { simulation.restart(number) }
    return simulation
  }
}

/// The last node of a simulation says what is not so, with every means its own key and connections give it: records of
/// others with another power and a higher version, old records again, two of its own with one version, and noise.
struct LyingNode {
  private let simulation: PeerSimulation
  private var generator: SplitMix64
  private var heard: [NetRecord] = []

  init(_ simulation: PeerSimulation, seed: UInt64) {
    self.simulation = simulation
    self.generator = SplitMix64(seed: seed).stream(7)
  }

  mutating func listen() {
    let board = self.simulation.nodes[RoughNetwork.liar].exchange.board
    self.heard += board.sorted.map(\.record)
    if self.heard.count > 200 { self.heard.removeFirst(self.heard.count - 200) }
  }

  mutating func tell() {
    let node = self.simulation.nodes[RoughNetwork.liar]
    let transport = self.simulation.network.transport(of: node.id)
    for peer in node.exchange.peers {
      transport.send(self.lie(node), to: peer)
    }
  }

  private mutating func lie(_ node: PeerSimulation.Node) -> [UInt8] {
    guard let old = self.heard.isEmpty ? nil : self.heard[self.generator.below(self.heard.count)] else {
      return self.noise()
    }
    let told: NetRecord
    switch self.generator.below(4) {
    case 0:
      // Another's record with a changed number: the signature no longer fits.
      var bytes = old.encoded
      bytes[32 + 15] &+= 1
      bytes[32 + 16 + 7] ^= 1
      guard let forged = try? NetRecord(encoded: bytes) else { return self.noise() }
      told = forged
    case 1: told = old
    case 2:
      guard let own = node.exchange.board[node.id]?.record else { return self.noise() }
      told = NetRecord.signed(
        by: node.key, version: own.version, production: Milliwatts(1)!, consumption: .zero, wall: own.wall,
        name: "other")
    case _: return self.noise()
    }
    return NetMessage.records([.init(record: told, age: .zero)]).encoded
  }

  private mutating func noise() -> [UInt8] {
    (0..<self.generator.below(300)).map { _ in UInt8(truncatingIfNeeded: self.generator.next()) }
  }
}
