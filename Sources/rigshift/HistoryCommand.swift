import Control
import Forecasting
import Glibc
import HiGHSSolver
import JSONText
import LinuxHost
import Planning
import Ports
import Quantities
import SQLiteStore
import SiteController
import SiteFiles
import SiteModel

/// `rigshift history`: past days as they would have been, computed from their weather and prices, to look at beside what
/// was metered.
enum HistoryCommand {
  private static let mostDays: Int64 = 1000

  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let word = arguments.words.first, ["import", "list", "remove"].contains(word) else {
      throw .init(message: "history import --from D --to D, history list, or history remove --from D --to D")
    }
    guard let site = loadSite(arguments["site"] ?? defaultSitePath) else { return 1 }
    let paths = SitePaths(site: site, data: arguments["data"])
    let days = try Self.days(arguments, today: site.zone.date(of: SystemClock().now().moment.wall), word)
    do {
      switch word {
      case "import": return try Self.fill(days, site: site, paths: paths, arguments)
      case "remove":
        guard access(paths.history, R_OK) == 0 else { return Self.fail("no day was imported") }
        try SQLiteHistory(path: paths.history).replace(Self.span(days, of: site), with: [])
        return 0
      case _: return try Self.list(site, paths, json: arguments.has("json"))
      }
    } catch let error as StoreError {
      return Self.fail(error.text(path: paths.history))
    } catch {
      return Self.fail("\(error)")
    }
  }

  private static func days(
    _ arguments: Arguments, today: CivilDate, _ word: String
  ) throws(Arguments.UsageError) -> ClosedRange<CivilDate> {
    if word == "list" { return today...today }
    func date(_ name: String) throws(Arguments.UsageError) -> CivilDate {
      guard let text = arguments[name], let date = ISO8601.date(text) else {
        throw .init(message: "--\(name) is a date such as 2024-09-19, not '\(arguments[name] ?? "")'")
      }
      return date
    }
    let (first, last) = (try date("from"), try date("to"))
    guard first <= last, last.dayNumber - first.dayNumber < Self.mostDays else {
      throw .init(message: "--from and --to are 1 to \(Self.mostDays) days, the first one first")
    }
    guard word == "remove" || last < today else {
      throw .init(message: "--to is a day that is over; today is \(ISO8601.string(today))")
    }
    return first...last
  }

  private static func span(_ days: ClosedRange<CivilDate>, of site: Site) -> Slot {
    let (first, last) = (site.zone.day(days.lowerBound), site.zone.day(days.upperBound))
    return Slot(start: first.start, end: last.end) ?? first
  }

  // MARK: Import

  private static func fill(
    _ days: ClosedRange<CivilDate>, site: Site, paths: SitePaths, _ arguments: Arguments
  ) throws -> Int32 {
    var site = site
    site.replaceFeeds(weather: arguments["weather"], prices: arguments["prices"])
    var files = FeedFiles()
    let (inputs, problems) = files.read(for: site)
    guard problems.isEmpty else { return Self.fail(problems.joined(separator: "\nrigshift history: ")) }
    guard inputs.weather != nil else { return Self.fail("there is no weather; name a file with --weather") }
    if let metered = try Self.metered(days, of: site, paths) {
      return Self.fail(
        "\(ISO8601.string(metered)) was metered by the site itself, which no computed day replaces; leave it out"
      )
    }
    // Everything is computed before anything is kept, so that a hole in a file leaves no half of it.
    var imported: [(day: Slot, slots: [ImportedSlot])] = []
    for number in days.lowerBound.dayNumber...days.upperBound.dayNumber {
      let date = CivilDate(dayNumber: number)
      switch try Self.compute(date, site: site, inputs: inputs) {
      case .success(let slots): imported.append((site.zone.day(date), slots))
      case .failure(let obstacle): return Self.fail("\(ISO8601.string(date)): \(obstacle.text)")
      }
    }
    if !arguments.has("dry-run") {
      try createFolder(paths.folder)
      let history = try SQLiteHistory(path: paths.history)
      for (day, slots) in imported { try history.replace(day, with: slots) }
    }
    print(
      "\(arguments.has("dry-run") ? "would import" : "imported") \(imported.count) days of \(site.name), computed and never "
        + "metered: " + Self.sums(imported.flatMap(\.slots), site))
    return 0
  }

  private struct Obstacle: Error { let text: String }

  /// The day as the planner would have run it, had it known the weather and the prices that came.
  private static func compute(
    _ date: CivilDate, site: Site, inputs: SiteInputs
  ) throws -> Result<[ImportedSlot], Obstacle> {
    var site = site
    site.planner.scenarios = 1
    let slots = SiteProblem.slots(of: date, site: site)
    let outlook = try SiteOutlook.make(site: site, inputs: inputs, slots: slots)
    // What was is not a guess: no climate, no profile, no other day in the place of a value that is missing.
    if let note = (outlook.forecast.notes + outlook.importPrices.notes).first {
      return .failure(Obstacle(text: note.text))
    }
    let problem = SiteProblem.make(
      site: site, slots: slots, outlook: outlook, state: .idle(site), solver: .live(site))
    switch try Planner.plan(problem, solver: HiGHSSolver()) {
    case .infeasible(let infeasibility): return .failure(Obstacle(text: infeasibility.message))
    case .planned(let plan):
      return .success(
        plan.slots.indices.map { index in
          let planned = plan.slots[index]
          let terms = problem.slots[index]
          let hours = planned.slot.hours
          let running = planned.running.reduce(0, +)
          let draw = zip(problem.banks, planned.running).reduce(0) { $0 + $1.0.draw.value * $1.1 }
          return ImportedSlot(
            slot: planned.slot, generated: outlook.generation.mean[index].value * hours,
            imported: planned.imported.value * hours, exported: planned.exported.value * hours,
            rigs: draw * hours, rigHours: running * hours, importPrice: terms.importPrice.value,
            exportPrice: terms.exportPrice.value, carbon: terms.carbon.value)
        })
    }
  }

  /// The first of the days of which the record has a slot; nil when there is none.
  private static func metered(
    _ days: ClosedRange<CivilDate>, of site: Site, _ paths: SitePaths
  ) throws(StoreError) -> CivilDate? {
    guard access(paths.database, R_OK) == 0 else { return nil }
    let span = Self.span(days, of: site)
    return try RecordReader(path: paths.database).slots(from: span.start, before: span.end).first.map {
      site.zone.date(of: $0.slot.start)
    }
  }

  // MARK: Show

  private static func list(_ site: Site, _ paths: SitePaths, json: Bool) throws(StoreError) -> Int32 {
    let whole = Slot(start: UTCInstant(milliseconds: 0), end: SystemClock().now().moment.wall)
    let slots =
      access(paths.history, R_OK) == 0
      ? try whole.map { span throws(StoreError) in try SQLiteHistory(reading: paths.history).slots(in: span) }
        ?? []
      : []
    let days = Dictionary(grouping: slots) { site.zone.date(of: $0.slot.start) }.sorted { $0.key < $1.key }
    if json {
      print(JSONValue.array(slots.map(\.json)).text(pretty: true))
    } else if days.isEmpty {
      print("no day was imported")
    } else {
      for (day, slots) in days { print("\(ISO8601.string(day))  \(Self.sums(slots, site))") }
    }
    return 0
  }

  private static func sums(_ slots: [ImportedSlot], _ site: Site) -> String {
    func sum(_ part: (ImportedSlot) -> Double) -> String { slots.reduce(0) { $0 + part($1) }.text(places: 0) }
    return
      "generation \(sum(\.generated)) kWh, rigs \(sum(\.rigs)) kWh in \(sum(\.rigHours)) rig-hours, import "
      + "\(sum(\.imported)) kWh, imports less exports \(sum(\.cost)) \(site.currency), CO2 "
      + "\(sum { $0.imported * $0.carbon / 1000 }) kg"
  }

  private static func fail(_ text: String) -> Int32 {
    Terminal.writeError("rigshift history: \(text)\n")
    return 1
  }
}

extension ImportedSlot {
  var cost: Double { self.imported * self.importPrice - self.exported * self.exportPrice }

  /// Members named as those of a metered slot, with `computed` to tell them apart.
  var json: JSONValue {
    [
      "start": .string(ISO8601.string(self.slot.start)), "end": .string(ISO8601.string(self.slot.end)),
      "computed": true, "generated_kwh": .number(self.generated), "imported_kwh": .number(self.imported),
      "exported_kwh": .number(self.exported), "rigs_kwh": .number(self.rigs),
      "rig_hours": .number(self.rigHours), "import_price": .number(self.importPrice),
      "export_price": .number(self.exportPrice), "carbon_g_per_kwh": .number(self.carbon),
    ]
  }
}
