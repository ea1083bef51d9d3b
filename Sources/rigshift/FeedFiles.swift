import Forecasting
import LinuxHost
import MarketFormats
import Quantities
import SiteController
import SiteModel

/// The files a site reads weather, prices and carbon from, read again when they change. A file that cannot be used
/// leaves what it gave last in force and says so.
struct FeedFiles {
  private var weather = FileCache<[WeatherSeries]>()
  private var importPrices = FileCache<IntervalSeries>()
  private var exportPrices = FileCache<IntervalSeries>()
  private var carbon = FileCache<IntervalSeries>()

  /// Reads what has changed since the last call. `problems` has one sentence for each file that could not be used.
  mutating func read(for site: Site) -> (inputs: SiteInputs, problems: [String]) {
    var problems: [String] = []
    let required: Set<WeatherVariable> = Set(
      (site.photovoltaics.isEmpty ? [] : [.radiation]) + (site.turbines.isEmpty ? [] : [.wind]))
    let members = self.weather.value(of: site.weather?.path, problems: &problems) {
      bytes, path throws(FormatError) in
      try OpenMeteoResponse.parse(bytes, file: path, requiring: required).members
    }
    let inputs = SiteInputs(
      weather: members?.first, members: members.map { Array($0.dropFirst()) } ?? [],
      importPrices: Self.series(of: site.importTariff, &self.importPrices, &problems),
      exportPrices: Self.series(of: site.exportTariff, &self.exportPrices, &problems),
      carbon: Self.series(of: site.carbon, &self.carbon, &problems))
    return (inputs, problems)
  }

  private static func series(
    of source: ValueSource, _ cache: inout FileCache<IntervalSeries>, _ problems: inout [String]
  ) -> IntervalSeries? {
    guard case .file(let file) = source else { return nil }
    return cache.value(of: file.path, problems: &problems) { bytes, path throws(FormatError) in
      switch file.format {
      case .jepx(let area): try JEPXSpotSummary.parse(bytes, area: area, file: path).prices
      case .csv: try PriceCSV.parse(bytes, file: path).prices
      }
    }
  }
}

/// What one file gave last, and when the file had changed then.
private struct FileCache<Value> {
  private var path: String?
  private var changed: Int64?
  private var value: Value?

  mutating func value(
    of path: String?, problems: inout [String], parse: ([UInt8], String) throws(FormatError) -> Value?
  ) -> Value? {
    if path != self.path {
      self.path = path
      self.changed = nil
      self.value = nil
    }
    guard let path else { return nil }
    let changed = modificationTime(of: path)
    if let changed, changed == self.changed { return self.value }
    do throws(SystemError) {
      let bytes = try readFile(path)
      do throws(FormatError) {
        self.value = try parse(bytes, path)
        self.changed = changed
      } catch {
        problems.append("\(error)")
      }
    } catch {
      problems.append("\(error)")
    }
    return self.value
  }
}
