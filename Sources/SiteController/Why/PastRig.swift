import Control
import JSONText
public import Ports
public import Quantities
public import SiteModel

/// What the record knows of a rig at an instant that has passed.
public struct PastRig: Sendable {
  public var site: Site
  public var rig: RigID
  public var at: UTCInstant
  /// The last decision about the rig by then; nil when there is none.
  public var decision: DecisionRecord?
  /// Rigs of its bank that ran.
  public var running: Int
  /// The newest plan by then.
  public var plan: PlanRecord?
  /// Events from the earlier of decision and plan up to the instant, oldest first.
  public var events: [EventRecord]

  public init(
    site: Site, rig: RigID, at: UTCInstant, decision: DecisionRecord?, running: Int, plan: PlanRecord?,
    events: [EventRecord]
  ) {
    self.site = site
    self.rig = rig
    self.at = at
    self.decision = decision
    self.running = running
    self.plan = plan
    self.events = events
  }

  /// Why the rig was as it was: what its last decision rested on while that still held, otherwise the plan in force.
  public func answer() -> WhyAnswer {
    let name = self.site.name(of: self.rig)
    let time = ISO8601.string(self.at, in: self.site.zone)
    let view = self.view
    guard let decision = self.decision else {
      return WhyAnswer(
        rig: name, at: self.at, isOn: view == nil ? nil : false,
        sentence: "\(name) had not been switched by \(time)"
          + (view.map { ": \($0.cause(isOn: false)); \($0.economics(isOn: false))." }
            ?? ", and no plan was in force."),
        bindings: view?.bindings(isOn: false) ?? [], details: view?.members ?? [.init("plan", .null)])
    }
    let isOn = decision.command.closed
    let words = ReasonText(
      site: self.site, now: Moment(monotonic: MonotonicInstant(milliseconds: 0), wall: self.at))
    let clause = words.clause(decision.command.reason)
    var bindings: [WhyBinding] = []
    var cause = clause
    if self.stillHolds(decision) {
      bindings = [
        WhyBinding(source: .controller, constraint: decision.command.reason.name, text: clause)
      ]
    } else if let view {
      cause = view.cause(isOn: isOn)
      bindings = view.bindings(isOn: isOn)
      if view.running != self.running { cause += ", though \(self.running) ran" }
    } else {
      cause += ", and no plan was in force"
    }
    let since = ISO8601.string(decision.at, in: self.site.zone)
    let restart = self.restartedAfter(decision).map {
      "; the controller started again at \(ISO8601.string($0, in: self.site.zone))"
    }
    return WhyAnswer(
      rig: name, at: self.at, isOn: isOn,
      sentence: "\(name) was \(isOn ? "on" : "off") at \(time) because \(cause)"
        + (view.map { "; \($0.economics(isOn: isOn))" } ?? "")
        + "; it was switched \(isOn ? "on" : "off") at \(since) because \(clause)\(restart ?? "").",
      bindings: bindings,
      details: [
        .init("switched_at", .string(ISO8601.string(decision.at))),
        .init("switched_by", .string("\(decision.command.authority)")),
        .init("switched_for", .string(clause)),
        .init("bank_running", .integer(Int64(self.running))),
      ] + (view?.members ?? [.init("plan", .null)]))
  }

  /// The plan that was in force; nil when none was.
  private var view: PlanView? {
    guard let plan = self.plan else { return nil }
    let ended = self.events.contains {
      $0.at > plan.madeAt && [.planWithdrawn, .planRefused, .started, .stopped].contains($0.kind)
    }
    if ended { return nil }
    return PlanView(
      id: plan.id, problemJSON: plan.problemJSON, planJSON: plan.planJSON,
      bank: self.site.banks[self.rig.bank].name, at: self.at, site: self.site,
      actual: self.running)
  }

  /// Whether what overruled the plan when the rig was switched was still there.
  private func stillHolds(_ decision: DecisionRecord) -> Bool {
    let ends: Set<EventKind> =
      switch decision.command.authority {
      case .lockOut: [.lockOutCleared, .emergencyStopCleared]
      case .importGuard: [.guardCleared]
      case .freshness, .clock: [.fallbackEnded]
      case .override: [.overrideCleared, .overrideExpired]
      case .plan, .trim: []
      }
    if ends.isEmpty { return false }
    return !self.events.contains {
      $0.at > decision.at && ends.contains($0.kind) && ($0.rig == nil || $0.rig == self.rig)
    }
  }

  private func restartedAfter(_ decision: DecisionRecord) -> UTCInstant? {
    self.events.last { $0.at > decision.at && $0.kind == .started }?.at
  }
}
