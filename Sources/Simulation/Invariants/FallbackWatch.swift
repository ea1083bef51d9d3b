import Quantities
import SiteModel

/// Invariant 5: with a stale meter, a dead bus, an untrusted clock, a full or failed store or a dead controller, the
/// outputs reach the fallback within its time.
struct FallbackWatch {
  /// What keeps the site from being controlled, with the time from its onset to the bank's fallback.
  private enum Cause: Int, CaseIterable {
    case staleMeter, untrustedClock, failedStore, deadController

    var text: String {
      switch self {
      case .staleMeter: "without a good grid reading"
      case .untrustedClock: "with an untrusted clock"
      case .failedStore: "with a failed store"
      case .deadController: "with a dead controller"
      }
    }
  }

  private let site: Site
  private let holds: [Int64]
  private let grace: [Int64]
  private let slack: Int64
  private let lieLimit: Int64
  private let staleAfter: Int64
  private let composure: Int64
  private var lastGood: MonotonicInstant
  private var lyingSince: MonotonicInstant?
  private var unsureUntil: MonotonicInstant
  private var untrustedSince: MonotonicInstant?
  private var deadSince: MonotonicInstant?
  private var aliveSince: MonotonicInstant
  /// One entry per cause and bank.
  private var isReported: [Bool]
  private var hasReports = false

  init(site: Site, limits: InvariantLimits, start: MonotonicInstant) {
    self.site = site
    self.holds = site.banks.map {
      switch $0.fallback {
      case .off: 0
      case .hold(let length): length.wholeMilliseconds
      }
    }
    let hold = site.control.staleHold.wholeMilliseconds
    self.staleAfter = site.control.staleAfter.wholeMilliseconds
    // In the order of `Cause`.
    self.grace = [self.staleAfter + hold, hold, hold, site.control.deadMan.wholeMilliseconds]
    self.slack = limits.slack.wholeMilliseconds
    self.lieLimit = limits.detection.wholeMilliseconds
    self.composure = limits.composure.wholeMilliseconds
    self.lastGood = start
    self.unsureUntil = start
    self.aliveSince = start
    self.isReported = Array(repeating: false, count: site.banks.count * Cause.allCases.count)
  }

  /// Milliseconds the grid meter has lied without a true reading between.
  @inline(__always) func lyingFor(_ now: MonotonicInstant) -> Int64 {
    self.lyingSince.map { now.millisecondsSince($0) } ?? 0
  }

  /// The longest a lie can matter: until it must have been found, and then until the last bank is in its fallback.
  static func lieLimit(site: Site, limits: InvariantLimits) -> Int64 {
    let watch = FallbackWatch(site: site, limits: limits, start: MonotonicInstant(milliseconds: 0))
    return watch.lieLimit + watch.grace[0] + (watch.holds.max() ?? 0) + watch.slack
  }

  /// True while the site rightly keeps its rigs as they are because it cannot tell better, or could not until so shortly
  /// ago that it is not sure yet.
  @inline(__always) func isHolding(at now: MonotonicInstant) -> Bool {
    now < self.unsureUntil
      || now.millisecondsSince(max(self.lastGood, self.aliveSince)) > self.staleAfter - 1000
  }

  @inline(__always) mutating func check(
    _ tick: borrowing TickObservation, book: LineBook, log: inout ViolationLog
  ) {
    var isUnsure = !tick.isClockTrustworthy || !tick.control.isAlive || tick.storeFailing != nil
    switch tick.grid {
    case .nothing: break
    case .truthful(_, let age):
      self.lastGood = tick.now.advanced(byMilliseconds: -age)
      self.lyingSince = nil
    case .lie:
      isUnsure = true
      let since = self.lyingSince ?? tick.now
      self.lyingSince = since
      if tick.now.millisecondsSince(since) <= self.lieLimit { self.lastGood = tick.now }
    }
    if tick.isClockTrustworthy {
      self.untrustedSince = nil
    } else if self.untrustedSince == nil {
      self.untrustedSince = tick.now
    }
    if tick.control.isAlive {
      if self.deadSince != nil { self.aliveSince = tick.now }
      self.deadSince = nil
    } else if self.deadSince == nil {
      self.deadSince = tick.now
    }
    if isUnsure { self.unsureUntil = tick.now.advanced(byMilliseconds: self.composure) }
    self.judge(.staleMeter, since: max(self.lastGood, self.aliveSince), tick, book: book, log: &log)
    self.judge(
      .untrustedClock, since: self.untrustedSince.map { max($0, self.aliveSince) }, tick, book: book,
      log: &log)
    self.judge(
      .failedStore, since: tick.storeFailing.map { max($0, self.aliveSince) }, tick, book: book, log: &log)
    self.judge(.deadController, since: self.deadSince, tick, book: book, log: &log)
  }

  @inline(__always) private mutating func judge(
    _ cause: Cause, since: MonotonicInstant?, _ tick: borrowing TickObservation, book: LineBook,
    log: inout ViolationLog
  ) {
    let overdue = since.map { tick.now.millisecondsSince($0) - self.grace[cause.rawValue] - self.slack } ?? -1
    if overdue <= 0 {
      if self.hasReports { self.forget(cause) }
      return
    }
    self.judgeBanks(cause, overdue: overdue, tick, book: book, log: &log)
  }

  private mutating func forget(_ cause: Cause) {
    let banks = self.holds.count
    for bank in 0..<banks { self.isReported[cause.rawValue * banks + bank] = false }
    self.hasReports = self.isReported.contains(true)
  }

  private mutating func judgeBanks(
    _ cause: Cause, overdue: Int64, _ tick: TickObservation, book: LineBook, log: inout ViolationLog
  ) {
    for bank in self.holds.indices where book.closed[bank] > 0 && overdue > self.holds[bank] {
      let position = cause.rawValue * self.holds.count + bank
      guard !self.isReported[position] else { continue }
      let late = book.indices(of: bank).count { self.mustBeOpen($0, bank: bank, cause, tick, book: book) }
      guard late > 0 else { continue }
      self.isReported[position] = true
      self.hasReports = true
      log.add(
        .fallback, tick,
        "\(late) rigs of \(self.site.banks[bank].name) still on \(cause.text), "
          + "\(rounded(Double(overdue - self.holds[bank]) / 1000)) s after the fallback was due")
    }
  }

  /// The controller keeps minimum on times even in the fallback; the relay holder knows none.
  private func mustBeOpen(
    _ index: Int, bank: Int, _ cause: Cause, _ tick: TickObservation, book: LineBook
  ) -> Bool {
    let line = book.lines[index]
    guard line.closed, book.obeys(index, at: tick.now) else { return false }
    if cause == .deadController { return true }
    return book.knownFor(index, at: tick.now)
      > self.site.banks[bank].minimumOn + .milliseconds(self.slack)
  }
}
