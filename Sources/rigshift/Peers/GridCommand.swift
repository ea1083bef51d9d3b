@preconcurrency import Glibc
import JSONText
import LinuxHost
import SiteModel

/// `rigshift grid`: the grid of peers as the running site knows it.
enum GridCommand {
  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let site = loadSite(arguments["site"] ?? defaultSitePath) else { return 1 }
    while true {
      guard let answer = AskCommand.ask(site, arguments, ["grid"]) else { return 1 }
      if arguments.has("json") {
        Terminal.write(answer.text(pretty: !arguments.has("watch")) + "\n")
      } else {
        Terminal.writePage(Self.table(answer), again: arguments.has("watch"))
      }
      guard arguments.has("watch") else { return 0 }
      sleep(1)
    }
  }

  static func table(_ answer: JSONValue) -> String {
    var rows = [["NODE", "PRODUCTION", "CONSUMPTION", "NET", "AGE", "ROUTE"]]
    let nodes = answer["nodes"]?.array ?? []
    for node in nodes where node["fresh"]?.bool == true { rows.append(Self.row(node)) }
    rows.append([
      "sum of \(answer["counted"]?.int ?? 0)", Self.kilowatts(answer["production_kw"]),
      Self.kilowatts(answer["consumption_kw"]), Self.kilowatts(answer["net_kw"]), "", "",
    ])
    var text = Self.aligned(rows)
    let stale = nodes.filter { $0["fresh"]?.bool != true }
    if !stale.isEmpty {
      text += "\nNot counted, for nothing was heard of them for \(answer["staleness_s"]?.int ?? 0) s:\n"
      text += Self.aligned(stale.map { Self.row($0) })
    }
    for node in nodes where node["contradicts_itself"]?.bool == true {
      text += "\n\(node["name"]?.string ?? "") has signed two records of one version.\n"
    }
    return text
  }

  private static func row(_ node: JSONValue) -> [String] {
    [
      "\(node["name"]?.string ?? "") \((node["key"]?.string ?? "").prefix(8))",
      Self.kilowatts(node["production_kw"]), Self.kilowatts(node["consumption_kw"]),
      Self.kilowatts(node["net_kw"]), node["age_s"]?.double.map { Self.seconds($0) } ?? "unknown",
      node["route"]?.string ?? "",
    ]
  }

  private static func seconds(_ seconds: Double) -> String {
    let tenths = Int(min(seconds, 1e9) * 10)
    return seconds < 120 ? "\(tenths / 10).\(tenths % 10) s" : "\(tenths / 600) min"
  }

  private static func kilowatts(_ value: JSONValue?) -> String {
    // At most a terawatt a node: far inside Int64.
    let watts = ((value?.double ?? 0) * 1000).rounded()
    guard let whole = Int64(exactly: watts) else { return "?" }
    let fraction = String(whole.magnitude % 1000 + 1000).dropFirst()
    return "\(whole < 0 ? "-" : "")\(whole.magnitude / 1000).\(fraction) kW"
  }

  private static func aligned(_ rows: [[String]]) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.enumerated().map { column, cell in
        let pad = String(repeating: " ", count: widths[column] - cell.count)
        return (1...4).contains(column) ? pad + cell : cell + pad
      }.joined(separator: "  ").trimmingEnd + "\n"
    }.joined()
  }
}

extension String {
  fileprivate var trimmingEnd: String {
    var text = self
    while text.hasSuffix(" ") { text.removeLast() }
    return text
  }
}
