import Glibc
import Quantities

/// Draws episodes and says which are present. Every kind draws from a stream of its own, so that one kind's fortune
/// never shifts another's.
struct FaultSchedule {
  private struct Lane {
    let kind: FaultKind
    var generator: SplitMix64
    let rate: FaultRate?
    var scripted: ArraySlice<FaultEpisode>
    /// The episode that is present or comes next.
    var episode: FaultEpisode?
    var isPresent = false
  }

  /// Kinds present now.
  private(set) var present = FaultSet()
  private var lanes: [Lane]
  private var nextChange: Int64 = .max
  private let sparseness: Double
  let unsetClockChance: Double

  private static let dayMilliseconds: Int64 = 86_400_000
  private static let stormMilliseconds: Int64 = 64_800_000
  /// Episodes of these kinds last into the calm hours: they are harmless until the holdover ends.
  static let outlastStorms = FaultSet([.clockUnsynchronised])

  init(_ plan: FaultPlan, seed: SplitMix64) {
    let script: [FaultEpisode]
    let intensity: FaultIntensity
    switch plan {
    case .seeded(let chosen):
      script = []
      intensity = chosen
    case .scripted(let episodes):
      script = episodes.sorted { $0.start < $1.start }
      intensity = .none
    }
    self.sparseness = intensity.sparseness ?? 0
    self.unsetClockChance = intensity.unsetClockChance
    self.lanes = FaultKind.allCases.map { kind in
      Lane(
        kind: kind, generator: seed.stream(UInt64(kind.rawValue)),
        rate: intensity.sparseness == nil ? nil : FaultRate.of(kind),
        scripted: script.filter { $0.kind == kind }[...],
        episode: nil)
    }
    for index in self.lanes.indices { self.drawNext(index, after: 0) }
    self.nextChange = self.earliestChange()
  }

  /// The present episode of a kind.
  func episode(_ kind: FaultKind) -> FaultEpisode? {
    let lane = self.lanes[kind.rawValue]
    return lane.isPresent ? lane.episode : nil
  }

  @inline(__always) func hasChange(at now: MonotonicInstant) -> Bool { now.milliseconds >= self.nextChange }

  /// Brings the set of present faults up to `now` and returns what ended and what began.
  mutating func update(at now: MonotonicInstant) -> (ended: [FaultEpisode], began: [FaultEpisode]) {
    var ended: [FaultEpisode] = []
    var began: [FaultEpisode] = []
    for index in self.lanes.indices {
      // A long step of time may pass over whole episodes: those that end in it are not met.
      while let episode = self.lanes[index].episode {
        if !self.lanes[index].isPresent, episode.start <= now, episode.end > now {
          self.lanes[index].isPresent = true
          self.present.insert(episode.kind)
          began.append(episode)
        }
        guard episode.end <= now else { break }
        if self.lanes[index].isPresent { ended.append(episode) }
        self.retire(index, at: episode.end)
      }
    }
    self.nextChange = self.earliestChange()
    return (ended, began)
  }

  /// Ends a momentary fault that has struck.
  mutating func finish(_ kind: FaultKind, at now: MonotonicInstant) {
    guard self.lanes[kind.rawValue].isPresent else { return }
    self.retire(kind.rawValue, at: now)
    self.nextChange = self.earliestChange()
  }

  private mutating func retire(_ index: Int, at end: MonotonicInstant) {
    self.lanes[index].isPresent = false
    self.present.remove(self.lanes[index].kind)
    self.drawNext(index, after: end.milliseconds)
  }

  private mutating func drawNext(_ index: Int, after end: Int64) {
    if let next = self.lanes[index].scripted.popFirst() {
      self.lanes[index].episode = next
      return
    }
    guard let rate = self.lanes[index].rate else {
      self.lanes[index].episode = nil
      return
    }
    let kind = self.lanes[index].kind
    self.lanes[index].episode = Self.draw(
      kind, rate: rate, sparseness: self.sparseness, after: end, from: &self.lanes[index].generator)
  }

  /// Exponential gaps of storm time, then a length that ends with the storm at the latest.
  private static func draw(
    _ kind: FaultKind, rate: FaultRate, sparseness: Double, after end: Int64, from generator: inout SplitMix64
  ) -> FaultEpisode {
    let mean = Double(rate.meanGap.wholeMilliseconds) * sparseness
    let gap = Int64(min(-log(1 - generator.uniform()) * mean, mean * 12))
    let start = Self.afterStormTime(gap, from: end)
    let span = log(Double(rate.longest.wholeMilliseconds) / Double(rate.shortest.wholeMilliseconds))
    var length = Int64(Double(rate.shortest.wholeMilliseconds) * exp(generator.uniform() * span))
    if !Self.outlastStorms.contains(kind) {
      length = min(length, Self.stormMilliseconds - start % Self.dayMilliseconds)
    }
    return FaultEpisode(
      kind: kind, start: MonotonicInstant(milliseconds: start), length: .milliseconds(length),
      target: generator.next(), severity: generator.uniform())
  }

  /// The instant when `gap` milliseconds of storm have passed since `instant`.
  private static func afterStormTime(_ gap: Int64, from instant: Int64) -> Int64 {
    let day = instant / Self.dayMilliseconds
    let stormTime =
      day * Self.stormMilliseconds + min(instant % Self.dayMilliseconds, Self.stormMilliseconds) + gap
    return stormTime / Self.stormMilliseconds * Self.dayMilliseconds + stormTime % Self.stormMilliseconds
  }

  private func earliestChange() -> Int64 {
    var earliest = Int64.max
    for lane in self.lanes {
      guard let episode = lane.episode else { continue }
      earliest = min(earliest, (lane.isPresent ? episode.end : episode.start).milliseconds)
    }
    return earliest
  }
}
