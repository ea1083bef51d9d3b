import Quantities
import SiteModel

/// A service behind `feed = "..."` in `[weather]`, a tariff or `[carbon]`.
enum FeedSection {
  /// What a service can be asked for, and what is usual with it.
  enum Name: String, CaseIterable {
    case openMeteo = "open-meteo"
    case jepx
    case octopus
    case energyCharts = "energy-charts"
    case awattar
    case carbonIntensity = "carbon-intensity"
    case entsoe
    case tibber
    case json
    case csv
  }

  enum Subject {
    case weather
    /// The site's currency.
    case price(String?)
    case carbon
  }

  private static let pace = Duration.minutes(1) ... .hours(24)

  static func read(_ table: TableReader, _ subject: Subject, _ folder: SiteFolder) -> FeedSource? {
    guard let name = table.choice("feed", of: Name.self) else { return nil }
    guard Self.isFit(name, for: subject) else {
      table.error(
        "\"\(name.rawValue)\" does not give what \(table.name) needs", at: "feed",
        do: "use one of "
          + Name.allCases.filter { Self.isFit($0, for: subject) }.map { "\"\($0.rawValue)\"" }
          .joined(separator: ", "))
      return nil
    }
    Self.checkCurrency(of: name, subject, table)
    let service = Self.service(name, table, subject)
    let every = table.duration("every", in: Self.pace) ?? name.every
    let answerWithin = table.duration("answer_within", in: .seconds(1) ... .minutes(2)) ?? .seconds(30)
    let needed = Int(Duration.hours(24) / every)
    // Twice what the pace needs leaves room for asking again after failures.
    let calls = table.wholeNumber("calls_per_day", in: 1...10_000) ?? max(48, 2 * needed)
    if calls < needed {
      table.error(
        "'calls_per_day' is \(calls), but asking every \(DurationText.string(every)) takes \(needed)",
        at: "calls_per_day", do: "raise it to at least \(needed), or lengthen 'every'")
    }
    let keyFile = Self.keyFile(name, table, folder)
    let hasKey = keyFile != nil
    let isDescribed = name == .json || name == .csv
    let keyHeader = isDescribed ? DescribedFeedSection.keyHeader(table, hasKey: hasKey) : nil
    let given =
      isDescribed ? FeedAddress.whole(table, hasKey: hasKey) : FeedAddress.known(table, hasKey: hasKey)
    let markUp = Self.markUp(table, subject)
    guard let service, let address = given ?? service.usualAddress else { return nil }
    return FeedSource(
      service: service, address: address, every: every, answerWithin: answerWithin, callsPerDay: calls,
      keyFile: keyFile, keyHeader: keyHeader, markUp: markUp)
  }

  /// What a tariff has on top of its market's price.
  private static func markUp(_ table: TableReader, _ subject: Subject) -> PriceMarkUp? {
    guard case .price = subject else { return nil }
    let addition = table.number("addition_per_kwh", in: -100_000...100_000)
    let factor = table.number("factor", in: 0.01...100)
    return addition == nil && factor == nil
      ? nil : PriceMarkUp(addition: addition ?? 0, factor: factor ?? 1)
  }

  private static func isFit(_ name: Name, for subject: Subject) -> Bool {
    switch (name, subject) {
    case (.openMeteo, .weather), (.carbonIntensity, .carbon): true
    case (.jepx, .price), (.octopus, .price), (.energyCharts, .price), (.awattar, .price): true
    case (.entsoe, .price), (.tibber, .price): true
    case (.json, .price), (.json, .carbon), (.csv, .price), (.csv, .carbon): true
    case (_, .weather), (_, .price), (_, .carbon): false
    }
  }

  private static func checkCurrency(of name: Name, _ subject: Subject, _ table: TableReader) {
    guard case .price(let currency?) = subject, let own = name.currency, own != currency else { return }
    table.error(
      "\"\(name.rawValue)\" gives prices in \(own) and this site counts in \(currency)", at: "feed",
      do: "set currency = \"\(own)\" or use another source")
  }

