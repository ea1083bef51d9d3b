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
    /// The relay does not obey or lies, or did until so shortly ago that it has not been tried again.
    var isUnreliable = false
  }

  private(set) var lines: [Line]
  /// Closed lines per bank.
  private(set) var closed: [Int]
  let firstRig: [Int]
  /// Rigs marked unreliable, each with the end of its fault; nil while the fault lasts.
  private var unreliable: [(rig: RigID, end: MonotonicInstant?)] = []
  private let retry: Int64

  init(site: Site, limits: InvariantLimits) {
    self.retry = limits.relayRetry.wholeMilliseconds
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
    self.unreliable.count { entry in
      guard isCounted(entry.rig), let index = self.index(of: entry.rig) else { return false }
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

  @inline(__always) mutating func mark(unreliable rigs: [RigID], at now: MonotonicInstant) {
    if rigs.isEmpty && self.unreliable.isEmpty { return }
    self.replace(unreliable: rigs, at: now)
  }

  private mutating func replace(unreliable rigs: [RigID], at now: MonotonicInstant) {
    for rig in rigs where !self.unreliable.contains(where: { $0.rig == rig }) {
      self.unreliable.append((rig, nil))
      self.setUnreliable(rig, true)
    }
    for position in self.unreliable.indices.reversed() {
      let (rig, end) = self.unreliable[position]
      if rigs.contains(rig) {
        self.unreliable[position].end = nil
      } else if let end, now.millisecondsSince(end) >= self.retry {
        self.unreliable.remove(at: position)
        self.setUnreliable(rig, false)
      } else if end == nil {
        self.unreliable[position].end = now
      }
    }
  }

  private mutating func setUnreliable(_ rig: RigID, _ isUnreliable: Bool) {
    if let index = self.index(of: rig) { self.lines[index].isUnreliable = isUnreliable }
  }
}
