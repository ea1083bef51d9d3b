import HiGHSSolver
import JSONText
import Planning
import Quantities
import SiteController
import SiteModel

/// `rigshift flexibility`: what a plan could offer in each half-hour, and what that would earn.
enum FlexibilityCommand {
  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let source = try PlanSource.read(arguments) else { return 1 }
    let json = arguments.has("json")
    do {
      switch try Planner.flexibility(source.problem, solver: HiGHSSolver()) {
      case .infeasible(let infeasibility): return source.refuse(infeasibility, json: json)
      case .planned(let plan):
        let revenues = (source.day?.site.flexibility ?? []).map {
          FlexibilityRevenue($0, of: plan, zone: source.zone)
        }
        if json {
          print(FlexibilityText.json(plan, revenues, source.problem).text(pretty: source.day != nil))
        } else {
          if let day = source.day { print("\(day.heading)\n") }
          print(FlexibilityText.text(plan, revenues, currency: source.problem.currency, zone: source.zone))
        }
        return 0
      }
    } catch {
      return source.refuse(error)
    }
  }
}

/// Flexibility as a table, 80 columns wide, and as JSON.
enum FlexibilityText {
  static func text(_ plan: FlexiblePlan, _ revenues: [FlexibilityRevenue], currency: String, zone: ZoneRules)
    -> String
  {
    var lines = [
      "         baseline        down    price          up    price     at once, kW",
      "  from         kW          kW  per kWh          kW  per kWh     down      up",
    ]
    for window in plan.windows {
      lines.append(
        "  " + ISO8601.string(minuteOfDay: zone.minuteOfDay(of: window.slot.start))
          + window.baseline.value.text(places: 1).leftPadded(to: 10) + Self.offer(window.down)
          + Self.offer(window.up) + window.callableDown.value.text(places: 1).leftPadded(to: 9)
          + window.callableUp.value.text(places: 1).leftPadded(to: 8))
    }
    lines += [
      "", "  baseline: the plan's own import less export; down and up: one window at a time, with the",
      "  whole plan made again around it; price: what a kWh must earn, from the two plans' costs (\(currency))",
    ]
    for revenue in revenues { lines.append("  " + Self.line(revenue, currency: currency, zone: zone)) }
    return lines.joined(separator: "\n")
  }

  private static func offer(_ offer: FlexibilityWindow.Offer?) -> String {
    guard let offer else { return "-".leftPadded(to: 12) + "".leftPadded(to: 9) }
    return offer.power.value.text(places: 1).leftPadded(to: 12)
      + offer.price.value.text(places: 2).leftPadded(to: 9)
  }

  private static func line(_ revenue: FlexibilityRevenue, currency: String, zone: ZoneRules) -> String {
    let name = "\(revenue.product.name) (\(revenue.product.direction.rawValue))"
    switch revenue.product.rate {
    case .energy:
      guard let best = revenue.best else { return "\(name): no half-hour is worth selling" }
      return "\(name): best at \(ISO8601.string(minuteOfDay: zone.minuteOfDay(of: best.window.start))), "
        + "\(best.power.value.text(places: 1)) kW for \(best.revenue.value.text(places: 2)) less "
        + "\(best.cost.value.text(places: 2)) \(currency)"
    case .availability:
      return "\(name): \(revenue.sales.count) blocks, \(revenue.total.value.text(places: 2)) \(currency)"
    }
  }

  static func json(_ plan: FlexiblePlan, _ revenues: [FlexibilityRevenue], _ problem: PlanProblem)
    -> JSONValue
  {
    [
      "currency": .string(problem.currency), "baseline_method": "plan",
      "windows": .array(
        plan.windows.map { window in
          .object(
            Self.slot(window.slot) + [
              .init("baseline_kw", .number(window.baseline.value)), .init("down", Self.json(window.down)),
              .init("up", Self.json(window.up)),
              .init("callable_down_kw", .number(window.callableDown.value)),
              .init("callable_up_kw", .number(window.callableUp.value)),
            ])
        }),
      "products": .array(
        revenues.map { revenue in
          [
            "name": .string(revenue.product.name), "direction": .string(revenue.product.direction.rawValue),
            "gain": .number(revenue.total.value),
            "sales": .array(
              revenue.sales.map { sale in
                .object(
                  Self.slot(sale.window) + [
                    .init("power_kw", .number(sale.power.value)),
                    .init("revenue", .number(sale.revenue.value)),
                    .init("cost", .number(sale.cost.value)), .init("gain", .number(sale.gain.value)),
                  ])
              }),
          ]
        }),
      "plan": plan.plan.json(for: problem),
    ]
  }

  private static func slot(_ slot: Slot) -> [JSONValue.Member] {
    [
      .init("start", .string(ISO8601.string(slot.start))), .init("end", .string(ISO8601.string(slot.end))),
    ]
  }

  private static func json(_ offer: FlexibilityWindow.Offer?) -> JSONValue {
    guard let offer else { return .null }
    return [
      "power_kw": .number(offer.power.value), "energy_kwh": .number(offer.energy.value),
      "cost": .number(offer.cost.value), "cost_uncertainty": .number(offer.uncertainty.value),
      "price_per_kwh": .number(offer.price.value),
    ]
  }
}
