import JSONText
public import PeerProtocol
public import Ports

/// Why there is no site yet.
public struct SetupState: Sendable {
  public struct Problem: Sendable {
    public var line: Int?
    public var column: Int?
    public var what: String
    public var remedy: String

    public init(line: Int?, column: Int?, what: String, remedy: String) {
      self.line = line
      self.column = column
      self.what = what
      self.remedy = remedy
    }
  }

  /// Where the site file lies or should.
  public var path: String
  /// Not empty.
  public var problems: [Problem]
  /// A site file to begin with; nil where none is installed.
  public var example: String?

  public init(path: String, problems: [Problem], example: String?) {
    self.path = path
    self.problems = problems
    self.example = example
  }
}

extension WebInterface {
  /// The answer of a program that waits for a site file it can use: what is wrong with it, and nothing else.
  public func setup(_ request: HTTPRequestReader.Request, _ state: SetupState) -> HTTPResponse {
    if let refusal = self.strangersName(request) { return refusal }
    switch Endpoint.find(request.method, request.path) {
    case .endpoint(let endpoint, _):
      if let (type, bytes) = Self.asset(endpoint) { return Self.response(200, type, bytes: bytes) }
      if DashboardPage.Place(endpoint) != nil { return Self.page(503, SetupPage(state: state).markup) }
      guard endpoint == .health else { break }
      let texts = state.problems.map { JSONValue.string($0.what) }
      return Self.response(
        503, "application/json",
        (["status": "setup", "problems": .array(texts)] as JSONValue).text() + "\n")
    case .otherMethods, .nothing: break
    }
    return Problem(
      status: 503, title: "the site file cannot be used, so no site runs",
      remedy: "mend \(state.path); `rigshift check --site \(state.path)` says what is wrong"
    ).response
  }
}

/// What a person sees in place of a site whose file cannot be used.
struct SetupPage {
  let state: SetupState

  var markup: Markup {
    let rows = self.state.problems.map { problem -> Markup in
      """
      <tr><td>\(problem.line.map { "\($0)" } ?? "")</td><td>\(problem.column.map { "\($0)" } ?? "")</td>\
      <th scope="row">\(problem.what)</th><td>\(problem.remedy)</td></tr>
      """
    }
    let example: Markup? = self.state.example.map { example in
      """
      <p>To begin with an example: <code>sudo cp \(example) \(self.state.path)</code>, then put your own figures into it.</p>
      """
    }
    return PlainPage(
      title: "Setup - RigShift", head: "<meta http-equiv=\"refresh\" content=\"3\">",
      main: """
        <h1>No site runs yet</h1>
        <p role="status" class="refused">The site file <code>\(self.state.path)</code> cannot be used. The controller begins by itself
        as soon as it is right; until then it switches nothing, and the relay holder keeps relays as its policy says.</p>
        \(Markup.table("Problems", ["line", "column", "what is wrong", "what to do"], rows))
        \(example)<p>Without looking here: <code>rigshift check --site \(self.state.path)</code>. To see a simulated site first:
        <code>rigshift demo --listen 127.0.0.1:8081</code>.</p>
        """
    ).markup
  }
}
