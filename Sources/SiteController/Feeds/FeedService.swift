import Forecasting
public import JSONText
import MarketFormats
public import Ports
public import Quantities
public import SiteModel
import Synchronization

/// The live feeds of a running site. Each is asked by its own schedule, its answers are judged before they count, and the
/// last good one is kept on disk. Planning reads what is at hand and waits for nobody.
public actor FeedService {
  public struct Parts: Sendable {
    public var executor: any SerialExecutor
    /// Called when the first feed is asked.
    public var client: @Sendable () -> any HTTPFetching
    /// The host's own time, and the site's.
    public var clock: @Sendable () async -> (monotonic: MonotonicInstant, wall: UTCInstant)
    /// The key in a file; throws why it cannot be had.
    public var key: @Sendable (String) throws(KeyProblem) -> String
    public var load: @Sendable (FeedRole) -> KeptFeed?
    /// Keeps an answer durably; returns why it could not.
    public var keep: @Sendable (KeptFeed) -> String?
    public var loadBudget: @Sendable (FeedRole) -> FeedBudget?
    /// Keeps it as durably; returns why it could not.
    public var keepBudget: @Sendable (FeedRole, FeedBudget) -> String?
    public var notice: @Sendable (Notice, FeedService) async -> Void
    public var seed: UInt64

    public init(
      executor: any SerialExecutor, seed: UInt64, client: @escaping @Sendable () -> any HTTPFetching,
      clock: @escaping @Sendable () async -> (monotonic: MonotonicInstant, wall: UTCInstant),
      key: @escaping @Sendable (String) throws(KeyProblem) -> String,
      load: @escaping @Sendable (FeedRole) -> KeptFeed?, keep: @escaping @Sendable (KeptFeed) -> String?,
      loadBudget: @escaping @Sendable (FeedRole) -> FeedBudget?,
      keepBudget: @escaping @Sendable (FeedRole, FeedBudget) -> String?,
      notice: @escaping @Sendable (Notice, FeedService) async -> Void
    ) {
      self.executor = executor
      self.seed = seed
      self.client = client
      self.clock = clock
      self.key = key
      self.load = load
      self.keep = keep
      self.loadBudget = loadBudget
      self.keepBudget = keepBudget
      self.notice = notice
    }
  }

  public struct KeyProblem: Error, Sendable {
    public let text: String
    public init(_ text: String) { self.text = text }
  }

  /// What a person, or the planner, should know; told on change, not with every call.
  public enum Notice: Sendable, Hashable {
    case answers(FeedRole, address: String)
    case failed(FeedRole, address: String, why: String, needsPerson: Bool)
    case notKept(FeedRole, why: String)
  }

  fileprivate struct Live: Sendable {
    var source: FeedSource
    var schedule: FeedSchedule
    /// Before the mark-up.
    var good: (value: FeedValue, kept: KeptFeed)?
    /// Why the last call brought nothing; nil when it did.
    var why: String?
    var needsPerson = false
    var shownAddress: String
    /// No good answer of its own yet in this run.
    var isFirst = true
  }

  private struct Board: Sendable {
    var feeds: [FeedRole: (source: FeedSource, good: (value: FeedValue, issued: UTCInstant)?, why: String?)] =
      [:]
  }

  private nonisolated let executor: any SerialExecutor
  public nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }
  private nonisolated let board = Mutex(Board())
  private let parts: Parts
  private var site: Site?
  private var live: [FeedRole: Live] = [:]
  private var client: (any HTTPFetching)?

  public init(_ parts: Parts) {
    self.parts = parts
    self.executor = parts.executor
  }

  /// Takes the feeds of a site file that has come into force. What was asked before and still is goes on.
  public func adopt(_ site: Site) async {
    let (now, wall) = await self.parts.clock()
    let isElsewhere = self.site?.location != site.location
    self.site = site
    for role in FeedRole.allCases {
      guard let source = site.feed(for: role) else {
        self.live[role] = nil
        continue
      }
      if !isElsewhere, self.live[role]?.source == source { continue }
      let good = self.kept(role, source, site)
      let call = FeedCall(source, site: site, key: nil, validator: nil, at: wall)
      self.live[role] = Live(
        source: source,
        schedule: FeedSchedule(
          every: source.every, callsPerDay: source.callsPerDay, age: good.map { wall - $0.kept.issued },
          spent: self.spent(role, source, at: wall),
          seed: self.parts.seed ^ UInt64(FeedRole.allCases.firstIndex(of: role) ?? 0), at: now),
        good: good, shownAddress: call.shownAddress)
    }
    self.publish()
  }

  private func spent(
    _ role: FeedRole, _ source: FeedSource, at wall: UTCInstant
  ) -> FeedSchedule.Spent? {
    guard let budget = self.parts.loadBudget(role), budget.address == source.address else { return nil }
    return budget.spent(at: wall)
  }

  /// Keeps what the feed has asked so far; returns why it could not.
  private func keepBudget(_ role: FeedRole, at now: MonotonicInstant, _ wall: UTCInstant) -> String? {
    guard let live = self.live[role] else { return nil }
    let schedule = live.schedule
    return self.parts.keepBudget(
      role,
      FeedBudget(
        address: live.source.address, since: wall - (now - schedule.dayStart), calls: schedule.calls,
        notBefore: schedule.patientUntil.map { wall + ($0 - now) }))
  }

  private func kept(
    _ role: FeedRole, _ source: FeedSource, _ site: Site
  ) -> (value: FeedValue, kept: KeptFeed)? {
    guard let kept = self.parts.load(role), kept.role == role,
      kept.question == KeptFeed.question(source, site: site)
    else { return nil }
    do throws(FormatError) {
      return (try source.read(kept.body, site: site, until: kept.until), kept)
    } catch {
      return nil  // it was good for another version of this program
    }
  }

  // MARK: Asking

  /// Asks whenever a feed is due, until `ticks`, one a second, end.
  public func run(ticks: AsyncStream<Void>) async {
    await withDiscardingTaskGroup { group in
      for await _ in ticks {
        for role in await self.due() { group.addTask { await self.ask(role) } }
      }
      group.cancelAll()
    }
  }

  /// The feeds whose time has come; each counts as asked.
  public func due() async -> [FeedRole] {
    guard !self.live.isEmpty else { return [] }
    let (now, wall) = await self.parts.clock()
    let due = FeedRole.allCases.filter { self.live[$0]?.schedule.begin(at: now) ?? false }
    for role in due {
      // Before the call, so that one which ends the program counts too.
      guard let why = self.keepBudget(role, at: now, wall) else { continue }
      await self.parts.notice(.notKept(role, why: why), self)
    }
    return due
  }

  /// Asks one feed and judges what it answers.
  public func ask(_ role: FeedRole) async {
    guard let site = self.site, let live = self.live[role] else { return }
    let wall = await self.parts.clock().wall
    var key: String?
    if let path = live.source.keyFile {
      do throws(KeyProblem) { key = try self.parts.key(path) } catch {
        await self.conclude(role, live.source, .failed(.needsPerson, why: error.text), site: site, call: nil)
        return
      }
    }
    let call = FeedCall(
      live.source, site: site, key: key, validator: live.good?.kept.validator, at: wall)
    self.live[role]?.shownAddress = call.shownAddress
    let client = self.client ?? self.parts.client()
    self.client = client
    var result = await Self.fetch(call.request, with: client)
    if let other = call.other, self.live[role]?.schedule.count() ?? false {
      result = FeedCall.joined(result, await Self.fetch(other.request, with: client), isLater: other.isLater)
    }
    let reply = FeedReply(result, asksIfModified: call.asksIfModified, at: wall)
    await self.conclude(role, live.source, reply, site: site, call: call)
  }

  private static func fetch(
    _ request: HTTPRequest, with client: any HTTPFetching
  ) async -> Result<HTTPResponse, HTTPFailure> {
    do throws(HTTPFailure) { return .success(try await client.fetch(request)) } catch {
      return .failure(error)
    }
  }

  private func conclude(
    _ role: FeedRole, _ source: FeedSource, _ reply: FeedReply, site: Site, call: FeedCall?
  ) async {
    let (now, wall) = await self.parts.clock()
    // Another site file may have come into force meanwhile.
    guard var live = self.live[role], live.source == source else { return }
    let before = live.why
    switch reply {
    case .notModified:
      if let problem = live.good.flatMap({ self.problem(with: $0.value, role, nil, site, wall) }) {
        live.fail(.failed, problem, at: now)
      } else {
        live.good?.kept.issued = wall
        live.succeed(at: now)
      }
    case .failed(let outcome, let why): live.fail(outcome, call?.redacted(why) ?? why, at: now)
    case .body(let bytes, let validator, let age):
      do throws(FormatError) {
        let until = call?.until ?? wall
        let value = try source.read(bytes, site: site, until: until)
        let problem =
          self.problem(with: value, role, live.good?.value, site, wall)
          ?? (source.service.isTable ? Self.shortened(value, live.good?.value, at: wall) : nil)
        if let problem {
          live.fail(.failed, problem, at: now)
        } else {
          let kept = KeptFeed(
            role: role, issued: wall - age, until: until, validator: validator,
            question: KeptFeed.question(source, site: site), body: bytes)
          live.good = (value, kept)
          live.succeed(at: now)
        }
      } catch {
        live.fail(.failed, call?.redacted("\(error)") ?? "\(error)", at: now)
      }
    }
    self.live[role] = live
    self.publish()
    if live.schedule.patientUntil != nil || call?.other != nil, let why = self.keepBudget(role, at: now, wall)
    {
      await self.parts.notice(.notKept(role, why: why), self)
    }
    if live.why == nil, let kept = live.good?.kept, let why = self.parts.keep(kept) {
      await self.parts.notice(.notKept(role, why: why), self)
    }
    if let why = live.why {
      if before == nil {
        await self.parts.notice(
          .failed(role, address: live.shownAddress, why: why, needsPerson: live.needsPerson), self)
      }
    } else if before != nil || live.isFirst {
      self.live[role]?.isFirst = false
      await self.parts.notice(.answers(role, address: live.shownAddress), self)
    }
  }

  private func problem(
    with value: FeedValue, _ role: FeedRole, _ last: FeedValue?, _ site: Site, _ wall: UTCInstant
  ) -> String? {
    // What came is the market's; so must be what it is held against.
    FeedPlausibility.problem(with: value, role: role, last: last, site: site.beforeMarkUps, at: wall)
  }

  /// A table that was cut off between two rows looks whole, but prices once given do not go away.
  private static func shortened(_ value: FeedValue, _ last: FeedValue?, at now: UTCInstant) -> String? {
    guard let reach = value.reach, let before = last?.reach, before.end > now, reach.end < before.end else {
      return nil
    }
    return "values to \(ISO8601.string(reach.end)) only, and the last answer had them to "
      + ISO8601.string(before.end)
  }

  // MARK: What is at hand

  private func publish() {
    let feeds = self.live.mapValues { live in
      let good = live.good.map { (value: live.source.paid($0.value), issued: $0.kept.issued) }
      return (source: live.source, good: good, why: live.why)
    }
    self.board.withLock { $0.feeds = feeds }
  }

  /// Puts the feeds' answers where `answers` has nothing of files. Never waits for a call.
  public nonisolated func add(to answers: inout FeedAnswers, for site: Site) {
    let feeds = self.board.withLock { $0.feeds }
    for role in FeedRole.allCases {
      guard let source = site.feed(for: role) else { continue }
      let answer: FeedAnswer<FeedValue>
      switch feeds[role] {
      case let feed? where feed.source == source:
        switch (feed.good, feed.why) {
        case (let good?, nil): answer = .given(good.value, issued: good.issued)
        case (let good?, let why?): answer = .kept(good.value, issued: good.issued, why: why)
        case (nil, let why): answer = .failed(why ?? "no answer yet")
        }
      case _: answer = .failed("no answer yet")
      }
      answers.set(answer, for: role)
    }
  }

  /// Where every feed stands, for people and programs.
  public func report() async -> JSONValue {
    let (now, wall) = await self.parts.clock()
    return .array(
      FeedRole.allCases.compactMap { role in
        self.live[role].map { live in
          FeedReport(
            role: role, source: live.source, address: live.shownAddress, issued: live.good?.kept.issued,
            reach: live.good?.value.reach, why: live.why, needsPerson: live.needsPerson
          ).json(at: wall, schedule: live.schedule, now: now)
        }
      })
  }
}

extension FeedService.Live {
  fileprivate mutating func succeed(at now: MonotonicInstant) {
    self.schedule.end(.answered, at: now)
    self.why = nil
    self.needsPerson = false
  }

  fileprivate mutating func fail(_ outcome: FeedSchedule.Outcome, _ why: String, at now: MonotonicInstant) {
    self.schedule.end(outcome, at: now)
    self.why = why
    self.needsPerson = outcome == .needsPerson
  }
}
