public import Control
import JSONText
import Planning
public import Quantities
public import SiteModel

/// What is known of a rig, its bank and the plan at the moment a person asks: taken between two ticks and explained
/// elsewhere, so that a question never delays a tick.
public struct WhyFacts: Sendable {
  public var site: Site
  public var now: Moment
  public var rig: RigStatus
  public var bank: BankStatus
  /// Rigs of the same bank, in order.
  public var neighbours: [RigStatus]
  public var plan: PlanInForce?

  /// Nil when the site has no such rig.
  public init?(of engine: SiteEngine, rig: RigID, at now: Moment) {
    let status = engine.controller.status()
    guard let own = status.rigs.first(where: { $0.rig == rig }), status.banks.indices.contains(rig.bank)
    else { return nil }
    self.site = engine.site
    self.now = now
    self.rig = own
    self.bank = status.banks[rig.bank]
    self.neighbours = status.rigs.filter { $0.rig.bank == rig.bank }
    self.plan = engine.plan
  }

  /// Why the rig is as it is, or how the plan in force means it to be at a later instant. Nil for an instant before
  /// the present, of which only the record knows.
  public func answer(at instant: UTCInstant? = nil) -> WhyAnswer? {
    guard let instant, instant > self.now.wall else {
      return instant == nil || instant == self.now.wall ? self.present() : nil
    }
    return self.future(instant)
  }

  private var name: String { self.site.name(of: self.rig.rig) }
  private var words: ReasonText { ReasonText(site: self.site, now: self.now) }

  private func view(at instant: UTCInstant, actual: Int?) -> PlanView? {
    self.plan.flatMap { plan in
      PlanView(
        id: plan.directive.id, problemJSON: plan.plan.problemJSON, planJSON: plan.plan.planJSON,
        bank: self.site.banks[self.rig.rig.bank].name, at: instant, site: self.site,
        actual: actual)
    }
  }

  // MARK: Now

  private func present() -> WhyAnswer {
    let view = self.view(at: self.now.wall, actual: self.bank.running)
    let isOn = self.rig.isClosed
    let gates = self.gates
    let isPlans = gates.isEmpty && (self.rig.reason.isPlan)
    var bindings = gates.map {
      WhyBinding(source: .controller, constraint: $0.name, text: self.words.clause($0, until: self.expiry))
    }
    var cause: String
    if isPlans, let view {
      cause = view.cause(isOn: isOn)
      bindings += view.bindings(isOn: isOn)
    } else {
      cause = gates.map { self.words.clause($0, until: self.expiry) }.joined(separator: " and ")
      if cause.isEmpty { cause = self.words.clause(self.rig.reason, until: self.expiry) }
      if self.rig.heldBy != nil {
        let wish =
          self.rig.reason.isPlan ? view?.count : self.words.clause(self.rig.reason, until: self.expiry)
        cause += wish.map { ", though \($0)" } ?? ""
      }
    }
    let economics = view.map { "; \($0.economics(isOn: isOn))" } ?? ""
    return WhyAnswer(
      rig: self.name, at: self.now.wall, isOn: isOn,
      sentence:
        "\(self.name) is \(isOn ? "on" : "off") because \(cause)\(economics); \(self.words.history(self.rig)).",
      bindings: bindings, details: self.stateMembers + (view?.members ?? [.init("plan", .null)]))
  }

  /// What the controller itself puts in the way, strongest first; empty where it follows the plan.
  private var gates: [Reason] {
    if let held = self.rig.heldBy {
      // A rig that was shed waits for room whatever its dwell says.
      if let gate = self.bank.heldBy, self.bank.shed > 0, case .waitingToReclose = gate, gate != held {
        return [gate, held]
      }
      return [held]
    }
    return self.rig.reason.isPlan ? [] : [self.rig.reason]
  }

  /// When the override that rules here ends.
  private var expiry: UTCInstant? { self.rig.override?.expires ?? self.bank.override?.expires }

