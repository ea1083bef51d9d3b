import JSONText

/// The frame that every page has: strip, navigation, and a banner that the page's script shows when it hears nothing.
struct DashboardPage {
  enum Place: String, CaseIterable {
    case now = "/"
    case plan = "/plan"
    case rigs = "/rigs"
    case energy = "/energy"
    case evidence = "/evidence"
    case system = "/system"

    var title: String {
      switch self {
      case .now: "Now"
      case .plan: "Plan"
      case .rigs: "Rigs"
      case .energy: "Energy"
      case .evidence: "Evidence"
      case .system: "System"
      }
    }
  }

  let place: Place
  let snapshot: SiteSnapshot
  let main: Markup

  var markup: Markup {
    let site = self.snapshot.status["site"]?.string ?? "RigShift"
    let simulated: Markup = self.snapshot.isSimulated ? "<p class=\"simulated\">SIMULATED</p>" : ""
    let title = (self.snapshot.isSimulated ? "SIMULATED - " : "") + "\(self.place.title) - \(site)"
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title)</title><link rel="stylesheet" href="/style.css"><link rel="icon" href="data:,">
      <script src="/live.js" defer></script></head>
      <body data-revision="\(Revision.of(self.snapshot))">
      <a class="skip" href="#main">Skip to content</a>
      <header><p class="site">\(site)</p>\(simulated)\(StatusStrip(self.snapshot).markup)
      <p class="silent" role="alert" hidden>Screen disconnected since <time></time>: what you see is old.</p></header>
      <nav aria-label="Pages">\(Place.allCases.map(self.link))</nav>
      <main id="main">\(self.main)</main>
      </body></html>

      """
  }

  private func link(_ place: Place) -> Markup {
    place == self.place
      ? "<a href=\"\(place.rawValue)\" aria-current=\"page\">\(place.title)</a>"
      : "<a href=\"\(place.rawValue)\">\(place.title)</a>"
  }
}
