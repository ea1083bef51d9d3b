/// Few scenarios in the place of many, as near to them as can be: fast forward selection (Heitsch and Roemisch,
/// "Scenario reduction algorithms in stochastic programming", Computational Optimization and Applications 24, 2003,
/// algorithm 2.4). One scenario after the other is chosen so that the probability-weighted distance of all others to
/// the nearest chosen one becomes as small as possible; what is left out gives its probability to the chosen one it is
/// nearest to.
public enum ScenarioReduction {
  /// The chosen courses, in the order given, with their new weights. The whole takes about
  /// `courses^2 * (slots / 2 + keep)` steps.
  ///
  /// - Parameters:
  ///   - courses: All equally long.
  ///   - weights: One per course, summing to 1.
  ///   - hours: Length of each slot, by which its differences count.
  ///   - most: How many to keep at most, at least 1.
  public static func reduce(courses: [[Double]], weights: [Double], hours: [Double], to most: Int) -> [(
    index: Int, weight: Double
  )] {
    guard courses.count > max(1, most) else { return zip(courses.indices, weights).map { ($0, $1) } }
    let distances = Self.distances(courses, hours)
    let chosen = Self.choose(max(1, most), distances: distances, weights: weights)
    var shares = [Double](repeating: 0, count: courses.count)
    for course in courses.indices {
      let nearest = chosen.min { distances[course][$0] < distances[course][$1] } ?? course
      shares[nearest] += weights[course]
    }
    return chosen.sorted().map { ($0, shares[$0]) }
  }

  private static func choose(_ count: Int, distances: [[Double]], weights: [Double]) -> [Int] {
    var chosen: [Int] = []
    var isChosen = [Bool](repeating: false, count: weights.count)
    // Distance of every course to the nearest chosen one so far.
    var nearest = [Double](repeating: .infinity, count: weights.count)
    while chosen.count < count {
      var best: (index: Int, sum: Double)?
      for candidate in weights.indices where !isChosen[candidate] {
        var sum = 0.0
        for other in weights.indices {
          sum += weights[other] * min(nearest[other], distances[candidate][other])
        }
        if best.map({ sum < $0.sum }) ?? true { best = (candidate, sum) }
      }
      guard let best else { break }
      chosen.append(best.index)
      isChosen[best.index] = true
      for other in weights.indices { nearest[other] = min(nearest[other], distances[best.index][other]) }
    }
    return chosen
  }

  private static func distances(_ courses: [[Double]], _ hours: [Double]) -> [[Double]] {
    var distances = courses.map { _ in [Double](repeating: 0, count: courses.count) }
    for a in courses.indices {
      for b in courses.indices where b > a {
        var sum = 0.0
        for slot in hours.indices {
          let difference = courses[a][slot] - courses[b][slot]
          sum += difference * difference * hours[slot]
        }
        distances[a][b] = sum.squareRoot()
        distances[b][a] = distances[a][b]
      }
    }
    return distances
  }
}