  private static func service(
    _ name: Name, _ table: TableReader, _ subject: Subject
  ) -> FeedSource.Service? {
    switch name {
    case .openMeteo:
      let models = (table.array("models") ?? []).compactMap { table.text($0, "a model") }
      for model in models where !Self.isPlain(model) {
        table.error(
          "a model is \"\(model)\"", at: "models",
          do: "name it as the service does, such as \"icon_seamless\"")
      }
      let isEnsemble = table.flag("ensemble") ?? false
      if isEnsemble, models.count != 1 {
        table.error(
          "an ensemble is of one model", at: "ensemble",
          do: "add a line such as: models = [\"icon_seamless\"]")
      }
      return .openMeteo(models: models, isEnsemble: isEnsemble)
    case .jepx:
      return SourceSection.jepxArea(table).map { .jepx(area: $0) }
    case .octopus:
      let product = Self.plain("product", example: "product = \"AGILE-24-10-01\"", table)
      let region = table.text("region", .required(example: #"region = "C""#))
      let includesVAT = table.flag("vat") ?? true
      if let region, region.utf8.count != 1 || !region.utf8.allSatisfy({ (65...80).contains($0) }) {
        table.error(
          "'region' is \"\(region)\"", at: "region", do: "give the letter of the region, from A to P")
        return nil
      }
      guard let product, let region else { return nil }
      return .octopus(product: product, region: region, includesVAT: includesVAT)
    case .energyCharts:
      return Self.plain("zone", example: #"zone = "DE-LU""#, table).map { .energyCharts(zone: $0) }
    case .awattar: return .awattar
    case .entsoe: return Self.entsoe(table)
    case .tibber: return Self.tibber(table)
    case .json: return DescribedFeedSection.json(table, subject).map { .described($0) }
    case .csv: return DescribedFeedSection.csv(table, subject).map { .described($0) }
    case .carbonIntensity:
      guard table.has("postcode") else { return .carbonIntensity(postcode: nil) }
      guard let postcode = table.text("postcode") else { return nil }
      guard (2...4).contains(postcode.utf8.count), Self.isPlain(postcode) else {
        table.error(
          "'postcode' is \"\(postcode)\"", at: "postcode",
          do: "give the first half of the postcode alone, such as \"SW1A\"")
        return nil
      }
      return .carbonIntensity(postcode: postcode.uppercased())
    }
  }

  private static func entsoe(_ table: TableReader) -> FeedSource.Service? {
    guard let zone = table.text("zone", .required(example: #"zone = "10Y1001A1001A82H""#)) else { return nil }
    guard EICCode.isValid(zone) else {
      table.error(
        "'zone' is \"\(zone)\", which is not the code of a bidding zone", at: "zone",
        do: "give its EIC of 16 characters, such as \"10Y1001A1001A82H\" for Germany and Luxembourg")
      return nil
    }
    return .entsoe(zone: zone)
  }

  private static func tibber(_ table: TableReader) -> FeedSource.Service? {
    let price = table.choice(
      "price", of: FeedSource.TibberPrice.self, .required(example: #"price = "total""#))
    let home = table.text("home")
    if let home, !Self.isPlain(home) || home.utf8.count > 60 {
      table.error("'home' is \"\(home)\"", at: "home", do: "write the id the service gives the home")
    }
    let isQuarterHourly = table.flag("quarter_hours") ?? true
    return price.map { .tibber(home: home, price: $0, isQuarterHourly: isQuarterHourly) }
  }

  /// Letters, digits, `-` and `_`: what needs no escaping in an address.
  static func isPlain(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95
      }
  }

  private static func plain(_ key: String, example: String, _ table: TableReader) -> String? {
    guard let text = table.text(key, .required(example: example)) else { return nil }
    guard Self.isPlain(text), text.utf8.count <= 60 else {
      table.error("'\(key)' is \"\(text)\"", at: key, do: "write it as the service does, such as \(example)")
      return nil
    }
    return text
  }

  private static func keyFile(_ name: Name, _ table: TableReader, _ folder: SiteFolder) -> String? {
    switch name {
    case .openMeteo, .json, .csv: table.text("key_file").map { folder.resolve($0) }
    case .entsoe, .tibber:
      table.text("key_file", .required(example: "key_file = \"\(name.rawValue).key\"")).map {
        folder.resolve($0)
      }
    case .jepx, .octopus, .energyCharts, .awattar, .carbonIntensity: nil
    }
  }
}

extension FeedSection.Name {
  fileprivate var currency: String? {
    switch self {
    case .jepx: "JPY"
    case .octopus: "GBP"
    case .awattar: "EUR"
    case .energyCharts, .openMeteo, .carbonIntensity, .entsoe, .tibber, .json, .csv: nil
    }
  }

  /// Weather is computed anew every hour, prices are made once a day; a year's file of the exchange is large.
  fileprivate var every: Duration {
    switch self {
    case .openMeteo, .json, .csv: .hours(1)
    case .jepx: .hours(3)
    case .octopus, .energyCharts, .awattar, .carbonIntensity, .entsoe, .tibber: .minutes(30)
    }
  }
}

extension FeedSource.Service {
  /// Nil where the site file must name one.
  fileprivate var usualAddress: String? {
    switch self {
    case .openMeteo(_, let isEnsemble):
      isEnsemble ? "https://ensemble-api.open-meteo.com" : "https://api.open-meteo.com"
    case .jepx: "https://www.jepx.jp"
    case .carbonIntensity: "https://api.carbonintensity.org.uk"
    case .octopus: "https://api.octopus.energy"
    case .energyCharts: "https://api.energy-charts.info"
    case .awattar: "https://api.awattar.de"
    case .entsoe: "https://web-api.tp.entsoe.eu"
    case .tibber: "https://api.tibber.com"
    case .described: nil
    }
  }
}
