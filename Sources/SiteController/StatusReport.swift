public import Control
public import JSONText
import Forecasting
import Quantities
import SiteModel

/// What the running site tells those who ask, as JSON. Powers in kW, instants in UTC.
public enum StatusReport {
  public static func status(of engine: SiteEngine, at now: Moment) -> JSONValue {
    let status = engine.controller.status()
    let site = engine.site
    let words = ReasonText(site: site, now: now)
    return .object([
      .init("site", .string(site.name)), .init("time", .string(ISO8601.string(now.wall))),
      .init("zone", .string(site.zone.name)),
      .init("clock_trusted", .bool(status.isClockTrusted)),
      .init("site_meter_fresh", .bool(status.isSiteMeterFresh)),
      .init("import_kw", status.importPower.map { .number($0.value) } ?? .null),
      .init("import_cap_kw", .number(site.grid.importCap.value)),
      .init("emergency_stop", .bool(status.isEmergencyStopped)),
      .init("store_failed", .bool(status.isStoreFailed)),
      .init("overload_dose_s", .number(status.overloadDose)),
      .init("rig_hours_today", .number(engine.planningState(at: now).rigHoursDelivered)),
      .init("slot", Self.slot(of: engine)),
      .init("plan", Self.plan(of: engine)),
      .init(
        "feeds",
        .array(
          engine.feeds.map { state in
            .object([
              .init("feed", .string(state.feed)), .init("rung", .string(state.rung.rawValue)),
              .init("age_s", state.age.map { .integer($0.wholeMilliseconds / 1000) } ?? .null),
              .init("text", .string(state.sentence)),
            ])
          })),
      .init(
        "banks",
        .array(
          zip(site.banks, status.banks).map { bank, status in
            .object([
              .init("name", .string(bank.name)), .init("rigs", .integer(Int64(bank.count))),
              .init("running", .integer(Int64(status.running))),
              .init("wanted", .integer(Int64(status.wanted))),
              .init("available", .integer(Int64(status.available))),
              .init("shed", .integer(Int64(status.shed))),
              .init("starts_today", .integer(Int64(status.startsToday))),
              .init("authority", .string("\(status.authority)")),
              .init("reason", .string(words.clause(status.reason))),
              .init("held_by", status.heldBy.map { .string(words.clause($0)) } ?? .null),
            ])
          })),
      .init("overrides", .array(Self.overrides(status, site: site))),
      .init(
        "demand_events_now",
        .array(
          (site.demandEvents + engine.demandEvents).filter { $0.window.contains(now.wall) }.map(\.json))),
      .init("demand_events", .integer(Int64(site.demandEvents.count + engine.demandEvents.count))),
      .init(
        "alarms",
        .array(
          status.alarms.map { alarm in
            .object([
              .init("kind", .string(alarm.kind.rawValue)),
              .init("rig", alarm.rig.map { .string(site.name(of: $0)) } ?? .null),
              .init("text", .string(alarm.text)),
            ])
          })),
      .init("records_waiting", .bool(!engine.records.isEmpty)),
      .init("records_lost", .integer(Int64(engine.records.lost))),
    ])
  }

  /// What people hold at present: rigs, and whole banks.
  private static func overrides(_ status: ControllerStatus, site: Site) -> [JSONValue] {
    let rigs = status.rigs.compactMap { rig -> JSONValue? in
      guard let held = rig.override else { return nil }
      return [
        "target": .string(site.name(of: rig.rig)), "level": .string(held.on ? "on" : "off"),
        "by": .string(held.by), "until": .string(ISO8601.string(held.expires)),
      ]
    }
    let banks = zip(site.banks, status.banks).compactMap { bank, status -> JSONValue? in
      guard let held = status.override else { return nil }
      return [
        "target": .string(bank.name), "level": .string("\(held.running)"), "by": .string(held.by),
        "until": .string(ISO8601.string(held.expires)),
      ]
    }
    return rigs + banks
  }

  /// What was metered in the open settlement slot so far, in kWh; null for what no meter shows.
  private static func slot(of engine: SiteEngine) -> JSONValue {
    guard let slot = engine.settlement.slot else { return .null }
    func sum(_ isMeant: (Meter.Subject) -> Bool, _ part: ((forward: Double, reverse: Double)) -> Double)
      -> JSONValue
    {
      let meters = engine.site.meters.indices.filter { isMeant(engine.site.meters[$0].subject) }
      return meters.isEmpty
        ? .null : .number(meters.reduce(0) { $0 + part(engine.settlement.openEnergy(meter: $1)) })
    }
    return .object([
      .init("start", .string(ISO8601.string(slot.start))), .init("end", .string(ISO8601.string(slot.end))),
      .init("imported_kwh", sum({ $0 == .grid }, \.forward)),
      .init("exported_kwh", sum({ $0 == .grid }, \.reverse)),
      .init("generated_kwh", sum({ $0 == .generation }, \.forward)),
      .init("rigs_kwh", sum({ if case .bank = $0 { true } else { false } }, \.forward)),
    ])
  }

  private static func plan(of engine: SiteEngine) -> JSONValue {
    guard let plan = engine.plan else { return .null }
    return .object([
      .init("id", .integer(plan.directive.id)), .init("status", .string(plan.plan.status)),
      .init("cause", .string(plan.plan.cause)),
      .init("from", .string(ISO8601.string(plan.plan.horizon.start))),
      .init("to", .string(ISO8601.string(plan.plan.horizon.end))),
      .init("outlook", plan.plan.provenance.json),
    ])
  }
}
