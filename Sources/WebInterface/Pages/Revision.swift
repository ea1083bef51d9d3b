import JSONText
import Quantities

/// Changes whenever more than a number changes on some page, so that an open page knows to fetch itself again.
enum Revision {
  static func of(_ snapshot: SiteSnapshot) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a
    func add(_ text: String) {
      for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      hash = (hash ^ 0xff) &* 0x100_0000_01b3
    }
    let status = snapshot.status
    add("\(status["plan"]?["id"]?.int ?? 0)")
    for name in [
      "alarms", "overrides", "demand_events_now", "feeds", "emergency_stop", "clock_trusted",
      "site_meter_fresh", "store_failed",
    ] {
      let rungs = status[name]?.array?.compactMap {
        $0["rung"]?.string ?? $0["text"]?.string ?? $0["target"]?.string ?? $0["name"]?.string
      }
      add(rungs?.joined(separator: ";") ?? status[name]?.text() ?? "")
    }
    for bank in status["banks"]?.array ?? [] {
      add("\(bank["running"]?.int ?? 0)/\(bank["wanted"]?.int ?? 0)/\(bank["shed"]?.int ?? 0)")
    }
    for peer in snapshot.peers.array ?? [] {
      for name in ["cosigned_size", "witnessed_size", "forked", "failure"] { add(peer[name]?.text() ?? "") }
    }
    for job in snapshot.jobs["jobs"]?.array ?? [] {
      add("\(job["id"]?.string ?? "")=\(job["state"]?.string ?? "")")
    }
    for alarm in snapshot.alarms["open"]?.array ?? [] {
      add(
        "\(alarm["id"]?.int ?? 0) \(alarm["present"]?.bool ?? true) \(alarm["acknowledged_by"]?.string ?? "")"
      )
    }
    for rig in snapshot.rigs.array ?? [] {
      add(RigTile.state(of: rig).rawValue)
      for (name, value) in (rig["proof"]?.object ?? []).map({ ($0.name, $0.value) }) where !value.isNull {
        add(name)
      }
    }
    add(snapshot.slots.array?.last?["start"]?.string ?? "")
    add("\((snapshot.trace.last?.at.milliseconds ?? 0) / 60_000)")
    return String(hash, radix: 16)
  }
}

/// What an open page asks for every two seconds: every text that changes, and the revision of the rest.
struct LiveReport {
  let json: JSONValue

  init(_ snapshot: SiteSnapshot) {
    let values = StatusStrip(snapshot).values + NowPage(snapshot).values
    self.json = .object([
      .init("revision", .string(Revision.of(snapshot))),
      .init(
        "values",
        .object(
          values.map { .init($0.key, .array([.string($0.text)] + ($0.state.map { [.string($0)] } ?? []))) })),
    ])
  }
}
