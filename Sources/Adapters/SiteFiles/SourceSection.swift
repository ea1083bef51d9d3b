import Quantities
import SiteModel

/// `[tariff.import]`, `[tariff.export]`, `[carbon]` and `[weather]`: values that change with time.
enum SourceSection {
  private static let prices = -100_000.0...100_000.0
  private static let intensities = 0.0...5000.0

  static func price(
    _ table: TableReader, isRequired: Bool, _ currency: String?, _ folder: SiteFolder
  ) -> ValueSource? {
    let source = Self.source(
      table, .price(currency), in: Self.prices, example: isRequired ? "fixed = 0.25" : nil, folder)
    if case .file(let file) = source, case .jepx = file.format, let currency, currency != "JPY" {
      table.error(
        "JEPX prices are in JPY and this site counts in \(currency)", at: "format",
        do: "set currency = \"JPY\" or use another source")
    }
    return source
  }

  static func carbon(_ table: TableReader, _ folder: SiteFolder) -> ValueSource? {
    let source = Self.source(table, .carbon, in: Self.intensities, example: nil, folder)
    if case .file(let file) = source, case .jepx = file.format {
      table.error("a JEPX file has prices, not carbon intensities", at: "format", do: "use format = \"csv\"")
    }
    return source
  }

  static func weather(_ table: TableReader, _ folder: SiteFolder) -> WeatherSource? {
    let path = table.text("file")
    let feed = table.has("feed") ? FeedSection.read(table, .weather, folder) : nil
    table.finish()
    if table.has("file") {
      table.refuse("feed", because: "stands beside 'file'", do: "keep one of the two")
    }
    return path.map { WeatherSource(path: Self.existing($0, table, folder)) } ?? feed.map { .feed($0) }
  }

  private enum FormatName: String, CaseIterable { case jepx, csv }

  /// Reads `fixed`, `profile`, `file` or `feed`; `example` is nil when all four may be absent.
  private static func source(
    _ table: TableReader, _ subject: FeedSection.Subject, in range: ClosedRange<Double>, example: String?,
    _ folder: SiteFolder
  ) -> ValueSource? {
    let fixed = table.number("fixed", in: range)
    let profile = table.node("profile").flatMap { ProfileReader.read($0, "'profile'", in: range, table) }
    let feed = table.has("feed") ? Self.feed(table, subject, in: range, folder) : nil
    let file = table.has("feed") && !table.has("file") ? nil : Self.file(table, in: range, folder)
    table.finish()
    let given = ["fixed", "profile", "file", "feed"].filter(table.has)
    if given.isEmpty, let example {
      table.log.error(
        "\(table.name) has no 'fixed', 'profile', 'file' or 'feed'", at: table.position,
        do: "add a line such as: \(example)")
    }
    for key in given.dropFirst() {
      table.refuse(key, because: "stands beside '\(given[0])'", do: "keep one of the two")
    }
    return fixed.map { .fixed($0) } ?? profile.map { .profile($0) } ?? file.map { .file($0) }
      ?? feed.map { .feed($0) }
  }

  private static func feed(
    _ table: TableReader, _ subject: FeedSection.Subject, in range: ClosedRange<Double>, _ folder: SiteFolder
  ) -> SeriesFeed? {
    let source = FeedSection.read(table, subject, folder)
    let fallback = table.node("fallback").flatMap { Self.fallback($0, in: range, table) }
    return source.map { SeriesFeed(source: $0, fallback: fallback) }
  }

  private static func file(_ table: TableReader, in range: ClosedRange<Double>, _ folder: SiteFolder)
    -> SeriesFile?
  {
    guard table.has("file") else {
      for key in ["format", "area", "fallback"] {
        table.refuse(key, because: "needs a 'file' beside it", do: "add file = \"…\" or remove it")
      }
      return nil
    }
    let path = table.text("file")
    let format = table.choice("format", of: FormatName.self, .required(example: #"format = "csv""#))
    let fallback = table.node("fallback").flatMap { node in Self.fallback(node, in: range, table) }
    let seriesFormat = format.flatMap { Self.seriesFormat($0, table) }
    guard let path else { return nil }
    let resolved = Self.existing(path, table, folder)
    return seriesFormat.map { SeriesFile(path: resolved, format: $0, fallback: fallback) }
  }

  private static func seriesFormat(_ name: FormatName, _ table: TableReader) -> SeriesFile.Format? {
    switch name {
    case .csv:
      table.refuse("area", because: "belongs to format = \"jepx\"", do: "remove it")
      return .csv
    case .jepx:
      return Self.jepxArea(table).map { .jepx(area: $0) }
    }
  }

  /// An area of the Japanese market.
  static func jepxArea(_ table: TableReader) -> String? {
    guard let area = table.text("area", .required(example: #"area = "tokyo""#)) else { return nil }
    guard JEPXAreas.names.contains(area.lowercased()) else {
      let remedy =
        Spelling.nearest(to: area, among: JEPXAreas.english).map { "did you mean \"\($0)\"?" }
        ?? "use one of \(JEPXAreas.english.joined(separator: ", "))"
      table.error("'area' is \"\(area)\", which JEPX does not have", at: "area", do: remedy)
      return nil
    }
    return area.lowercased()
  }

  private static func fallback(_ node: TOMLNode, in range: ClosedRange<Double>, _ table: TableReader)
    -> DailyProfile?
  {
    switch node.value {
    case .integer, .number: table.number(node, "'fallback'", in: range).map { .constant($0) }
    case .table, .array, .string, .boolean, .temporal:
      ProfileReader.read(node, "'fallback'", in: range, table)
    }
  }

  /// Resolves a path and reports when no file is there.
  private static func existing(_ path: String, _ table: TableReader, _ folder: SiteFolder) -> String {
    let resolved = folder.resolve(path)
    if let reason = FileContents.obstacle(toReading: resolved) {
      table.error(
        "\(table.name) needs the file \"\(path)\": \(reason)", at: "file",
        do: path.hasPrefix("/")
          ? "put it there or correct the path" : "put it beside the site file or correct the path")
    }
    return resolved
  }
}

/// The areas of the Japanese day-ahead market, as its files and as people in English call them.
enum JEPXAreas {
  static let english = [
    "system", "hokkaido", "tohoku", "tokyo", "chubu", "hokuriku", "kansai", "chugoku", "shikoku", "kyushu",
  ]
  static let names = Set(english + ["システム", "北海道", "東北", "東京", "中部", "北陸", "関西", "中国", "四国", "九州"])
}
