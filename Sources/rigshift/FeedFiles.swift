import Forecasting
import LinuxHost
import MarketFormats
import Quantities
import SiteController
import SiteModel

/// The files behind a site's weather, tariffs and carbon, read again when they change.
struct FeedFiles {
  private var weather = FileCache<[WeatherSeries]>()
  private var importPrices = FileCache<IntervalSeries>()
  private var exportPrices = FileCache<IntervalSeries>()
  private var carbon = FileCache<IntervalSeries>()

  /// What the files hold now; read anew where they have changed since the last call.
  mutating func answers(for site: Site) -> FeedAnswers {
    let required = site.requiredWeather
    return FeedAnswers(
      weather: self.weather.answer(of: site.weather?.path) { bytes, path throws(FormatError) in
        try OpenMeteoResponse.parse(bytes, file: path, requiring: required).members
      }, importPrices: Self.series(of: site.importTariff, &self.importPrices),
      exportPrices: Self.series(of: site.exportTariff, &self.exportPrices),
      carbon: Self.series(of: site.carbon, &self.carbon))
  }

  /// The same as inputs for one plan, unjudged. `problems` has one sentence for each file that could not be used.
  mutating func read(for site: Site) -> (inputs: SiteInputs, problems: [String]) {
    let answers = self.answers(for: site)
    var problems: [String] = []
    func value<Value>(_ answer: FeedAnswer<Value>) -> Value? {
      switch answer {
      case .notAsked: return nil
      case .given(let value, _), .kept(let value, _, _): return value
      case .failed(let why):
        problems.append(why)
        return nil
      }
    }
    let members = value(answers.weather)
    return (
      SiteInputs(
        weather: members?.first, members: members.map { Array($0.dropFirst()) } ?? [],
        importPrices: value(answers.importPrices), exportPrices: value(answers.exportPrices),
        carbon: value(answers.carbon)), problems
    )
  }

  private static func series(
    of source: ValueSource, _ cache: inout FileCache<IntervalSeries>
  ) -> FeedAnswer<IntervalSeries> {
    guard case .file(let file) = source else { return .notAsked }
    return cache.answer(of: file.path) { bytes, path throws(FormatError) in
      switch file.format {
      case .jepx(let area): try JEPXSpotSummary.parse(bytes, area: area, file: path).prices
      case .csv: try PriceCSV.parse(bytes, file: path).prices
      }
    }
  }
}

/// What one file gave when it was read last, and when the file had changed then.
private struct FileCache<Value: Sendable> {
  private var path: String?
  private var read: (changed: Int64, answer: FeedAnswer<Value>)?

  mutating func answer(
    of path: String?, parse: ([UInt8], String) throws(FormatError) -> Value
  ) -> FeedAnswer<Value> {
    if path != self.path {
      self.path = path
      self.read = nil
    }
    guard let path else { return .notAsked }
    let changed = modificationTime(of: path)
    if let changed, let read = self.read, changed == read.changed { return read.answer }
    let answer = Self.answer(path, changed: changed, parse: parse)
    self.read = changed.map { ($0, answer) }
    return answer
  }

  private static func answer(
    _ path: String, changed: Int64?, parse: ([UInt8], String) throws(FormatError) -> Value
  ) -> FeedAnswer<Value> {
    let bytes: [UInt8]
    do throws(SystemError) { bytes = try readFile(path) } catch { return .failed("\(error)") }
    do throws(FormatError) {
      let value = try parse(bytes, path)
      // Without a time of its own a file counts as made just now, which the next call corrects.
      return .given(value, issued: UTCInstant(milliseconds: changed.map { $0 / 1_000_000 } ?? .max))
    } catch {
      return .failed("\(error)")
    }
  }
}
