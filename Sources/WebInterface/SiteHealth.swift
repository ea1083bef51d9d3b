import JSONText

/// Whether a person has to look, for programs that ask.
struct SiteHealth {
  /// What is wrong; empty when nothing is. `kind` is that of the alarm it becomes when it lasts.
  let findings: [(text: String, kind: String)]

  var problems: [String] { self.findings.map(\.text) }

  /// A snapshot that is older than this comes from a control loop that stands still.
  private static let oldest = Duration.seconds(5)

  init(_ snapshot: SiteSnapshot?) {
    guard let snapshot else {
      self.findings = [("the site is starting", "controlSilent")]
      return
    }
    guard snapshot.age <= Self.oldest else {
      let silence = snapshot.age.components.seconds
      self.findings = [("the control loop has not answered for \(silence) s", "controlSilent")]
      return
    }
    let status = snapshot.status
    var findings = (status["alarms"]?.array ?? []).compactMap { alarm in
      alarm["text"]?.string.map { (text: $0, kind: alarm["kind"]?.string ?? "") }
    }
    func find(_ isWrong: Bool, _ text: String, _ kind: String) {
      if isWrong { findings.append((text, kind)) }
    }
    find(status["clock_trusted"]?.bool == false, "the clock is not trusted", "clockUntrusted")
    find(status["site_meter_fresh"]?.bool == false, "the site meter is not believed", "siteMeterStale")
    find(status["store_failed"]?.bool == true, "the record cannot be written", "storeFailed")
    find(status["emergency_stop"]?.bool == true, "the emergency stop is pressed", "emergencyStop")
    find(status["plan"]?.isNull ?? true, "no plan is in force", "planMissing")
    self.findings = findings
  }

  var json: JSONValue {
    [
      "status": .string(self.problems.isEmpty ? "ok" : "degraded"),
      "problems": .array(self.problems.map { .string($0) }),
    ]
  }
}
