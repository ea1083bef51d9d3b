import JSONText

/// Whether a person has to look, for programs that ask.
struct SiteHealth {
  /// What is wrong; empty when nothing is.
  let problems: [String]

  /// A snapshot that is older than this comes from a control loop that stands still.
  private static let oldest = Duration.seconds(5)

  init(_ snapshot: SiteSnapshot?) {
    guard let snapshot else {
      self.problems = ["the site is starting"]
      return
    }
    guard snapshot.age <= Self.oldest else {
      self.problems = ["the control loop has not answered for \(snapshot.age.components.seconds) s"]
      return
    }
    let status = snapshot.status
    var problems = (status["alarms"]?.array ?? []).compactMap { $0["text"]?.string }
    if status["clock_trusted"]?.bool == false { problems.append("the clock is not trusted") }
    if status["site_meter_fresh"]?.bool == false { problems.append("the site meter is not believed") }
    if status["store_failed"]?.bool == true { problems.append("the record cannot be written") }
    if status["emergency_stop"]?.bool == true { problems.append("the emergency stop is pressed") }
    if status["plan"]?.isNull ?? true { problems.append("no plan is in force") }
    self.problems = problems
  }

  var json: JSONValue {
    [
      "status": .string(self.problems.isEmpty ? "ok" : "degraded"),
      "problems": .array(self.problems.map { .string($0) }),
    ]
  }
}
