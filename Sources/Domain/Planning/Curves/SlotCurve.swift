/// Expected cost of one slot against the number of rigs running, from the fewest to the most that its caps allow.
///
/// Linear between whole counts, so a few of them tell everything. Convex unless exporting pays more than importing
/// costs; the lower hull then still bounds the cost from below.
struct SlotCurve {
  let lower: Int
  let upper: Int
  let isConvex: Bool
  /// Corners of the lower convex hull.
  let hullCounts: [Int]
  let hullCosts: [Double]
  /// Whole counts between which the cost is linear.
  private let counts: [Int]
  private let costs: [Double]
  /// One cost per count where they are few enough to keep.
  private let isDense: Bool

  /// `counts` ascending and not empty.
  init(counts: [Int], costs: [Double]) {
    self.counts = counts
    self.costs = costs
    self.lower = counts[0]
    self.upper = counts[counts.count - 1]
    self.isDense = self.upper - self.lower + 1 == counts.count
    var hull: [Int] = []
    var isConvex = true
    let scale = costs.reduce(1) { max($0, abs($1)) }
    for point in counts.indices {
      while hull.count >= 2 {
        let a = hull[hull.count - 2]
        let b = hull[hull.count - 1]
        let before = (costs[b] - costs[a]) * Double(counts[point] - counts[b])
        let after = (costs[point] - costs[b]) * Double(counts[b] - counts[a])
        // Points on a straight line are left out; a point above it makes the curve bend the wrong way.
        if before < after - 1e-12 * scale { break }
        if before > after + 1e-9 * scale { isConvex = false }
        hull.removeLast()
      }
      hull.append(point)
    }
    self.isConvex = isConvex
    self.hullCounts = hull.map { counts[$0] }
    self.hullCosts = hull.map { costs[$0] }
  }

  /// Cost of a whole count within `lower...upper`.
  func cost(_ count: Int) -> Double {
    if self.isDense { return self.costs[count - self.lower] }
    var low = 0
    var high = self.counts.count - 1
    while low + 1 < high {
      let middle = (low + high) / 2
      if self.counts[middle] <= count { low = middle } else { high = middle }
    }
    if low == high { return self.costs[low] }
    let share = Double(count - self.counts[low]) / Double(self.counts[high] - self.counts[low])
    return self.costs[low] + share * (self.costs[high] - self.costs[low])
  }
}
