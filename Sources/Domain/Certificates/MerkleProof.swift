public import Cryptography

/// Proofs of RFC 6962, 2.1, made from nodes that are read one by one: no more than a few dozen for any tree.
public enum MerkleProof {
  /// Hashes from the leaf's sibling up to the root's child. `index` must be in `0..<size`.
  public static func inclusion<Failure: Error>(
    index: Int64, size: Int64, node: (TreeNode.Place) throws(Failure) -> Digest
  ) throws(Failure) -> [Digest] {
    precondition((0..<size).contains(index), "a leaf of the tree")
    var path: [Digest] = []
    var (low, high) = (Int64(0), size)
    while high - low > 1 {
      let middle = low + Self.split(high - low)
      if index < middle {
        path.append(try Self.root(middle, high, node))
        high = middle
      } else {
        path.append(try Self.root(low, middle, node))
        low = middle
      }
    }
    return path.reversed()
  }

  /// That the tree of `first` leaves is the beginning of the one of `second`. `first` must be in `0...second`.
  public static func consistency<Failure: Error>(
    first: Int64, second: Int64, node: (TreeNode.Place) throws(Failure) -> Digest
  ) throws(Failure) -> [Digest] {
    precondition((0...second).contains(first), "the first tree is no larger")
    guard first > 0, first < second else { return [] }
    var path: [Digest] = []
    var (low, high) = (Int64(0), second)
    while high != first {
      let middle = low + Self.split(high - low)
      if first <= middle {
        path.append(try Self.root(middle, high, node))
        high = middle
      } else {
        path.append(try Self.root(low, middle, node))
        low = middle
      }
    }
    // The verifier knows the first root itself, when it stands in the second tree as a node.
    if low > 0 { path.append(try Self.root(low, high, node)) }
    return path.reversed()
  }

  /// The largest power of two below `count`, which is at least 2.
  private static func split(_ count: Int64) -> Int64 {
    1 << Int64(63 - (count - 1).leadingZeroBitCount)
  }

  private static func root<Failure: Error>(
    _ from: Int64, _ to: Int64, _ node: (TreeNode.Place) throws(Failure) -> Digest
  ) throws(Failure) -> Digest {
    var root: Digest?
    for place in TreeRange.places(from: from, to: to).reversed() {
      let hash = try node(place)
      root = root.map { MerkleHash.node(hash, $0) } ?? hash
    }
    return root ?? MerkleHash.empty
  }
}
