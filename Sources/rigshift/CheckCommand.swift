import Control
import LinuxHost
import SiteFiles
import SiteModel

/// `rigshift check`: prints the site as understood, or everything that is wrong with its file.
func runCheck(path: String) -> Int32 {
  do {
    let file = try SiteFile.load(path: path)
    print(SiteDescription(file.site, at: SystemClock().now().moment.wall).text)
    for warning in file.warnings { print(warning) }
    return 0
  } catch {
    print(error)
    return 1
  }
}