  private var stateMembers: [JSONValue.Member] {
    let rig = self.rig
    return [
      .init("for_s", .integer((self.now.monotonic - rig.since).wholeMilliseconds / 1000)),
      .init("switched_by", .string("\(rig.switchedBy)")),
      .init("switched_for", .string(self.words.clause(rig.switchedFor))),
      .init("authority", .string("\(rig.authority)")),
      .init("reason", .string(self.words.clause(rig.reason, until: self.expiry))),
      .init("held_by", rig.heldBy.map { .string(self.words.clause($0)) } ?? .null),
      .init("cycles", .integer(Int64(rig.cycles))), .init("locked_out", .bool(rig.isLockedOut)),
      .init("silent", .bool(rig.isSilent)), .init("welded", .bool(rig.isWelded)),
    ]
  }

  // MARK: Later

  private func future(_ instant: UTCInstant) -> WhyAnswer {
    let time = ISO8601.string(instant, in: self.site.zone)
    guard let view = self.view(at: instant, actual: nil) else {
      let reach = self.plan.map { "reaches \(ISO8601.string($0.plan.horizon.end, in: self.site.zone))" }
      return WhyAnswer(
        rig: self.name, at: instant, isOn: nil,
        sentence: "Nothing is planned for \(self.name) at \(time): "
          + (reach.map { "the plan in force \($0)." } ?? "there is no plan in force."),
        bindings: [], details: [.init("plan", .null)])
    }
    let isOn = self.foreseen(until: view.slot, of: view.stored)
    var bindings = view.bindings(isOn: isOn)
    var cause = view.cause(isOn: isOn)
    if self.rig.authority < .override {
      let clause = self.words.clause(self.rig.reason)
      cause += ", unless it still holds that \(clause)"
      bindings.insert(
        WhyBinding(source: .controller, constraint: self.rig.reason.name, text: clause), at: 0)
    }
    return WhyAnswer(
      rig: self.name, at: instant, isOn: isOn,
      sentence:
        "\(self.name) will be \(isOn ? "on" : "off") at \(time) because \(cause); \(view.economics(isOn: isOn)).",
      bindings: bindings, details: view.members)
  }

  /// Follows the plan's counts from who runs now, by the rule that picks rigs: whether this one runs in a slot.
  private func foreseen(until slot: Int, of plan: StoredPlan) -> Bool {
    let bank = self.site.banks[self.rig.rig.bank]
    guard let planned = plan.problem.banks.firstIndex(where: { $0.name == bank.name }) else { return false }
    var rigs = self.neighbours.map { rig in
      AssignableRig(
        isOn: rig.isClosed, since: self.now.wall - (self.now.monotonic - rig.since), switches: rig.cycles,
        isLockedOut: rig.isLockedOut || rig.override?.on == false)
    }
    for index in 0...slot where plan.problem.slots[index].slot.end > self.now.wall {
      let instant = max(plan.problem.slots[index].slot.start, self.now.wall)
      let change = RigAssignment.change(
        rigs, to: Int(plan.running[planned][index].rounded()), at: instant, minimumOn: bank.minimumOn,
        minimumOff: bank.minimumOff)
      for changed in change.starts + change.stops {
        rigs[changed].isOn.toggle()
        rigs[changed].since = instant
      }
    }
    return self.neighbours.firstIndex { $0.rig == self.rig.rig }.map { rigs[$0].isOn } ?? false
  }
}

extension Reason {
  /// Whether it leaves the word to the plan.
  var isPlan: Bool {
    switch self {
    case .plan: true
    case .emergencyStop, .lockedOut, .importOverCap, .waitingToReclose, .staleMeter, .untrustedClock,
      .storeFailed,
      .override, .noPlan, .surplus, .shortfall, .minimumOn, .minimumOff, .stagger, .startLimit, .noRoom,
      .relayFault, .restarted:
      false
    }
  }

  /// Its name in data.
  var name: String {
    switch self {
    case .emergencyStop: "emergency_stop"
    case .lockedOut: "locked_out"
    case .importOverCap: "import_over_cap"
    case .waitingToReclose: "import_guard"
    case .staleMeter: "stale_meter"
    case .untrustedClock: "untrusted_clock"
    case .storeFailed: "store_failed"
    case .override: "override"
    case .plan: "plan"
    case .noPlan: "no_plan"
    case .surplus: "surplus"
    case .shortfall: "shortfall"
    case .minimumOn: "minimum_on"
    case .minimumOff: "minimum_off"
    case .stagger: "stagger"
    case .startLimit: "start_limit"
    case .noRoom: "no_room"
    case .relayFault: "relay_fault"
    case .restarted: "restarted"
    }
  }
}
