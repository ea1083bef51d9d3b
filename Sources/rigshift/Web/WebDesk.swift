import Alarms
import Control
import JSONText
import Jobs
import LinuxHost
import Ports
import Quantities
import SiteController
import SiteModel
import Synchronization
import WebInterface

/// Asks the running site what a snapshot does not hold, and has it do what callers may ask for. Every write is an event of
/// the record, under the caller's name.
final class WebDesk: Sendable {
  /// Questions under way at once: whoever asks more has to wait, and the control loop does not.
  private static let most = 16

  private let site: RunningSite
  private let record: RecordOnItsThread
  private let peers: PeerService?
  private let feeds: FeedService
  private let alarms: AlarmService
  /// Where the site file lies; paths in a text to validate count from its folder.
  private let sitePath: String
  private let gate: AccessGate
  private let signing = SigningIn()
  private let open = Mutex(0)
  private let refusals = Mutex(Complaint(every: .minutes(1)))

  init(
    site: RunningSite, record: RecordOnItsThread, peers: PeerService?, feeds: FeedService,
    alarms: AlarmService, gate: AccessGate, sitePath: String
  ) {
    self.site = site
    self.record = record
    self.peers = peers
    self.feeds = feeds
    self.alarms = alarms
    self.sitePath = sitePath
    self.gate = gate
  }

  /// False when too much is under way; else `done` is called with what came of it.
  func ask(_ question: WebQuestion, done: @escaping @Sendable (WebOutcome) -> Void) -> Bool {
    let isTaken = self.open.withLock { open in
      guard open < Self.most else { return false }
      open += 1
      return true
    }
    guard isTaken else { return false }
    Task {
      done(await self.outcome(question))
      self.open.withLock { $0 -= 1 }
    }
    return true
  }

  private func outcome(_ question: WebQuestion) async -> WebOutcome {
    switch question {
    case .certificates(let from, let limit):
      return await self.record.certificates(from: from, limit: limit).map(WebOutcome.done) ?? .unavailable
    case .newestCertificates(let limit, let offset):
      return await self.record.newestCertificates(limit: limit, offset: offset).map(WebOutcome.done)
        ?? .unavailable
    case .certificate(let sequence):
      guard let row = await self.record.certificates(from: sequence, limit: 1)?.array else {
        return .unavailable
      }
      return row.first.map(WebOutcome.done) ?? .unknown("the log has no entry of this number yet")
    case .verification:
      return await self.record.verification(at: SystemClock().now().moment.monotonic).map(WebOutcome.done)
        ?? .unavailable
    case .slots(let from, let to):
      guard let zone = await self.site.control.site?.zone,
        let span = Slot(start: zone.day(from).start, end: zone.day(to).end)
      else { return .unavailable }
      return await self.record.slots(in: span).map(WebOutcome.done) ?? .unavailable
    case .report(let from, let to):
      guard let site = await self.site.control.site else { return .unavailable }
      return await self.record.accounts(of: site, days: from...to).map(WebOutcome.done) ?? .unavailable
    case .forecastErrors:
      guard let now = await self.site.control.wall else { return .unavailable }
      return await self.record.forecastErrors(at: now).map(WebOutcome.done) ?? .unavailable
    case .energy(let period, _):
      guard let site = await self.site.control.site, let now = await self.site.control.wall else {
        return .unavailable
      }
      let days = period.days(today: site.zone.date(of: now))
      guard let report = await self.record.accounts(of: site, days: days),
        let span = Slot(start: site.zone.day(days.lowerBound).start, end: site.zone.day(days.upperBound).end),
        let slots = await self.record.slots(in: span)
      else { return .unavailable }
      return .done(
        .object(
          (report.object ?? []) + [
            .init("first", .string(ISO8601.string(days.lowerBound))),
            .init("last", .string(ISO8601.string(days.upperBound))), .init("slots", slots),
            .init("imported", await self.record.imported(in: span)),
            .init("forecast_errors", await self.record.forecastErrors(at: now) ?? []),
          ]))
    case .history(let filter, _), .evidence(let filter, _): return await self.history(filter)
    case .optimizeDay(_, let by):
      await self.planAgain(by)
      guard let plan = await self.site.control.picture()?.plan else {
        return .refused("no plan can be made; `rigshift status` says why")
      }
      return .done(PlanReport.json(of: plan))
    case .optimizeJobs(_, let by):
      await self.planAgain(by)
      return .done(await self.site.control.jobList())
    case .why(let rig, let time): return await self.why(rig, at: time)
    case .planExplained:
      guard let picture = await self.site.control.picture(), let plan = picture.plan else {
        return .refused("no plan is in force; `rigshift status` says why")
      }
      return ExplanationReport.json(of: plan, site: picture.site).map(WebOutcome.done)
        ?? .refused("only plans of whole rigs can be explained")
    case .jobs: return .done(await self.site.control.jobList())
    case .job(let id):
      return await self.site.control.jobReport(id).map(WebOutcome.done)
        ?? .unknown("there is no job of this name")
    case .feeds: return .done(["feeds": await self.feeds.report()])
    case .peers: return await self.peers?.peersReport().outcome ?? .unknown("the site has no peers")
    case .grid: return await self.peers?.gridReport().outcome ?? .unknown("the site has no peers")
    case .signIn(let name, let password, _):
      switch await self.signing.attempt(name, password, at: self.gate) {
      case .signedIn(let cookie):
        await self.site.control.note(.signedIn, "\(name) over the web")
        return .signedIn(cookie: cookie)
      case .refused(let why):
        await self.noteRefusal(of: name)
        return .refused(why)
      }
    case .signOut(let cookie):
      self.gate.signOut(cookie)
      return .done(nil)
    case .validateSite(let bytes): return .done(SiteValidation.json(bytes, path: self.sitePath))
    case .wish(let wish, let by, _): return await self.grant(wish, by: by)
    }
  }

