import Control
import Quantities
import SiteModel

/// Judges a controller's commands against the invariants, from the outside: it knows the site, what the meters
/// could tell, what plans and overrides were handed over, and the commands; nothing of the controller's state.
struct Judge {
  private struct Line {
    var closed = false
    var since: Int64
  }

  private let site: Site
  private var lines: [[Line]]
  private var lastClose: Int64?
  private(set) var faults: [String] = []
  // What is allowed now, per bank.
  var allowed: [Int]
  /// Monotonic milliseconds since which each lifeline is out; nil while it is there.
  var meterOut: Int64?
  var clockOut: Int64?
  var storeOut: Int64?
  private var cap: Kilowatts?
  private var capSeenFrom = Int64.min
  private var dose = 0.0
  private var reliefDue: Int64?
  private var excessSince: [Int64?]

  init(site: Site, at now: Int64) {
    self.site = site
    self.lines = site.banks.map { Array(repeating: Line(since: now), count: $0.count) }
    self.allowed = site.banks.map { _ in 0 }
    self.excessSince = site.banks.map { _ in nil }
  }

  func running(_ bank: Int) -> Int { self.lines[bank].count { $0.closed } }

  /// Every rig just switched: the controller restarted.
  mutating func restart() { self.lastClose = nil }

  mutating func take(_ effects: [ControlEffect], at now: Int64, isTick: Bool) {
    if isTick, effects.last != .heartbeat { self.faults.append("\(now): a tick without its heartbeat last") }
    for (index, effect) in effects.enumerated() {
      guard case .switchRelay(let command) = effect else { continue }
      let isDecided = index > 0 && effects[index - 1] == .record(.decision(command))
      self.take(command, isDecided: isDecided, at: now)
    }
  }

  private mutating func take(_ command: RelayCommand, isDecided: Bool, at now: Int64) {
    guard self.lines.indices.contains(command.rig.bank),
      self.lines[command.rig.bank].indices.contains(command.rig.rig)
    else { return self.faults.append("\(now): a rig that does not exist") }
    let bank = command.rig.bank
    let line = self.lines[bank][command.rig.rig]
    // A level that is sent once more needs no new decision.
    guard line.closed != command.closed else { return }
    if !isDecided { self.faults.append("\(now): a switch without its decision") }
    self.lines[bank][command.rig.rig] = Line(closed: command.closed, since: now)
    let dwell = now - line.since
    if command.closed {
      self.takeClose(bank, dwell: dwell, at: now)
    } else {
      self.reliefDue = nil
      if command.authority > .importGuard, dwell < self.site.banks[bank].minimumOn.wholeMilliseconds {
        self.faults.append("\(now): opened by \(command.authority) after \(dwell) ms on")
      }
    }
  }

  private mutating func takeClose(_ bank: Int, dwell: Int64, at now: Int64) {
    if dwell < self.site.banks[bank].minimumOff.wholeMilliseconds {
      self.faults.append("\(now): closed after \(dwell) ms off")
    }
    if let last = self.lastClose, now - last < self.site.control.stagger.wholeMilliseconds {
      self.faults.append("\(now): closed \(now - last) ms after another")
    }
    self.lastClose = now
    if self.running(bank) > self.allowed[bank] {
      self.faults.append("\(now): \(self.running(bank)) rigs where \(self.allowed[bank]) may run")
    }
    if self.meterOut != nil || self.clockOut != nil || self.storeOut != nil {
      self.faults.append("\(now): closed without a lifeline")
    }
  }

  /// Judges what stands after a tick, with the true import in kW; nil when nothing measured it in this second.
  mutating func judge(imported: Double?, at now: Int64) {
    for bank in self.lines.indices {
      self.judgeFallback(bank, at: now)
      self.judgeExcess(bank, at: now)
    }
    if let imported { self.judgeImport(imported, at: now) }
  }

  /// Rigs of `bank` that have been on for longer than their minimum on time and `slack`.
  private func ripe(_ bank: Int, at now: Int64) -> Int {
    let minimum = self.site.banks[bank].minimumOn.wholeMilliseconds
    return self.lines[bank].count { $0.closed && now - $0.since > minimum + 2000 }
  }

  /// The cap that holds at the next tick.
  mutating func take(cap: Kilowatts, at now: Int64) {
    if cap < self.cap ?? self.site.grid.importCap { self.capSeenFrom = now + 2000 }
    self.cap = cap
  }

  private mutating func judgeFallback(_ bank: Int, at now: Int64) {
    var hold: Int64 = self.site.control.staleHold.wholeMilliseconds
    if case .hold(let length) = self.site.banks[bank].fallback { hold += length.wholeMilliseconds }
    let outages = [self.meterOut, self.clockOut, self.storeOut].compactMap { $0 }
    for out in outages where now - out > hold + 2000 && self.ripe(bank, at: now) > 0 {
      self.faults.append("\(now): bank \(bank) on though a lifeline is out since \(out)")
    }
  }

  private mutating func judgeExcess(_ bank: Int, at now: Int64) {
    let blind = self.clockOut != nil
    guard self.running(bank) > self.allowed[bank], self.ripe(bank, at: now) > 0, !blind else {
      self.excessSince[bank] = nil
      return
    }
    let since = self.excessSince[bank] ?? now
    self.excessSince[bank] = since
    if now - since > 2000 { self.faults.append("\(now): bank \(bank) keeps more rigs than allowed") }
  }

  /// Once the dose is spent a rig must open within the time an opening takes to show, as long as one is on.
  private mutating func judgeImport(_ imported: Double, at now: Int64) {
    let cap = max(self.cap?.value ?? self.site.grid.importCap.value, 1)
    // What a lower cap asks for takes as long to show as any opening.
    if now <= self.capSeenFrom {
      self.dose = 0
      self.reliefDue = nil
      return
    }
    let isOn = self.lines.indices.contains { self.running($0) > 0 }
    guard self.meterOut == nil, imported > cap, isOn else {
      self.dose = 0
      self.reliefDue = nil
      return
    }
    self.dose += imported / cap - 1
    guard self.dose > 1 else { return }
    let due = self.reliefDue ?? now + 4000
    self.reliefDue = due
    if now > due {
      self.faults.append("\(now): import \(imported) kW over the cap of \(cap) and nothing opens")
    }
  }
}
