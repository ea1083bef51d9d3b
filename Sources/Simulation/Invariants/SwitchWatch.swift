import Control
import Quantities
import SiteModel

/// Invariants 2, 3 and 4: dwell times, allowance and stagger, judged on what the lines really did.
struct SwitchWatch {
  private let site: Site
  private let limits: InvariantLimits
  private var lastClose: LineTransition?
  private var excessTicks: [Int]

  init(site: Site, limits: InvariantLimits) {
    self.site = site
    self.limits = limits
    self.excessTicks = Array(repeating: 0, count: site.banks.count)
  }

  /// Takes this tick's commands and transitions into the book and judges each of them.
  mutating func take(_ tick: TickObservation, book: inout LineBook, log: inout ViolationLog) {
    for command in tick.control.commands { book.note(command) }
    for transition in tick.transitions {
      guard let index = book.index(of: transition.rig) else { continue }
      let before = book.lines[index]
      book.change(index, bank: transition.rig.bank, to: transition.closed, at: transition.at)
      if transition.closed {
        self.judgeClose(transition, before: before, tick, book: book, log: &log)
      } else {
        self.judgeOpen(transition, before: before, tick, log: &log)
      }
    }
  }

  /// Judges what stays: with more rigs on than allowed, those past their minimum on time must open. Not asked while the
  /// site holds because it is blind.
  @inline(__always) mutating func checkAllowance(
    _ tick: borrowing TickObservation, isHolding: Bool, book: LineBook, log: inout ViolationLog
  ) {
    for bank in self.excessTicks.indices {
      if book.closed[bank] <= tick.control.allowed[bank] || isHolding {
        self.excessTicks[bank] = 0
      } else {
        self.judgeExcess(bank, tick, book: book, log: &log)
      }
    }
  }

  private mutating func judgeClose(
    _ close: LineTransition, before: LineBook.Line, _ tick: TickObservation, book: LineBook,
    log: inout ViolationLog
  ) {
    let bank = self.site.banks[close.rig.bank]
    let name = self.site.name(of: close.rig)
    let off = close.at - before.switchedAt
    if off < bank.minimumOff {
      log.add(.dwell, tick, "\(name) closed after \(off) off, minimum \(bank.minimumOff)")
    }
    if let last = self.lastClose, close.at - last.at < self.site.control.stagger {
      log.add(
        .stagger, tick,
        "\(name) closed \(close.at - last.at) after \(self.site.name(of: last.rig)), stagger "
          + "\(self.site.control.stagger)")
    }
    self.lastClose = close
    if !before.isCloseCommanded {
      log.add(.allowance, tick, "\(name) closed without a command")
    } else if book.reliable(in: close.rig.bank) > tick.control.allowed[close.rig.bank] {
      log.add(
        .allowance, tick,
        "\(name) closed as number \(book.closed[close.rig.bank]) of its bank where "
          + "\(tick.control.allowed[close.rig.bank]) may run")
    }
  }

  private func judgeOpen(
    _ open: LineTransition, before: LineBook.Line, _ tick: TickObservation, log: inout ViolationLog
  ) {
    // An open nobody commanded is the holder's or the hardware's, which know no dwell time.
    guard let authority = before.openedBy, authority > .importGuard else { return }
    let bank = self.site.banks[open.rig.bank]
    let on = open.at - before.switchedAt
    if on < bank.minimumOn {
      log.add(
        .dwell, tick,
        "\(self.site.name(of: open.rig)) opened by \(authority) after \(on) on, minimum \(bank.minimumOn)")
    }
  }

  private mutating func judgeExcess(
    _ bank: Int, _ tick: TickObservation, book: LineBook, log: inout ViolationLog
  ) {
    let minimumOn = self.site.banks[bank].minimumOn
    var free = 0
    for index in book.indices(of: bank) {
      let line = book.lines[index]
      if line.closed, book.obeys(index, at: tick.now), book.knownFor(index, at: tick.now) > minimumOn {
        free += 1
      }
    }
    let excess = min(free, book.reliable(in: bank) - tick.control.allowed[bank])
    self.excessTicks[bank] = excess > 0 ? self.excessTicks[bank] + 1 : 0
    guard self.excessTicks[bank] == self.limits.excessTicks + 1 else { return }
    log.add(
      .allowance, tick,
      "\(book.closed[bank]) rigs of \(self.site.banks[bank].name) on where \(tick.control.allowed[bank]) may run, "
        + "\(excess) of them free to stop for \(self.excessTicks[bank]) s")
  }
}
