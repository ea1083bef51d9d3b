import JSONText
import Quantities
import SiteController
import SiteModel

/// Demand-response events as data and as lines.
enum DemandEventText {
  static func json(_ events: (file: [DemandEvent], added: [DemandEvent])) -> JSONValue {
    .array(
      events.file.map { Self.json($0, source: "site file") }
        + events.added.map { Self.json($0, source: "added") })
  }

  private static func json(_ event: DemandEvent, source: String) -> JSONValue {
    .object((event.json.object ?? []) + [.init("source", .string(source))])
  }

  static func text(_ answer: JSONValue, zone: ZoneRules, currency: String) -> String {
    let events = answer.array ?? []
    if events.isEmpty { return "no demand-response event" }
    return events.map { event in
      func time(_ name: String) -> String {
        event[name]?.string.flatMap { ISO8601.instant($0) }.map { ISO8601.string($0, in: zone) } ?? "?"
      }
      let cap = event["import_cap_kw"]?.double.map { ", import up to \($0.text(places: 1)) kW" } ?? ""
      let price = event["price_per_kwh"]?.double.map { ", \($0.text(places: 2)) \(currency)/kWh less" } ?? ""
      return "\(event["name"]?.string ?? "?"): \(time("start")) to \(time("end"))\(cap)\(price) "
        + "(\(event["source"]?.string ?? "?"))"
    }.joined(separator: "\n")
  }
}
