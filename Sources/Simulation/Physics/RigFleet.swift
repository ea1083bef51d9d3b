import Quantities
import SiteModel

/// The rigs of a site with their relays: what the lines ask, what the contacts do, what the rigs draw.
///
/// A rig draws nothing until its contact closes, then ramps linearly to full draw. Power is the mean over a step of
/// time, so the few milliseconds a relay takes show as a small share of the step in which it moves. Levels are whole
/// numbers (`full` is full draw), so sums kept incrementally never drift; only rigs that move cost anything.
struct RigFleet {
  static let full: Int64 = 1 << 20

  /// Index of each bank's first rig, and one past the last rig at the end.
  let firstRig: [Int]
  /// Level asked of each line, what a read-back shows when it does not lie.
  private(set) var lines: [Bool]
  /// Position of each contact.
  private(set) var contacts: [Bool]
  /// Rigs with a closed line, per bank.
  private(set) var closedLines: [Int]
  /// Sum of levels per bank over the last step, in units of `full`.
  private(set) var levelSums: [Int64]

  private let bankOfRig: [Int]
  private let rampMilliseconds: Int64
  private let relayDelays: [Int64]
  private var levels: [Int64]
  private var switchedAt: [Int64]
  /// Level at the moment the contact opened.
  private var levelAtOpening: [Int64]
  private var moving: [Int] = []
  private var isMoving: [Bool]

  init(site: Site, generator: SplitMix64) {
    var generator = generator
    var firstRig = [0]
    var bankOfRig: [Int] = []
    for (index, bank) in site.banks.enumerated() {
      firstRig.append(firstRig[index] + bank.count)
      bankOfRig += Array(repeating: index, count: bank.count)
    }
    let count = bankOfRig.count
    self.firstRig = firstRig
    self.bankOfRig = bankOfRig
    self.lines = Array(repeating: false, count: count)
    self.contacts = self.lines
    self.isMoving = self.lines
    self.closedLines = Array(repeating: 0, count: site.banks.count)
    self.levelSums = Array(repeating: 0, count: site.banks.count)
    self.levels = Array(repeating: 0, count: count)
    self.levelAtOpening = self.levels
    self.switchedAt = self.levels
    self.rampMilliseconds = Int64(min(max(0, site.simulation.startupSeconds), 86_400) * 1000)
    self.relayDelays = (0..<count).map { _ in Int64(generator.uniform(8, 25)) }
    self.moving.reserveCapacity(count)
  }

  var count: Int { self.lines.count }

  /// Position of a rig in the arrays; nil when the site has no such rig.
  func index(of rig: RigID) -> Int? {
    guard rig.bank >= 0, rig.bank + 1 < self.firstRig.count, rig.rig >= 0 else { return nil }
    let index = self.firstRig[rig.bank] + rig.rig
    return index < self.firstRig[rig.bank + 1] ? index : nil
  }

  func rig(at index: Int) -> RigID {
    let bank = self.bankOfRig[index]
    return RigID(bank: bank, rig: index - self.firstRig[bank])
  }

  mutating func setLine(_ index: Int, closed: Bool) {
    guard self.lines[index] != closed else { return }
    self.lines[index] = closed
    self.closedLines[self.bankOfRig[index]] += closed ? 1 : -1
  }

  mutating func setContact(_ index: Int, closed: Bool, at now: MonotonicInstant) {
    guard self.contacts[index] != closed else { return }
    self.contacts[index] = closed
    self.switchedAt[index] = now.milliseconds
    if !closed { self.levelAtOpening[index] = self.levels[index] }
    if !self.isMoving[index] {
      self.isMoving[index] = true
      self.moving.append(index)
    }
  }

  /// Computes the mean level of every moving rig over `start..<end`.
  @inline(__always) mutating func advance(from start: Int64, to end: Int64) {
    if !self.moving.isEmpty { self.advanceMoving(from: start, to: end) }
  }

  private mutating func advanceMoving(from start: Int64, to end: Int64) {
    var kept = 0
    for index in self.moving {
      let moved = self.switchedAt[index] + self.relayDelays[index]
      let (level, isSteady) =
        self.contacts[index]
        ? Self.rising(from: start, to: end, since: moved, ramp: self.rampMilliseconds)
        : Self.falling(self.levelAtOpening[index], from: start, to: end, at: moved)
      self.levelSums[self.bankOfRig[index]] += level - self.levels[index]
      self.levels[index] = level
      self.isMoving[index] = !isSteady
      if !isSteady {
        self.moving[kept] = index
        kept += 1
      }
    }
    self.moving.removeLast(self.moving.count - kept)
  }

  /// Mean over `start..<end` of a ramp from 0 at `since` to `full` after `ramp` milliseconds.
  private static func rising(from start: Int64, to end: Int64, since: Int64, ramp: Int64) -> (Int64, Bool) {
    if start >= since + ramp { return (Self.full, true) }
    func area(_ instant: Int64) -> Double {
      let elapsed = Double(max(0, instant - since))
      let length = Double(ramp)
      return elapsed < length ? elapsed * elapsed / (2 * length) : elapsed - length / 2
    }
    return (Int64((area(end) - area(start)) / Double(end - start) * Double(Self.full)), false)
  }

  private static func falling(_ level: Int64, from start: Int64, to end: Int64, at moment: Int64) -> (
    Int64, Bool
  ) {
    if start >= moment { return (0, true) }
    return (level * min(moment - start, end - start) / (end - start), false)
  }
}
