import Quantities
import SiteModel

/// What the highest authority with a say wants of one bank.
struct Directive: Sendable {
  enum Cause: Sendable, Equatable {
    case emergencyStop
    case lifeline(Lifeline)
    case override
    case plan
    case noPlan
    case surplus
    case shortfall
  }

  /// Rigs to run.
  var target: Int
  var authority: Authority
  var cause: Cause
}

/// One bank as the controller knows it.
struct BankState: Sendable {
  /// Where its rigs lie among all rigs of the site.
  let rigs: Range<Int>
  /// kW of one rig, and the most it draws on a hot day.
  let draw: Double
  let hotDraw: Double
  let minimumOn: Int64
  let minimumOff: Int64
  let minimumRunning: Int
  /// What the bank's fallback adds to the site's hold, in milliseconds.
  let fallbackHold: Int64
  /// Index of the bank's own meter; nil when it has none.
  let meter: Int?

  /// Rigs commanded on.
  var on = 0
  /// Rigs the import guard shed that have not been allowed back.
  var shed = 0
  var starts: StartWindow
  var override: Override?
  /// The plan's count in the step in force; nil when no plan holds now.
  var planned: Int?
  /// The most the trim may run; nil when the plan allows none.
  var trimLimit: Int?
  /// Rigs the trim adds to the plan's count.
  var trim = 0
  var directive = Directive(target: 0, authority: .plan, cause: .noPlan)
  /// What keeps the next rig from starting; nil when nothing does.
  var gate: Reason?
  var watts: WattsProof?

  init(_ bank: RigBank, firstRig: Int, meter: Int?, settle: Int64, at now: MonotonicInstant) {
    self.rigs = firstRig..<firstRig + max(0, bank.count)
    self.draw = bank.draw.value
    self.hotDraw = bank.draw(at: Celsius(45)).value
    self.minimumOn = max(0, bank.minimumOn.wholeMilliseconds)
    self.minimumOff = max(0, bank.minimumOff.wholeMilliseconds)
    self.minimumRunning = min(max(0, bank.minimumRunning), max(0, bank.count))
    switch bank.fallback {
    case .off: self.fallbackHold = 0
    case .hold(let length): self.fallbackHold = max(0, length.wholeMilliseconds)
    }
    self.meter = meter
    self.starts = StartWindow(limit: bank.maximumStartsPerDay)
    self.watts = meter == nil ? nil : WattsProof(nominal: bank.draw, settle: settle, startedAt: now)
  }

  /// The trim within the limits of the step in force.
  mutating func enter(planned: Int?, trimLimit: Int?, expectsImport: Bool) {
    self.planned = planned
    self.trimLimit = trimLimit
    guard let planned, let trimLimit else {
      self.trim = 0
      return
    }
    self.trim = min(max(self.trim, expectsImport ? 0 : -planned), max(0, trimLimit - planned))
  }

  /// What plan and trim want, whatever rules above them.
  var planDirective: Directive {
    guard let planned = self.planned else {
      return Directive(target: self.minimumRunning, authority: .plan, cause: .noPlan)
    }
    if self.trim > 0, self.on >= planned {
      return Directive(target: planned + self.trim, authority: .trim, cause: .surplus)
    }
    if self.trim < 0, self.on <= planned {
      return Directive(target: planned + self.trim, authority: .trim, cause: .shortfall)
    }
    return Directive(target: planned + self.trim, authority: .plan, cause: .plan)
  }
}
