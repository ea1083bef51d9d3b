package import Quantities
package import SiteModel

/// The import cap that holds at an instant: the connection's, or what a demand-response event asks for meanwhile.
///
/// Looks at the events again only when one begins or ends, or the clock goes back.
package struct CapInForce: Sendable {
  private struct Window: Sendable {
    let slot: Slot
    let cap: Double
  }

  private let connection: Double
  private var windows: [Window]
  private var holdsFrom = UTCInstant(milliseconds: .max)
  private var holdsUntil = UTCInstant(milliseconds: .min)
  /// kW.
  package private(set) var cap: Double

  /// Before the first instant the connection's cap holds. A cap above it, or below zero, changes nothing or is zero.
  package init(connection: Kilowatts, events: [DemandEvent]) {
    self.connection = connection.value
    self.cap = connection.value
    self.windows = events.compactMap { event in
      event.importCap.map { Window(slot: event.window, cap: max(0, $0.value)) }
    }
  }

  /// Puts other events in force, from the next instant on.
  package mutating func replace(_ events: [DemandEvent]) {
    let cap = self.cap
    self = CapInForce(connection: Kilowatts(self.connection), events: events)
    self.cap = cap
  }

  /// The time is `wall`. Returns whether another cap holds now.
  package mutating func enter(_ wall: UTCInstant) -> Bool {
    if wall >= self.holdsFrom, wall < self.holdsUntil { return false }
    let before = self.cap
    self.cap = self.connection
    self.holdsFrom = UTCInstant(milliseconds: .min)
    self.holdsUntil = UTCInstant(milliseconds: .max)
    for window in self.windows {
      if window.slot.contains(wall) { self.cap = min(self.cap, window.cap) }
      for change in [window.slot.start, window.slot.end] {
        if change <= wall {
          self.holdsFrom = max(self.holdsFrom, change)
        } else {
          self.holdsUntil = min(self.holdsUntil, change)
        }
      }
    }
    return self.cap != before
  }
}
