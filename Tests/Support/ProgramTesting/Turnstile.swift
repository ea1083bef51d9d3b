/// Lets a limited number of tasks pass at a time, in the order in which they came.
actor Turnstile {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(places: Int) { self.free = places }

  func pass<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
    await self.enter()
    defer { self.leave() }
    return try await body()
  }

  private func enter() async {
    if self.free > 0 {
      self.free -= 1
    } else {
      // Whoever leaves hands over its place.
      await withCheckedContinuation { self.waiting.append($0) }
    }
  }

  private func leave() {
    if self.waiting.isEmpty { self.free += 1 } else { self.waiting.removeFirst().resume() }
  }
}
