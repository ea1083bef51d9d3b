import LinuxHost
import SiteFiles
import SiteModel

/// Where the package puts the site file.
let defaultSitePath = "/etc/rigshift/site.toml"

/// Loads and checks a site file; prints every problem and returns nil when it cannot be used.
func loadSite(_ path: String) -> Site? {
  do throws(SiteFileProblems) {
    return try SiteFile.load(path: path).site
  } catch {
    Terminal.writeError("\(error)\n")
    return nil
  }
}

extension Site {
  /// Takes weather and prices from files named on the command line instead of the site's own. A price file is JEPX's
  /// where its name ends in `.csv` and its first line is the exchange's header, otherwise `start,price`.
  mutating func replaceFeeds(weather: String?, prices: String?) {
    if let weather { self.weather = WeatherSource(path: weather) }
    guard let prices else { return }
    var format = SeriesFile.Format.csv
    if case .file(let file) = self.importTariff { format = file.format }
    if Self.looksLikeJEPX(prices) {
      if case .jepx = format {} else { format = .jepx(area: "tokyo") }
    }
    self.importTariff = .file(SeriesFile(path: prices, format: format))
  }

  private static func looksLikeJEPX(_ path: String) -> Bool {
    do throws(SystemError) {
      // The header's first word is the Japanese for "delivery date", in UTF-8 or cp932.
      let bytes = try readFile(path)
      return bytes.starts(with: "受渡日".utf8) || bytes.starts(with: [0xEF, 0xBB, 0xBF] + Array("受渡日".utf8))
        || bytes.starts(with: [0x8E, 0xF3, 0x93, 0x6E])
    } catch {
      return false
    }
  }
}
