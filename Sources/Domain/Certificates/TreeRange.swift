/// A run of leaves as complete subtrees.
public enum TreeRange {
  /// The largest complete subtrees that cover the leaves `from..<to`, left to right. At most 126 of them.
  public static func places(from: Int64, to: Int64) -> [TreeNode.Place] {
    var places: [TreeNode.Place] = []
    var next = max(0, from)
    while next < to {
      var level = next == 0 ? 62 : next.trailingZeroBitCount
      while level > 0 && (1 << Int64(level)) > to - next { level -= 1 }
      places.append(TreeNode.Place(level: level, index: next >> Int64(level)))
      next += 1 << Int64(level)
    }
    return places
  }
}
