import JSONText
import Jobs
import Quantities
import Testing

private let banks = [(name: "a", rigs: 10)]

private func request(_ text: String) throws -> JobRequest {
  try JobRequest(json: JSONValue.parse(Array(text.utf8)))
}

private func refusal(_ text: String) -> String {
  do {
    _ = try request(text).job(banks: banks, now: midnight)
    return "accepted"
  } catch { return "\(error)" }
}

struct `A request for a job` {
  private static let least = #"{"id": "j", "rig_hours": 2, "deadline": "2025-03-10T08:00:00Z"}"#

  @Test func `needs little and means a job of the only bank from now on`() throws {
    let job = try request(Self.least).job(banks: banks, now: midnight)
    #expect(job == .sample(rigHours: 2, rigs: 10))
  }

  @Test func `is the same written down and read again`() throws {
    var full = JobRequest(id: "x.1", rigHours: 1.5, deadline: hour(9))
    full.bank = "a"
    full.maximumRigs = 3
    full.release = hour(2)
    full.isInterruptible = false
    full.isCritical = true
    full.priority = .high
    #expect(try JobRequest(json: full.json) == full)
    #expect(full.describes(try full.job(banks: banks, now: midnight)))
  }

  @Test func `describes its job still when it is repeated later`() throws {
    let asked = try request(Self.least)
    let job = try asked.job(banks: banks, now: midnight)
    #expect(asked.describes(job))
    var other = asked
    other.rigHours = 3
    #expect(!other.describes(job))
  }

  @Test(arguments: [
    ("{}", "id: is missing"), ("[]", "a job is a JSON object, not a list"),
    (#"{"id": "j", "rig_hours": 1}"#, "deadline: is missing"),
    (#"{"id": "j", "rig_hours": "1", "deadline": "2025-03-10T08:00:00Z"}"#, "rig_hours: must be a number"),
    (#"{"id": "j", "rig_hours": 1, "deadline": "eight"}"#, "deadline: must be a time"),
    (
      #"{"id": "j", "rig_hours": 1, "deadline": "2025-03-10T08:00:00Z", "rigs": 2}"#,
      "rigs: a job has no such member"
    ),
    (
      #"{"id": "j", "rig_hours": 1, "deadline": "2025-03-10T08:00:00Z", "maximum_rigs": 11}"#,
      "maximum_rigs: must be 1 to 10"
    ),
    (
      #"{"id": "j", "rig_hours": 1, "deadline": "2025-03-10T08:00:00Z", "maximum_rigs": 0}"#,
      "maximum_rigs: must be 1 to 10"
    ),
    (#"{"id": "j", "rig_hours": 0, "deadline": "2025-03-10T08:00:00Z"}"#, "rig_hours: must be more than 0"),
    (
      #"{"id": "j", "rig_hours": 1e300, "deadline": "2025-03-10T08:00:00Z"}"#,
      "rig_hours: must be more than 0"
    ),
    (#"{"id": "j", "rig_hours": 1, "deadline": "2025-03-09T08:00:00Z"}"#, "deadline: must be after"),
    (#"{"id": "j", "rig_hours": 1, "deadline": "2035-03-09T08:00:00Z"}"#, "deadline: must be at most a year"),
    (#"{"id": "a b", "rig_hours": 1, "deadline": "2025-03-10T08:00:00Z"}"#, "id: must be"),
    (#"{"id": "", "rig_hours": 1, "deadline": "2025-03-10T08:00:00Z"}"#, "id: must be"),
    (
      #"{"id": "j", "bank": "b", "rig_hours": 1, "deadline": "2025-03-10T08:00:00Z"}"#,
      "bank: there is no 'b'"
    ),
    (
      #"{"id": "j", "priority": "top", "rig_hours": 1, "deadline": "2025-03-10T08:00:00Z"}"#,
      "priority: must be low"
    ),
  ])
  func `that makes no sense is refused by the member that makes none`(text: String, why: String) {
    #expect(refusal(text).hasPrefix(why), "\(refusal(text))")
  }

  @Test func `must name its bank where there are several`() throws {
    let several = [(name: "a", rigs: 1), (name: "b", rigs: 1)]
    #expect(throws: JobRefusal.self) { try request(Self.least).job(banks: several, now: midnight) }
  }
}
