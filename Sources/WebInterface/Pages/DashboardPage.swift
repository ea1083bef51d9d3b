import JSONText

/// The frame that every page has: strip, navigation, and a banner that the page's script shows when it hears nothing.
struct DashboardPage {
  enum Place: String, CaseIterable {
    case now = "/"
    case plan = "/plan"
    case rigs = "/rigs"
    case energy = "/energy"
    case evidence = "/evidence"
    case peers = "/peers"
    case system = "/system"

    init?(_ endpoint: Endpoint) {
      guard endpoint.method == "GET" else { return nil }
      self.init(rawValue: endpoint.path)
    }

    var title: String {
      switch self {
      case .now: "Now"
      case .plan: "Plan"
      case .rigs: "Rigs"
      case .energy: "Energy"
      case .evidence: "Evidence"
      case .peers: "Peers"
      case .system: "System"
      }
    }
  }

  let place: Place
  let snapshot: SiteSnapshot
  let actions: Actions
  let version: String
  /// For the energy page, which looks into the record.
  var energy: (period: EnergyPeriod, accounts: JSONValue) = (EnergyPeriod(), [:])
  /// For the evidence page, where somebody asked for a part of the record.
  var history: (filter: HistoryFilter, record: JSONValue)?

  private var main: Markup {
    switch self.place {
    case .now: NowPage(self.snapshot, actions: self.actions).markup
    case .plan: PlanPage(snapshot: self.snapshot, actions: self.actions).markup
    case .rigs: RigsPage(snapshot: self.snapshot, actions: self.actions).markup
    case .energy:
      EnergyPage(snapshot: self.snapshot, period: self.energy.period, accounts: self.energy.accounts).markup
    case .peers: PeersPage(snapshot: self.snapshot).markup
    case .evidence: EvidencePage(snapshot: self.snapshot, history: self.history).markup
    case .system: SystemPage(snapshot: self.snapshot, version: self.version, actions: self.actions).markup
    }
  }

  var markup: Markup {
    let site = self.snapshot.status["site"]?.string ?? "RigShift"
    let simulated: Markup = self.snapshot.isSimulated ? "<p class=\"simulated\">SIMULATED</p>" : ""
    let title = (self.snapshot.isSimulated ? "SIMULATED - " : "") + "\(self.place.title) - \(site)"
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title)</title><link rel="stylesheet" href="/style.css"><link rel="icon" href="data:,">
      <script src="/live.js" defer></script>\(self.place == .plan ? "<script src=\"/charts.js\" defer></script>" as Markup : "")</head>
      <body data-revision="\(Revision.of(self.snapshot))">
      <a class="skip" href="#main">Skip to content</a>
      <header><p class="site">\(site)</p>\(simulated)\(StatusStrip(self.snapshot).markup)
      <p class="silent" role="alert" hidden>Screen disconnected since <time></time>: what you see is old.</p></header>
      \(self.actions.bar(isAllOff: self.isAllOff))
      <nav aria-label="Pages">\(self.places.map(self.link))</nav>
      <main id="main">\(self.main)</main>
      </body></html>

      """
  }

  private var isAllOff: Bool {
    let rigs = self.snapshot.rigs.array ?? []
    return !rigs.isEmpty && rigs.allSatisfy { $0["locked_out"]?.bool == true }
  }

  /// A page for a part that the site does not have is absent.
  private var places: [Place] { Place.allCases.filter { $0 != .peers || !self.snapshot.grid.isNull } }

  private func link(_ place: Place) -> Markup {
    place == self.place
      ? "<a href=\"\(place.rawValue)\" aria-current=\"page\">\(place.title)</a>"
      : "<a href=\"\(place.rawValue)\">\(place.title)</a>"
  }
}
