import Certificates
import Cryptography
import Quantities
import Testing

/// A tree as RFC 6962 defines it, by recursion over all its leaves.
private func definedRoot(_ leaves: ArraySlice<Digest>) -> Digest {
  if leaves.isEmpty { return MerkleHash.empty }
  if leaves.count == 1 { return leaves[leaves.startIndex] }
  var half = 1
  while half * 2 < leaves.count { half *= 2 }
  let middle = leaves.startIndex + half
  return MerkleHash.node(definedRoot(leaves[..<middle]), definedRoot(leaves[middle...]))
}

private let leaves = (0..<200).map { MerkleHash.leaf([UInt8($0)]) }

/// The inner nodes that appending hands out, as a store keeps them.
private func grown() -> (roots: [Digest], nodes: [TreeNode.Place: Digest]) {
  var frontier = TreeFrontier()
  var nodes: [TreeNode.Place: Digest] = [:]
  var roots = [frontier.root]
  for (index, leaf) in leaves.enumerated() {
    nodes[TreeNode.Place(level: 0, index: Int64(index))] = leaf
    for node in frontier.append(leaf: leaf) { nodes[node.place] = node.hash }
    roots.append(frontier.root)
  }
  return (roots, nodes)
}

@Test func `a tree grown leaf by leaf has the root of its definition`() {
  let roots = grown().roots
  for size in 0...leaves.count { #expect(roots[size] == definedRoot(leaves[..<size])) }
}

@Test func `every proof from stored nodes holds, with few reads`() {
  let (roots, nodes) = grown()
  for size in [1, 2, 3, 64, 65, 127, 128, 129, 199, 200] {
    for index in 0..<size {
      var reads = 0
      let proof = MerkleProof.inclusion(index: Int64(index), size: Int64(size)) { place in
        reads += 1
        return nodes[place] ?? MerkleHash.empty
      }
      #expect(reads <= 16)
      #expect(
        MerkleProof.isInclusion(
          proof, of: leaves[index], index: Int64(index), size: Int64(size), root: roots[size]))
    }
    for first in 0...size {
      let proof = MerkleProof.consistency(first: Int64(first), second: Int64(size)) {
        nodes[$0] ?? MerkleHash.empty
      }
      #expect(
        MerkleProof.isConsistency(
          proof, first: Int64(first), second: Int64(size), firstRoot: roots[first], secondRoot: roots[size]))
    }
  }
}

@Test(arguments: [0, 1, 2, 7, 8, 100, 200])
func `a frontier is found again among the stored nodes`(size: Int) throws {
  let (roots, nodes) = grown()
  let hashes = try TreeFrontier.places(size: Int64(size)).map { try #require(nodes[$0]) }
  let frontier = try #require(TreeFrontier(size: Int64(size), hashes: hashes))
  #expect(frontier.root == roots[size])
  #expect(TreeFrontier(size: Int64(size), hashes: hashes + [MerkleHash.empty]) == nil)
}

@Test func `a run of leaves is covered by few subtrees, once and in order`() {
  var random = SplitMix64(seed: 4)
  for _ in 0..<500 {
    let from = Int64(random.below(1_000_000))
    let to = from + Int64(random.below(1_000_000))
    var next = from
    let places = TreeRange.places(from: from, to: to)
    for place in places {
      #expect(place.index << Int64(place.level) == next)
      next += 1 << Int64(place.level)
    }
    #expect(next == to)
    #expect(places.count <= 40)
  }
}
