package import Quantities

/// Which rigs of a bank a count means. Stops are first-in-first-out, starts go to the rig that was off
/// longest, ties to the contact with the fewest switches; the import guard takes the newest start first.
package enum RigChoice {
  /// The rig to start next, dwell aside; nil when none is available. If its minimum off time is not over, no
  /// other rig's is.
  package static func toStart(_ rigs: ArraySlice<RigState>, at now: MonotonicInstant) -> Int? {
    var best: Int?
    for index in rigs.indices where rigs[index].isAvailable(at: now) {
      guard let current = best else {
        best = index
        continue
      }
      if self.precedes(rigs[index], rigs[current]) { best = index }
    }
    return best
  }

  /// Up to `count` rigs to stop, in order, among those past their minimum on time in milliseconds. `sparing` those
  /// that a person holds on.
  package static func toStop(
    _ rigs: ArraySlice<RigState>, count: Int, minimumOn: Int64, sparing: Bool = false,
    at now: MonotonicInstant
  ) -> [Int] {
    let ripe = rigs.indices.filter {
      rigs[$0].closed && rigs[$0].dwell(at: now) >= minimumOn && !(sparing && rigs[$0].held == true)
    }
    let order = ripe.sorted { a, b in
      (rigs[a].since, rigs[a].cycles, a) < (rigs[b].since, rigs[b].cycles, b)
    }
    return Array(order.prefix(count))
  }

  /// All rigs that are on, newest start first.
  package static func newestFirst(_ rigs: [RigState]) -> [Int] {
    rigs.indices.filter { rigs[$0].closed }.sorted { a, b in
      (rigs[a].since, a) > (rigs[b].since, b)
    }
  }

  private static func precedes(_ a: RigState, _ b: RigState) -> Bool {
    a.since == b.since ? a.cycles < b.cycles : a.since < b.since
  }
}
