/// Expected cost of one slot against the number of rigs running, from the fewest to the most that its caps allow.
///
/// Linear between whole counts, so a few of them tell everything. Convex unless exporting pays more than importing
/// costs; the lower hull then still bounds the cost from below, the better the narrower the range it is taken over.
struct SlotCurve {
  /// A convex curve below the true one that touches it at its corners, the ends of its range among them.
  struct Hull {
    var counts: [Int]
    var costs: [Double]

    /// Cost per rig of each piece.
    func slope(_ piece: Int) -> Double {
      (self.costs[piece + 1] - self.costs[piece]) / Double(self.counts[piece + 1] - self.counts[piece])
    }
  }

  let lower: Int
  let upper: Int
  let isConvex: Bool
  /// The hull over the whole range.
  let hull: Hull
  /// Counts up to which each has its cost at hand.
  private static let denseCounts = 100
  /// Whole counts between which the cost is linear.
  private let counts: [Int]
  private let costs: [Double]
  /// One cost per count where they are few enough to keep, otherwise empty.
  private let table: [Double]

  /// `counts` ascending and not empty.
  init(counts: [Int], costs: [Double]) {
    self.counts = counts
    self.costs = costs
    self.lower = counts[0]
    self.upper = counts[counts.count - 1]
    self.table = self.upper - self.lower <= Self.denseCounts ? Self.table(counts, costs) : []
    (self.hull, self.isConvex) = Self.hull(counts, costs)
  }

  private static func table(_ counts: [Int], _ costs: [Double]) -> [Double] {
    var table = [costs[0]]
    table.reserveCapacity(counts[counts.count - 1] - counts[0] + 1)
    for corner in 1..<max(1, counts.count) {
      let length = counts[corner] - counts[corner - 1]
      let slope = (costs[corner] - costs[corner - 1]) / Double(length)
      for step in 1..<length { table.append(costs[corner - 1] + slope * Double(step)) }
      table.append(costs[corner])
    }
    return table
  }

  /// The lower hull of points in ascending order, and whether none lies above it.
  private static func hull(_ counts: [Int], _ costs: [Double]) -> (hull: Hull, isConvex: Bool) {
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
    return (Hull(counts: hull.map { counts[$0] }, costs: hull.map { costs[$0] }), isConvex)
  }

  /// Cost of a whole count within `lower...upper`.
  func cost(_ count: Int) -> Double {
    if !self.table.isEmpty { return self.table[count - self.lower] }
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

  /// Cost between whole counts, on the straight line that joins them.
  func cost(_ count: Double) -> Double {
    let below = min(max(self.lower, Int(count.rounded(.down))), self.upper)
    let above = min(below + 1, self.upper)
    let share = min(max(0, count - Double(below)), 1)
    return (1 - share) * self.cost(below) + share * self.cost(above)
  }

  /// The lower hull over a range within `lower...upper`.
  func hull(over range: ClosedRange<Int>) -> Hull {
    var counts = [range.lowerBound]
    for count in self.counts where count > range.lowerBound && count < range.upperBound {
      counts.append(count)
    }
    if range.upperBound > range.lowerBound { counts.append(range.upperBound) }
    return Self.hull(counts, counts.map { self.cost($0) }).hull
  }

  /// Pieces that the hull over any range may need.
  var mostPieces: Int {
    if self.isConvex { return self.hull.counts.count - 1 }
    var corners = 0
    let scale = self.costs.reduce(1) { max($0, abs($1)) }
    for point in self.counts.indices.dropFirst().dropLast() {
      let before =
        (self.costs[point] - self.costs[point - 1])
        * Double(self.counts[point + 1] - self.counts[point])
      let after =
        (self.costs[point + 1] - self.costs[point])
        * Double(self.counts[point] - self.counts[point - 1])
      if abs(before - after) > 1e-12 * scale { corners += 1 }
    }
    return min(self.upper - self.lower, corners + 1)
  }

  /// The count at which the true cost rises furthest above a hull, and by how much.
  func worst(over hull: Hull) -> (count: Int, excess: Double) {
    var worst = (count: hull.counts[0], excess: 0.0)
    var piece = 0
    for count in self.counts where count > hull.counts[0] && count < hull.counts[hull.counts.count - 1] {
      while hull.counts[piece + 1] < count { piece += 1 }
      let below = hull.costs[piece] + hull.slope(piece) * Double(count - hull.counts[piece])
      let excess = self.cost(count) - below
      if excess > worst.excess { worst = (count, excess) }
    }
    return worst
  }
}
