public import JSONText
public import Jobs
public import Quantities
public import SiteModel

/// A job that somebody asks a simulated site for.
public struct JobArrival: Sendable, Hashable {
  /// When it is asked for, by true civil time.
  public var at: UTCInstant
  public var request: JobRequest

  public init(at: UTCInstant, request: JobRequest) {
    self.at = at
    self.request = request
  }

  /// The most a file may hold, in jobs.
  public static let most = 5000

  /// Reads a list of requests, each with `at` beside the members of `docs/jobs.md`; absent, it is asked for at its
  /// release, or at `start`.
  public static func list(_ json: JSONValue, start: UTCInstant) throws(JobRefusal) -> [JobArrival] {
    guard let elements = json.array, elements.count <= Self.most else {
      throw JobRefusal("a list of at most \(Self.most) jobs is expected")
    }
    var arrivals: [JobArrival] = []
    for (index, element) in elements.enumerated() {
      do throws(JobRefusal) {
        let members = (element.object ?? []).filter { $0.name != "at" }
        let request = try JobRequest(json: element.object == nil ? element : .object(members))
        var at = request.release ?? start
        if let text = element["at"], !text.isNull {
          guard let instant = text.string.flatMap(ISO8601.instant) else {
            throw JobRefusal("at: must be a time such as 2025-06-02T18:00:00+09:00")
          }
          at = instant
        }
        arrivals.append(JobArrival(at: at, request: request))
      } catch {
        throw JobRefusal("[\(index)].\(error)")
      }
    }
    return arrivals.sorted { ($0.at, $0.request.id) < ($1.at, $1.request.id) }
  }

  /// A stream of jobs from a seed: about `perDay` a day, most of them small and with hours to spare, some in one block,
  /// a few critical. Every deadline leaves at least half as much time again as the work takes.
  public static func stream(
    seed: UInt64, site: Site, start: UTCInstant, days: Int, perDay: Int = 6
  ) -> [JobArrival] {
    var random = SplitMix64(seed: seed).stream(0x6a6f62)
    let count = min(Self.most, max(0, days) * perDay)
    let span = Double(days) * 24
    return (0..<count).compactMap { number -> JobArrival? in
      guard !site.banks.isEmpty else { return nil }
      let bank = site.banks[random.below(site.banks.count)]
      let rigs = 1 + random.below(min(8, max(1, bank.count / 2)))
      let hours = random.uniform(0.5, 5)
      let at = start.advanced(byMilliseconds: Int64(random.uniform(0, span) * 3_600_000))
      let release = at.advanced(byMilliseconds: Int64(random.below(4)) * 1_800_000)
      let slack = random.uniform(1.5, 6)
      var request = JobRequest(
        id: "job-\(number + 1)", bank: bank.name, rigHours: hours * Double(rigs), maximumRigs: rigs,
        release: release,
        deadline: release.advanced(byMilliseconds: Int64((hours * slack + 1.5) * 3_600_000)))
      request.isInterruptible = !random.chance(0.25)
      request.isCritical = random.chance(0.1)
      request.priority = JobPriority.allCases[random.below(JobPriority.allCases.count)]
      return JobArrival(at: at, request: request)
    }.sorted { ($0.at, $0.request.id) < ($1.at, $1.request.id) }
  }
}
