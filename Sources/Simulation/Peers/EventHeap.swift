import Quantities

/// Events in the order of their time; those of one time in the order they were added.
struct EventHeap<Event> {
  private var items: [(at: Int64, number: UInt64, event: Event)] = []
  private var number: UInt64 = 0

  var isEmpty: Bool { self.items.isEmpty }
  var count: Int { self.items.count }
  var next: MonotonicInstant? { self.items.first.map { MonotonicInstant(milliseconds: $0.at) } }

  mutating func add(_ event: Event, at time: MonotonicInstant) {
    self.number += 1
    self.items.append((time.milliseconds, self.number, event))
    var child = self.items.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard self.precedes(child, parent) else { break }
      self.items.swapAt(child, parent)
      child = parent
    }
  }

  mutating func removeFirst() -> (at: MonotonicInstant, event: Event)? {
    guard let first = self.items.first, let last = self.items.popLast() else { return nil }
    if !self.items.isEmpty {
      self.items[0] = last
      self.sink()
    }
    return (MonotonicInstant(milliseconds: first.at), first.event)
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < self.items.count {
        if self.precedes(child, least) { least = child }
      }
      guard least != parent else { return }
      self.items.swapAt(parent, least)
      parent = least
    }
  }

  private func precedes(_ a: Int, _ b: Int) -> Bool {
    (self.items[a].at, self.items[a].number) < (self.items[b].at, self.items[b].number)
  }
}
