public import JSONText
public import Quantities

/// Why a request for a job is not acceptable: which member, what is wrong, what to do.
public struct JobRefusal: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}

/// A request for a job as it comes from outside: a JSON object in which only what must be said is required.
public struct JobRequest: Sendable, Hashable {
  /// The longest request, in bytes of JSON.
  public static let maximumBytes = 4096

  public var id: String
  /// Nil is the site's only bank.
  public var bank: String?
  public var rigHours: Double
  /// Nil is the whole bank.
  public var maximumRigs: Int?
  /// Nil is now.
  public var release: UTCInstant?
  public var deadline: UTCInstant
  public var isInterruptible: Bool
  public var isCritical: Bool
  public var priority: JobPriority

  public init(
    id: String, bank: String? = nil, rigHours: Double, maximumRigs: Int? = nil, release: UTCInstant? = nil,
    deadline: UTCInstant, isInterruptible: Bool = true, isCritical: Bool = false,
    priority: JobPriority = .normal
  ) {
    self.id = id
    self.bank = bank
    self.rigHours = rigHours
    self.maximumRigs = maximumRigs
    self.release = release
    self.deadline = deadline
    self.isInterruptible = isInterruptible
    self.isCritical = isCritical
    self.priority = priority
  }

  /// Reads `id`, `rig_hours`, `deadline` and what of `bank`, `maximum_rigs`, `release`, `interruptible`, `critical`,
  /// `priority` is there; null counts as absent. Any other member is an error.
  public init(json: JSONValue) throws(JobRefusal) {
    guard let members = json.object else { throw JobRefusal("a job is a JSON object, not \(json.kind)") }
    for member in members where !Self.members.contains(member.name) {
      throw JobRefusal(
        "\(member.name): a job has no such member; it has \(Self.members.joined(separator: ", "))")
    }
    let fields = JobFields(json)
    self.init(
      id: try fields.required("id", try fields.text("id")), bank: try fields.text("bank"),
      rigHours: try fields.required("rig_hours", try fields.number("rig_hours")),
      maximumRigs: try fields.whole("maximum_rigs"), release: try fields.instant("release"),
      deadline: try fields.required("deadline", try fields.instant("deadline")),
      isInterruptible: try fields.truth("interruptible") ?? true,
      isCritical: try fields.truth("critical") ?? false, priority: try fields.priority() ?? .normal)
  }

  private static let members = [
    "id", "bank", "rig_hours", "maximum_rigs", "release", "deadline", "interruptible", "critical", "priority",
  ]

  public var json: JSONValue {
    var members: [JSONValue.Member] = [.init("id", .string(self.id))]
    if let bank { members.append(.init("bank", .string(bank))) }
    members.append(.init("rig_hours", .number(self.rigHours)))
    if let maximumRigs { members.append(.init("maximum_rigs", .integer(Int64(maximumRigs)))) }
    if let release { members.append(.init("release", .string(ISO8601.string(release)))) }
    return .object(
      members + [
        .init("deadline", .string(ISO8601.string(self.deadline))),
        .init("interruptible", .bool(self.isInterruptible)), .init("critical", .bool(self.isCritical)),
        .init("priority", .string(self.priority.rawValue)),
      ])
  }

  /// The job meant, on a site with these banks and rigs, asked for at `now`.
  public func job(banks: [(name: String, rigs: Int)], now: UTCInstant) throws(JobRefusal) -> Job {
    guard !self.id.isEmpty, self.id.utf8.count <= JobLimits.name, self.id.utf8.allSatisfy(Self.isNameByte)
    else {
      throw JobRefusal(
        "id: must be 1 to \(JobLimits.name) letters, digits, '-', '_' or '.', not '\(self.id.prefix(80))'")
    }
    let bank = try self.bank(among: banks)
    guard self.rigHours.isFinite, self.rigHours * 3_600_000 >= 1, self.rigHours <= JobLimits.rigHours else {
      throw JobRefusal("rig_hours: must be more than 0 and at most \(Int(JobLimits.rigHours))")
    }
    let most = self.maximumRigs ?? bank.rigs
    guard (1...max(1, bank.rigs)).contains(most) else {
      throw JobRefusal("maximum_rigs: must be 1 to \(bank.rigs), which is what \(bank.name) has, not \(most)")
    }
    let release = max(now, self.release ?? now)
    guard self.deadline > release else {
      throw JobRefusal("deadline: must be after the release and after now (\(ISO8601.string(release)))")
    }
    guard self.deadline <= now + JobLimits.reach else {
      throw JobRefusal("deadline: must be at most a year ahead")
    }
    return Job(
      id: self.id, bank: bank.name, rigHours: self.rigHours, maximumRigs: most, release: release,
      deadline: self.deadline, isInterruptible: self.isInterruptible, isCritical: self.isCritical,
      priority: self.priority)
  }

  private func bank(among banks: [(name: String, rigs: Int)]) throws(JobRefusal) -> (name: String, rigs: Int)
  {
    if let name = self.bank {
      if let bank = banks.first(where: { $0.name == name }) { return bank }
      throw JobRefusal(
        "bank: there is no '\(name)'; the site has \(banks.map(\.name).joined(separator: ", "))")
    }
    guard banks.count == 1 else {
      throw JobRefusal("bank: name one of \(banks.map(\.name).joined(separator: ", "))")
    }
    return banks[0]
  }

  /// True when `job` is what this request asks for: what the request leaves open may be anything.
  public func describes(_ job: Job) -> Bool {
    self.id == job.id && (self.bank ?? job.bank) == job.bank && self.rigHours == job.rigHours
      && (self.maximumRigs ?? job.maximumRigs) == job.maximumRigs
      // A release in the past became the instant at which the job was taken.
      && (self.release ?? job.release) <= job.release && self.deadline == job.deadline
      && self.isInterruptible == job.isInterruptible && self.isCritical == job.isCritical
      && self.priority == job.priority
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}

/// The members of a request, each of its kind or a refusal that names it.
private struct JobFields {
  private let json: JSONValue
  init(_ json: JSONValue) { self.json = json }

  private subscript(name: String) -> JSONValue? {
    guard let value = self.json[name], !value.isNull else { return nil }
    return value
  }

  func required<Value>(_ name: String, _ value: Value?) throws(JobRefusal) -> Value {
    guard let value else { throw JobRefusal("\(name): is missing") }
    return value
  }

  func text(_ name: String) throws(JobRefusal) -> String? {
    try self.value(name, "a text") { $0.string }
  }

  func number(_ name: String) throws(JobRefusal) -> Double? {
    try self.value(name, "a number") { $0.double }
  }

  func whole(_ name: String) throws(JobRefusal) -> Int? {
    try self.value(name, "a whole number") { $0.int }
  }

  func truth(_ name: String) throws(JobRefusal) -> Bool? {
    try self.value(name, "true or false") { $0.bool }
  }

  func instant(_ name: String) throws(JobRefusal) -> UTCInstant? {
    try self.value(name, "a time such as 2025-06-02T18:00:00+09:00") { $0.string.flatMap(ISO8601.instant) }
  }

  func priority() throws(JobRefusal) -> JobPriority? {
    try self.value("priority", "low, normal or high") { $0.string.flatMap(JobPriority.init(rawValue:)) }
  }

  private func value<Value>(
    _ name: String, _ kind: String, _ read: (JSONValue) -> Value?
  ) throws(JobRefusal) -> Value? {
    guard let json = self[name] else { return nil }
    guard let value = read(json) else { throw JobRefusal("\(name): must be \(kind)") }
    return value
  }
}
