public import Cryptography

// Verification by the algorithms of RFC 9162, 2.1.3.2 and 2.1.4.2. Numbers and hashes come from outside.
extension MerkleProof {
  /// Whether `proof` leads from a leaf's hash to `root`.
  public static func isInclusion(
    _ proof: [Digest], of leaf: Digest, index: Int64, size: Int64, root: Digest
  ) -> Bool {
    guard index >= 0, index < size else { return false }
    var (node, last) = (index, size - 1)
    var hash = leaf
    for sibling in proof {
      guard last > 0 else { return false }
      if !node.isMultiple(of: 2) || node == last {
        hash = MerkleHash.node(sibling, hash)
        while node.isMultiple(of: 2) && node != 0 {
          node >>= 1
          last >>= 1
        }
      } else {
        hash = MerkleHash.node(hash, sibling)
      }
      node >>= 1
      last >>= 1
    }
    return last == 0 && hash == root
  }

  /// Whether `proof` shows that the tree of `first` leaves is the beginning of the one of `second`.
  public static func isConsistency(
    _ proof: [Digest], first: Int64, second: Int64, firstRoot: Digest, secondRoot: Digest
  ) -> Bool {
    guard first >= 0, first <= second else { return false }
    if first == second { return proof.isEmpty && firstRoot == secondRoot }
    if first == 0 { return proof.isEmpty && firstRoot == MerkleHash.empty }
    var rest = proof[...]
    var (node, last) = (first - 1, second - 1)
    while !node.isMultiple(of: 2) {
      node >>= 1
      last >>= 1
    }
    // Node 0 here: the first tree is itself a node of the second, and its root needs no line in the proof.
    guard let start = node == 0 ? firstRoot : rest.popFirst() else { return false }
    var (firstHash, secondHash) = (start, start)
    for sibling in rest {
      guard last > 0 else { return false }
      if !node.isMultiple(of: 2) || node == last {
        firstHash = MerkleHash.node(sibling, firstHash)
        secondHash = MerkleHash.node(sibling, secondHash)
        while node.isMultiple(of: 2) && node != 0 {
          node >>= 1
          last >>= 1
        }
      } else {
        secondHash = MerkleHash.node(secondHash, sibling)
      }
      node >>= 1
      last >>= 1
    }
    return last == 0 && firstHash == firstRoot && secondHash == secondRoot
  }
}
