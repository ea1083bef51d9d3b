import Quantities

/// Puts the columns of one place together: chooses the model, and makes one series per member of the ensemble.
struct OpenMeteoReader {
  let blocks: [OpenMeteoBlock]
  let place: WeatherSeries.Place?
  let file: String?

  func members(
    model wanted: String?, requiring required: Set<WeatherVariable>, choices: inout [String]
  ) throws(FormatError) -> [WeatherSeries] {
    let models = self.models
    if let wanted, !models.contains(wanted) {
      throw FormatError(
        file: self.file, message: "no column of model \"\(wanted)\"",
        remedy: models == [""]
          ? "the columns name no model: leave it out" : "choose one of \(models.joined(separator: ", "))")
    }
    var firstError: FormatError?
    for model in wanted.map({ [$0] }) ?? models {
      let members = try self.members(of: model)
      if let error = self.missing(required, in: members[0]) {
        firstError = firstError ?? error
        continue
      }
      if wanted == nil, models.count > 1 {
        let others = models.filter { $0 != model }.map { $0.isEmpty ? "the unnamed" : $0 }
        choices.append(
          "took model \(model.isEmpty ? "without a name" : model), the first with all that is needed; "
            + "left out \(others.joined(separator: ", "))")
      }
      return members
    }
    // Every model was tried and each left an error.
    throw firstError
      ?? FormatError(
        file: self.file, message: "no column this program can use",
        remedy: "ask the service for shortwave_radiation, temperature_2m, wind_speed_10m, surface_pressure")
  }

  /// In order of appearance.
  private var models: [String] {
    var models: [String] = []
    var seen: Set<String> = []
    for block in self.blocks {
      for column in block.columns where seen.insert(column.model).inserted { models.append(column.model) }
    }
    return models
  }

  private func missing(_ required: Set<WeatherVariable>, in weather: WeatherSeries) -> FormatError? {
    guard let variable = WeatherVariable.allCases.first(where: { required.contains($0) && !weather.has($0) })
    else {
      return nil
    }
    return FormatError(
      file: self.file, message: "no value of \(variable.rawValue), which this site needs",
      remedy: "add \(variable.openMeteoName) to the variables asked of the service")
  }

  private func members(of model: String) throws(FormatError) -> [WeatherSeries] {
    let numbers = Set(self.blocks.flatMap(\.columns).filter { $0.model == model }.map(\.member)).sorted()
    guard numbers.count <= FormatLimits.weatherMembers else {
      throw FormatError(
        file: self.file,
        message: "\(numbers.count) ensemble members, more than the \(FormatLimits.weatherMembers) allowed",
        remedy: "ask the service for one model at a time")
    }
    var members: [WeatherSeries] = []
    for number in numbers {
      members.append(try self.series(model: model, member: number, control: members.first))
    }
    return members
  }

  /// A variable the member lacks is the control run's.
  private func series(
    model: String, member: Int, control: WeatherSeries?
  ) throws(FormatError) -> WeatherSeries {
    func columns(_ quantity: OpenMeteoColumn.Quantity) -> [(OpenMeteoBlock, OpenMeteoColumn)] {
      self.blocks.flatMap { block in
        block.columns.filter { $0.model == model && $0.member == member && $0.quantity == quantity }.map {
          (block, $0)
        }
      }
    }
    let heights = Set(
      self.blocks.flatMap(\.columns).filter { $0.model == model && $0.member == member }.compactMap(
        \.windHeight))
    var winds: [WeatherSeries.Wind] = []
    for height in heights.sorted() {
      if let speed = try self.points(columns(.wind(height: height))) {
        winds.append(WeatherSeries.Wind(height: Double(height), speed: speed))
      }
    }
    var radiation: WeatherSeries.Radiation?
    if let means = try self.means(columns(.radiationMean)) {
      radiation = .means(means)
    } else if let instants = try self.points(columns(.radiationInstant)) {
      radiation = .instants(instants)
    }
    return WeatherSeries(
      place: self.place, spacing: self.blocks.map(\.spacing).max() ?? .hours(1),
      radiation: radiation ?? control?.radiation,
      temperature: try self.points(columns(.temperature)) ?? control?.temperature,
      pressure: try self.points(columns(.pressure)) ?? control?.pressure,
      humidity: try self.points(columns(.humidity)) ?? control?.humidity,
      winds: winds.isEmpty ? control?.winds ?? [] : winds)
  }

  /// The points of the finest block, before and after it those of the coarser one.
  private func points(_ columns: [(OpenMeteoBlock, OpenMeteoColumn)]) throws(FormatError) -> PointSeries? {
    guard !columns.isEmpty else { return nil }
    var points: [PointSeries.Point] = []
    for (block, column) in columns {
      let coarser = try block.points(of: column)
      guard let first = points.first, let last = points.last else {
        points = coarser
        continue
      }
      points = coarser.filter { $0.at < first.at } + points + coarser.filter { $0.at > last.at }
    }
    do { return try PointSeries(points) } catch {
      throw self.disorder(columns[0].1)
    }
  }

  private func means(_ columns: [(OpenMeteoBlock, OpenMeteoColumn)]) throws(FormatError) -> IntervalSeries? {
    guard !columns.isEmpty else { return nil }
    var intervals: [IntervalSeries.Interval] = []
    for (block, column) in columns {
      let coarser = try block.precedingMeans(of: column)
      guard let first = intervals.first?.slot, let last = intervals.last?.slot else {
        intervals = coarser
        continue
      }
      // An hour the quarters reach into only in part gives its mean to the rest.
      let before = coarser.compactMap {
        Self.clipped($0, to: Slot(start: $0.slot.start, end: min($0.slot.end, first.start)))
      }
      let after = coarser.compactMap {
        Self.clipped($0, to: Slot(start: max($0.slot.start, last.end), end: $0.slot.end))
      }
      intervals = before + intervals + after
    }
    do { return try IntervalSeries(intervals) } catch {
      throw self.disorder(columns[0].1)
    }
  }

  private static func clipped(_ interval: IntervalSeries.Interval, to slot: Slot?) -> IntervalSeries.Interval?
  {
    slot.map { IntervalSeries.Interval(slot: $0, value: interval.value) }
  }

  /// Two columns of the same meaning, such as both spellings of a wind speed, that do not fit together.
  private func disorder(_ column: OpenMeteoColumn) -> FormatError {
    FormatError(
      file: self.file, field: column.key,
      message: "its stamps overlap with another column of the same meaning",
      remedy: "ask the service for one of them")
  }
}

extension OpenMeteoColumn {
  fileprivate var windHeight: Int? {
    guard case .wind(let height) = self.quantity else { return nil }
    return height
  }
}

extension WeatherVariable {
  fileprivate var openMeteoName: String {
    switch self {
    case .radiation: "shortwave_radiation"
    case .wind: "wind_speed_10m (or _80m, _100m, _120m, _180m)"
    case .temperature: "temperature_2m"
    case .pressure: "surface_pressure"
    case .humidity: "relative_humidity_2m"
    }
  }
}
