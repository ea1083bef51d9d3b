import Forecasting
import Quantities
import Testing

@Suite struct ScenarioReductionTests {
  /// Random courses of power from a seed.
  private static func courses(_ count: Int, slots: Int, seed: UInt64) -> [[Double]] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { _ in
      let level = generator.uniform(0, 100)
      return (0..<slots).map { _ in level + generator.uniform(-5, 5) }
    }
  }

  private static func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  /// Probability-weighted distance of all courses to the nearest chosen one.
  private static func loss(_ courses: [[Double]], _ weights: [Double], _ chosen: [Int]) -> Double {
    zip(courses, weights).reduce(0) { sum, pair in
      sum + pair.1 * (chosen.map { Self.distance(pair.0, courses[$0]) }.min() ?? .infinity)
    }
  }

  @Test func `few enough courses stay as they are`() {
    let courses = Self.courses(3, slots: 4, seed: 1)
    let kept = ScenarioReduction.reduce(
      courses: courses, weights: [0.5, 0.3, 0.2], hours: [1, 1, 1, 1], to: 3)
    #expect(kept.map(\.index) == [0, 1, 2])
    #expect(kept.map(\.weight) == [0.5, 0.3, 0.2])
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `each step chooses the best course to add, and nothing of the probability is lost`(seed: UInt64) {
    let courses = Self.courses(12, slots: 6, seed: seed)
    let weights = [Double](repeating: 1.0 / 12, count: 12)
    var chosen: [Int] = []
    for most in 1...5 {
      // By hand: the course that brings the loss down most.
      let best = (0..<12).filter { !chosen.contains($0) }.min {
        Self.loss(courses, weights, chosen + [$0]) < Self.loss(courses, weights, chosen + [$1])
      }
      chosen.append(best ?? 0)
      let kept = ScenarioReduction.reduce(
        courses: courses, weights: weights, hours: [Double](repeating: 1, count: 6), to: most)
      #expect(kept.map(\.index) == chosen.sorted())
      #expect(agree(kept.reduce(0) { $0 + $1.weight }, 1))
      for (index, weight) in kept {
        let nearest = courses.indices.count { course in
          chosen.allSatisfy {
            Self.distance(courses[course], courses[index]) <= Self.distance(courses[course], courses[$0])
          }
        }
        #expect(agree(weight, Double(nearest) / 12))
      }
    }
  }

  @Test func `a long slot counts more than a short one`() {
    // The first two differ in the short slot, the first and third in the long one.
    let kept = ScenarioReduction.reduce(
      courses: [[0, 0], [12, 0], [0, 10]], weights: [0.4, 0.3, 0.3], hours: [0.25, 4], to: 2)
    #expect(kept.map(\.index) == [0, 2])
    #expect(kept.map(\.weight) == [0.7, 0.3])
  }
}
