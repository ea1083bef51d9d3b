import Quantities

/// Who is whose peer, as pairs of numbers from 0; always connected.
public struct PeerGraph: Sendable, Hashable {
  public enum Shape: String, Sendable, CaseIterable {
    case ring, line, star, mesh, random
  }

  public let count: Int
  public let edges: [[Int]]

  public init(count: Int, edges: [[Int]]) {
    self.count = count
    self.edges = edges
  }

  /// `count` is at least 2. A random graph has two edges a node, on a random tree.
  public init(_ shape: Shape, count: Int, seed: UInt64 = 1) {
    self.count = count
    switch shape {
    case .line: self.edges = (1..<count).map { [$0 - 1, $0] }
    case .ring: self.edges = (1..<count).map { [$0 - 1, $0] } + (count > 2 ? [[count - 1, 0]] : [])
    case .star: self.edges = (1..<count).map { [0, $0] }
    case .mesh: self.edges = (0..<count).flatMap { a in (a + 1..<count).map { [a, $0] } }
    case .random:
      var generator = SplitMix64(seed: seed)
      var edges = Set((1..<count).map { [generator.below($0), $0] })
      let wanted = min(2 * count, count * (count - 1) / 2)
      while edges.count < wanted {
        let (a, b) = (generator.below(count), generator.below(count))
        if a != b { edges.insert([min(a, b), max(a, b)]) }
      }
      self.edges = edges.sorted { $0.lexicographicallyPrecedes($1) }
    }
  }

  public var neighbours: [[Int]] {
    var lists = Array(repeating: [Int](), count: self.count)
    for edge in self.edges {
      lists[edge[0]].append(edge[1])
      lists[edge[1]].append(edge[0])
    }
    return lists
  }

  /// The longest of the shortest ways between two nodes, in links.
  public var diameter: Int {
    let neighbours = self.neighbours
    return (0..<self.count).reduce(0) { longest, start in
      var distance = Array(repeating: -1, count: self.count)
      distance[start] = 0
      var front = [start]
      while !front.isEmpty {
        var next: [Int] = []
        for node in front {
          for other in neighbours[node] where distance[other] < 0 {
            distance[other] = distance[node] + 1
            next.append(other)
          }
        }
        front = next
      }
      return max(longest, distance.max() ?? 0)
    }
  }
}