  private func history(_ filter: HistoryFilter) async -> WebOutcome {
    guard let site = await self.site.control.site, let now = await self.site.control.wall else {
      return .unavailable
    }
    var start = UTCInstant(milliseconds: .min)
    if let since = filter.since {
      guard let said = site.zone.instant(said: since, on: now) else {
        return .refused("'\(since.prefix(40))' is no time; write 22:00, or 2024-09-19T22:00")
      }
      // A time of day that is still to come was yesterday's.
      start = said > now ? said - .hours(24) : said
    }
    return await self.record.history(of: site, since: start, filter, at: now).map(WebOutcome.done)
      ?? .unavailable
  }

  /// The control loop hands over what it knows; the explanation is worked out here.
  private func why(_ rig: String, at time: String?) async -> WebOutcome {
    guard let facts = await self.site.control.whyFacts(rig) else { return .unknown("no rig has this name") }
    guard let time else { return facts.answer().map { .done($0.json) } ?? .unavailable }
    guard let instant = facts.site.zone.instant(said: time, on: facts.now.wall) else {
      return .refused("'\(time.prefix(40))' is no time; write 16:30, or 2024-09-19T16:30")
    }
    return facts.answer(at: instant).map { .done($0.json) }
      ?? .refused("that is in the past; ask `rigshift why \(rig) --at \(time)`")
  }

  private func grant(_ wish: WebWish, by: String) async -> WebOutcome {
    let control = self.site.control
    switch wish {
    case .override(let target, let level, let length):
      return await control.grant {
        PersonsWish.override(target, level: level, for: length, by: by, site: $0.site, now: $1)
      }.outcome
    case .clearOverride(let target):
      return await control.grant { engine, _ in PersonsWish.clearOverride(target, site: engine.site) }.outcome
    case .lockOut(let rig, let why):
      let reason = why.isEmpty ? "by \(by)" : "\(why) (\(by))"
      return await control.grant { engine, _ in PersonsWish.lockOut(rig, why: reason, site: engine.site) }
        .outcome
    case .clearLockOut(let rig):
      return await control.grant { engine, _ in PersonsWish.clearLockOut(rig, site: engine.site) }.outcome
    case .allOff:
      return await control.grant { engine, _ in
        .success(PersonsWish.allOff(by: by, engine.controller.status()))
      }
      .outcome
    case .endAllOff:
      return await control.grant { engine, _ in PersonsWish.endAllOff(engine.controller.status()) }.outcome
    case .replan:
      await self.planAgain(by)
      return .done(["planned": true])
    case .confirmClock:
      let granted = await control.grant { _, _ in .success(PersonsWish.confirmClock) }
      await control.note(.clockTrusted, "confirmed by \(by)")
      return granted.outcome
    case .acknowledge(let alarm):
      switch await AlarmQuestions.acknowledge(alarm, by: by, until: nil, self.alarms, control) {
      case .success(let answer): return .done(answer)
      case .failure(let refusal): return .refused(refusal.text)
      }
    case .testAlarms:
      return .done(await AlarmQuestions.test(self.alarms))
    case .addJob(let json):
      do throws(JobRefusal) {
        return await self.site.addJob(try JobRequest(json: json)).outcome
      } catch {
        return .refused(error.description)
      }
    case .cancelJob(let id):
      guard await control.jobReport(id) != nil else { return .unknown("there is no job of this name") }
      return await self.site.cancelJob(id).outcome
    }
  }

  private func planAgain(_ by: String) async {
    await self.site.control.note(.planAskedFor, "by \(by)")
    await self.site.plan(because: "\(by) asked for it")
  }

  /// One event a minute at most; what is not said is counted.
  private func noteRefusal(of name: String) async {
    let now = SystemClock().now().moment.monotonic
    guard let count = self.refusals.withLock({ $0.said(at: now) }) else { return }
    await self.site.control.note(
      .signInRefused,
      count == 1 ? "'\(name)' over the web" : "\(count) attempts over the web, the last by '\(name)'")
  }
}

/// One attempt after the other, each of which takes memory and time.
private actor SigningIn {
  private nonisolated let executor = DedicatedThreadExecutor(name: "web sign-in")
  nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }

  func attempt(_ name: String, _ password: String, at gate: AccessGate) -> AccessGate.Attempt {
    gate.signIn(name, password: password)
  }
}

extension JSONValue {
  fileprivate var outcome: WebOutcome { .done(self) }
}

extension Result<Bool, PersonsWish.Refusal> {
  fileprivate var outcome: WebOutcome {
    switch self {
    case .success(let isDurable): .done(["recorded": .bool(isDurable)])
    case .failure(let refusal): .refused(refusal.text)
    }
  }
}

extension Result<JSONValue, JobRefusal> {
  fileprivate var outcome: WebOutcome {
    switch self {
    case .success(let report): .done(report)
    case .failure(let refusal): .refused(refusal.description)
    }
  }
}
