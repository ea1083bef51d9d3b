public import Cryptography

/// One node of the tree whose subtree is complete: `level` 0 is a leaf, and it covers the leaves from
/// `index << level` on, `1 << level` of them. Such a node never changes again.
public struct TreeNode: Sendable, Hashable {
  public struct Place: Sendable, Hashable {
    public var level: Int
    public var index: Int64
    public init(level: Int, index: Int64) {
      self.level = level
      self.index = index
    }
    /// Leaves before and up to the end of the node's subtree.
    var end: Int64 { (self.index + 1) << Int64(self.level) }
  }
  public var place: Place
  public var hash: Digest
  public init(place: Place, hash: Digest) {
    self.place = place
    self.hash = hash
  }
}

/// All that appending to a tree needs of it: the roots of its complete subtrees, largest first, one for each bit of its
/// size. At most 63 hashes, however many leaves.
public struct TreeFrontier: Sendable, Hashable {
  public private(set) var size: Int64
  public private(set) var hashes: [Digest]

  /// The tree without leaves.
  public init() {
    self.size = 0
    self.hashes = []
  }

  /// Nil unless there is one hash for every bit of `size`.
  public init?(size: Int64, hashes: [Digest]) {
    guard size >= 0, hashes.count == size.nonzeroBitCount else { return nil }
    self.size = size
    self.hashes = hashes
  }

  /// Where the hashes of a frontier stand in the tree, in their order.
  public static func places(size: Int64) -> [TreeNode.Place] {
    TreeRange.places(from: 0, to: size)
  }

  /// Adds a leaf; returns the inner nodes it completes, lowest first. One on average.
  public mutating func append(leaf: Digest) -> [TreeNode] {
    var sha = SHA256()
    return self.append(leaf: leaf, &sha)
  }

  @discardableResult
  mutating func append(leaf: Digest, _ sha: inout SHA256) -> [TreeNode] {
    self.append(TreeNode(place: .init(level: 0, index: self.size), hash: leaf), &sha)
  }

  /// Adds a complete subtree, whose first leaf must be the next one; returns the inner nodes it completes.
  @discardableResult
  mutating func append(_ node: TreeNode, _ sha: inout SHA256) -> [TreeNode] {
    precondition(node.place.index << Int64(node.place.level) == self.size, "subtrees come in order")
    var completed: [TreeNode] = []
    var hash = node.hash
    var place = node.place
    while !place.index.isMultiple(of: 2), let left = self.hashes.popLast() {
      hash = MerkleHash.node(left, hash, &sha)
      place = TreeNode.Place(level: place.level + 1, index: place.index >> 1)
      completed.append(TreeNode(place: place, hash: hash))
    }
    self.hashes.append(hash)
    self.size = node.place.end
    return completed
  }

  /// The root of the whole tree.
  public var root: Digest {
    guard var root = self.hashes.last else { return MerkleHash.empty }
    var sha = SHA256()
    for left in self.hashes.dropLast().reversed() { root = MerkleHash.node(left, root, &sha) }
    return root
  }
}
