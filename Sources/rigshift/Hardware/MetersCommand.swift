import Devices
import JSONText
import LinuxHost
import ModbusHardware
import Quantities
import SiteFiles
import SiteModel

/// `rigshift meters`: the templates there are, and what the meters of a site show now.
enum MetersCommand {
  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    switch arguments.words.first {
    case "list" where arguments.words.count == 1: return Self.list()
    case "read": return Self.read(arguments)
    case _: throw .init(message: "write `rigshift meters list` or `rigshift meters read [NAME]`")
    }
  }

  private static func list() -> Int32 {
    guard let folder = BoardsFolder.path else {
      Terminal.writeError("rigshift: no boards folder beside the program; install it again\n")
      return 1
    }
    var status: Int32 = 0
    for name in BoardsFolder.templates("meters") {
      do throws(SiteFileProblems) {
        let template = try TemplateFiles.meter(path: "\(folder)/meters/\(name).toml")
        print("\(name.padded(to: 24)) \(template.title)")
      } catch {
        Terminal.writeError("\(error)\n")
        status = 1
      }
    }
    return status
  }

  private static func read(_ arguments: Arguments) -> Int32 {
    let path = arguments["site"] ?? defaultSitePath
    guard let site = loadSite(path) else { return 1 }
    let wanted = arguments.words.dropFirst().first
    if let wanted, !site.meters.contains(where: { $0.name == wanted }) {
      Terminal.writeError(
        "\(path): no meter \"\(wanted)\"; there are \(site.meters.map(\.name).joined(separator: ", "))\n")
      return 1
    }
    let lines = site.buses.map { ModbusLine($0) }
    var members: [JSONValue.Member] = []
    var status: Int32 = 0
    for meter in site.meters where wanted == nil || meter.name == wanted {
      guard let wiring = meter.wiring else {
        Terminal.writeError("\(meter.name): has no bus, unit and template in \(path)\n")
        status = 1
        continue
      }
      switch Self.poll(wiring, on: lines[wiring.bus]) {
      case .success(let values):
        if arguments.has("json") {
          members.append(JSONValue.Member(meter.name, Self.json(values)))
        } else {
          print(Self.text(meter.name, values))
        }
      case .failure(let problem):
        Terminal.writeError("\(meter.name): \(problem.text)\n")
        status = 1
      }
    }
    if arguments.has("json") { print(JSONValue.object(members).text()) }
    return status
  }

  private struct Problem: Error {
    var text: String
  }

  private static func poll(_ wiring: MeterWiring, on line: ModbusLine) -> Result<
    DeviceSession.Values, Problem
  > {
    var session = DeviceSession(wiring.template, wanted: Set(DeviceQuantity.allCases))
    var step = session.begin()
    while true {
      switch step {
      case .read(let request):
        do throws(RegisterFault) {
          step = session.take(.success(try line.read(request, unit: wiring.unit)))
        } catch {
          step = session.take(.failure(error))
        }
      case .done(.values(let values)): return .success(values)
      case .done(.failed(let fault)): return .failure(Problem(text: fault.text))
      case .done(.refused(let refusal)): return .failure(Problem(text: refusal.text))
      case .done(.undecodable(let quantity)):
        return .failure(Problem(text: "its \(quantity.rawValue) is no number"))
      }
    }
  }

  private static func text(_ name: String, _ values: DeviceSession.Values) -> String {
    var lines = [name]
    for quantity in DeviceQuantity.allCases {
      guard let value = values[quantity] else { continue }
      lines.append("  \(quantity.rawValue.padded(to: 14)) \(value.text(places: 3)) \(quantity.unit)")
    }
    return lines.joined(separator: "\n")
  }

  private static func json(_ values: DeviceSession.Values) -> JSONValue {
    .object(
      DeviceQuantity.allCases.compactMap { quantity in
        values[quantity].map { JSONValue.Member(quantity.rawValue, .number($0)) }
      })
  }
}
