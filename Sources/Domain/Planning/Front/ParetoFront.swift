public import Quantities

/// Plans between the cheapest and the cleanest, none of which is beaten in both cost and CO2 by another.
///
/// Cost is what a plan minimises without its price of carbon, so that carbon counts once: on its own axis.
public struct ParetoFront: Sendable, Hashable {
  public struct Point: Sendable, Hashable {
    public enum Role: String, Sendable, Hashable {
      /// The least cost, with the least CO2 among plans of that cost.
      case cheapest
      /// The least cost under a cap on CO2.
      case capped
      /// The least CO2, with the least cost among plans of that CO2.
      case leastCO2 = "least_co2"
    }

    public var role: Role
    /// The CO2 allowed; nil for the cheapest.
    public var cap: KilogramsCO2?
    /// A plan of the problem without its carbon price; its objective is the cost and its bound that of the cost.
    public var plan: Plan

    public var cost: Money { Money(self.plan.objective) }
    public var co2: KilogramsCO2 { self.plan.totals.co2 }

    /// Whether neither cost nor CO2 exceeds another point's by more than rounding.
    func isNoWorse(than other: Point) -> Bool {
      func exceeds(_ a: Double, _ b: Double) -> Bool { a - b > 1e-6 * max(1, abs(a), abs(b)) }
      return !exceeds(self.cost.value, other.cost.value) && !exceeds(self.co2.value, other.co2.value)
    }
  }

  /// A point that was computed and tells nothing new.
  public struct Removal: Sendable, Hashable {
    public enum Cause: String, Sendable, Hashable {
      /// Another point has the same cost and CO2.
      case duplicate
      /// Another point is no worse in both and better in one.
      case dominated
    }
    public var point: Point
    public var cause: Cause
  }

  /// Dearest last: cost rises and CO2 falls from each point to the next.
  public var points: [Point]
  public var removed: [Removal]

  /// Sorts candidates into those that stand and those that another one makes needless.
  init(_ candidates: [Point]) {
    self.points = []
    self.removed = []
    for candidate in candidates.sorted(by: { ($0.cost, $0.co2) < ($1.cost, $1.co2) }) {
      while let last = self.points.last, candidate.isNoWorse(than: last), !last.isNoWorse(than: candidate) {
        self.points.removeLast()
        self.removed.append(Removal(point: last, cause: .dominated))
      }
      // All that stand cost no more; the last of them has the least CO2.
      if let last = self.points.last, last.isNoWorse(than: candidate) {
        let cause = candidate.isNoWorse(than: last) ? Removal.Cause.duplicate : .dominated
        self.removed.append(Removal(point: candidate, cause: cause))
      } else {
        self.points.append(candidate)
      }
    }
  }

  /// Cost of the last kg of CO2 that a point avoids, against the point before it; nil for the first.
  public func costPerKilogram(at index: Int) -> Money? {
    guard index > 0, self.points.indices.contains(index) else { return nil }
    let avoided = self.points[index - 1].co2 - self.points[index].co2
    return (self.points[index].cost - self.points[index - 1].cost) / avoided.value
  }
}

/// A front, or the reason why there is no plan at all.
public enum ParetoOutcome: Sendable, Hashable {
  case front(ParetoFront)
  case infeasible(Infeasibility)
}
