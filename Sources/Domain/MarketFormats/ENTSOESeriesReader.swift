import Quantities

/// Reads the periods of a document of day-ahead prices.
struct ENTSOESeriesReader {
  /// Prices of one period, with the auction they are of.
  struct Group {
    /// The auction's place in the platform's order, from 1.
    let sequence: Int
    let step: Duration
    let intervals: [IntervalSeries.Interval]
  }

  let zone: String
  let currency: String
  let file: String?

  private static let steps: [String: Duration] = [
    "PT15M": .minutes(15), "PT30M": .minutes(30), "PT60M": .hours(1), "PT1H": .hours(1),
  ]
  private static let again = "ask the service again; the answer is damaged"

  /// Others are results of intraday auctions.
  static func isDayAhead(_ series: XMLElement) -> Bool {
    series["contract_MarketAgreement.type"].map { $0.text == "A01" } ?? true
  }

  func group(_ period: XMLElement, of series: XMLElement) throws(FormatError) -> Group {
    try self.checkZone(series)
    let unit = "\(series["currency_Unit.name"]?.text ?? "")/\(series["price_Measure_Unit.name"]?.text ?? "")"
    let scale = try FeedSeries.scale(of: unit, currency: self.currency, file: self.file)
    let sequence = try self.sequence(series)
    let stretch = period["timeInterval"]
    let slot = try FeedSeries.slot(
      stretch?["start"].flatMap { ISO8601.instant($0.text) },
      stretch?["end"].flatMap { ISO8601.instant($0.text) }, field: "timeInterval", file: self.file)
    guard let step = period["resolution"].flatMap({ Self.steps[$0.text] }) else {
      throw self.error(
        period, "resolution \"\(FeedSeries.printable(period["resolution"]?.text ?? ""))\" is not known",
        "use another source of prices")
    }
    let whole = slot.length / step
    guard whole.rounded() == whole, whole <= Double(FormatLimits.feedRows) else {
      throw self.error(period, "not a whole number of steps, or too many", Self.again)
    }
    let values = try self.values(period, count: Int(whole), scale: scale, holdsOn: try self.holdsOn(series))
    return Group(
      sequence: sequence, step: step,
      intervals: values.enumerated().compactMap { index, value in
        value.map { .init(slot: Slot(start: slot.start + step * index, length: step), value: $0) }
      })
  }

  private func checkZone(_ series: XMLElement) throws(FormatError) {
    for name in ["in_Domain.mRID", "out_Domain.mRID"] {
      guard let given = series[name], given.text != self.zone else { continue }
      throw self.error(
        given, "prices of zone \(FeedSeries.printable(given.text)), not of \(self.zone)", "check the zone")
    }
  }

  /// Whether points that repeat the one before them are left out.
  private func holdsOn(_ series: XMLElement) throws(FormatError) -> Bool {
    switch series["curveType"]?.text {
    case "A03": return true
    case "A01", nil: return false
    case let other?:
      throw self.error(
        series, "curve type \"\(FeedSeries.printable(other))\" is not known", "use another source of prices")
    }
  }

  private func sequence(_ series: XMLElement) throws(FormatError) -> Int {
    guard let place = series["classificationSequence_AttributeInstanceComponent.position"] else { return 1 }
    guard let number = DecimalText.int(ArraySlice(place.text.utf8)) else {
      throw self.error(place, "not the number of an auction", Self.again)
    }
    return number
  }

  /// The value of each step; nil is a gap.
  private func values(
    _ period: XMLElement, count: Int, scale: Double, holdsOn: Bool
  ) throws(FormatError) -> [Double?] {
    var values: [Double?] = []
    for point in period.all("Point") {
      guard let position = point["position"].flatMap({ DecimalText.int(ArraySlice($0.text.utf8)) }),
        position > values.count, position <= count
      else { throw self.error(point, "not a position after the one before, within the period", Self.again) }
      if holdsOn, values.isEmpty, position > 1 {
        throw self.error(point, "no price for the period's first step", Self.again)
      }
      let between = holdsOn ? values.last ?? nil : nil
      values += Array(repeating: between, count: position - 1 - values.count)
      values.append(try self.value(point, scale))
    }
    if holdsOn, let last = values.last { values += Array(repeating: last, count: count - values.count) }
    return values
  }

  private func value(_ point: XMLElement, _ scale: Double) throws(FormatError) -> Double {
    guard let text = point["price.amount"]?.text, let number = DecimalText.double(ArraySlice(text.utf8))
    else {
      throw self.error(point, "not a number", Self.again)
    }
    guard FeedSeries.plausiblePrice.contains(number * scale) else {
      throw self.error(point, "\(number) cannot be true", "ask the service again later")
    }
    return number * scale
  }

  private func error(_ element: XMLElement, _ message: String, _ remedy: String) -> FormatError {
    FormatError(file: self.file, line: element.line, field: element.name, message: message, remedy: remedy)
  }
}
