import Control
import Quantities
import SiteModel

/// What every line did and was told, as seen from outside.
struct LineBook {
  struct Line {
    var closed = false
    /// World time of the last change; long before the run for a line that never changed.
    var switchedAt = MonotonicInstant(milliseconds: -1 << 40)
    /// A close was commanded since the line last closed.
    var isCloseCommanded = false
    /// Who commanded it open since it last closed; nil when nobody did.
    var openedBy: Authority?
    var isUnreliable = false
    /// When its relay last began to obey again.
    var reliableSince = MonotonicInstant(milliseconds: -1 << 40)
  }

  /// A command that a relay refused comes again within this time.
  private static let retry = Duration.seconds(5)

  private(set) var lines: [Line]
  /// Closed lines per bank.
  private(set) var closed: [Int]
  let firstRig: [Int]
  private var unreliable: [RigID] = []
  private var isAlive = true
  /// The controller's last start, after which it takes every output for just switched; long before the run at first.
  private(set) var restartedAt = MonotonicInstant(milliseconds: -1 << 40)

  init(site: Site) {
    var first = [0]
    for (index, bank) in site.banks.enumerated() { first.append(first[index] + bank.count) }
    self.firstRig = first
    self.lines = Array(repeating: Line(), count: first[first.count - 1])
    self.closed = Array(repeating: 0, count: site.banks.count)
  }

  func index(of rig: RigID) -> Int? {
    guard rig.bank >= 0, rig.bank + 1 < self.firstRig.count, rig.rig >= 0 else { return nil }
    let index = self.firstRig[rig.bank] + rig.rig
    return index < self.firstRig[rig.bank + 1] ? index : nil
  }

  func indices(of bank: Int) -> Range<Int> { self.firstRig[bank]..<self.firstRig[bank + 1] }

  /// Closed lines whose relays obey.
  var controllable: Int { self.closed.reduce(0, +) - self.closedUnreliable { _ in true } }

  /// Closed lines of a bank whose relays obey.
  func reliable(in bank: Int) -> Int { self.closed[bank] - self.closedUnreliable { $0.bank == bank } }

  private func closedUnreliable(where isCounted: (RigID) -> Bool) -> Int {
    self.unreliable.count { rig in
      guard isCounted(rig), let index = self.index(of: rig) else { return false }
      return self.lines[index].closed
    }
  }

  mutating func note(_ command: RelayCommand) {
    guard let index = self.index(of: command.rig) else { return }
    if command.closed {
      self.lines[index].isCloseCommanded = true
    } else {
      self.lines[index].openedBy = command.authority
    }
  }

  mutating func change(_ index: Int, bank: Int, to closed: Bool, at instant: MonotonicInstant) {
    guard self.lines[index].closed != closed else { return }
    self.lines[index].closed = closed
    self.lines[index].switchedAt = instant
    if closed {
      self.lines[index].isCloseCommanded = false
      self.lines[index].openedBy = nil
    }
    self.closed[bank] += closed ? 1 : -1
  }

  /// Whether the controller's process lives in this tick.
  @inline(__always) mutating func mark(isAlive: Bool, at now: MonotonicInstant) {
    if isAlive && !self.isAlive { self.restartedAt = now }
    self.isAlive = isAlive
  }

  /// How long the controller, which forgets the past with its life, can know line `index` to be as it is.
  func knownFor(_ index: Int, at now: MonotonicInstant) -> Duration {
    now - max(self.lines[index].switchedAt, self.restartedAt)
  }

  /// True when the line's relay obeys and has done so for long enough to be told again.
  func obeys(_ index: Int, at now: MonotonicInstant) -> Bool {
    !self.lines[index].isUnreliable && now - self.lines[index].reliableSince > Self.retry
  }

  @inline(__always) mutating func mark(unreliable rigs: [RigID], at now: MonotonicInstant) {
    if rigs.isEmpty && self.unreliable.isEmpty { return }
    self.replace(unreliable: rigs, at: now)
  }

  private mutating func replace(unreliable rigs: [RigID], at now: MonotonicInstant) {
    guard rigs != self.unreliable else { return }
    for rig in self.unreliable {
      guard let index = self.index(of: rig) else { continue }
      self.lines[index].isUnreliable = false
      self.lines[index].reliableSince = now
    }
    for rig in rigs { if let index = self.index(of: rig) { self.lines[index].isUnreliable = true } }
    self.unreliable = rigs
  }
}
