import Forecasting
import MarketFormats
import Ports
import Quantities
import SiteController
import SiteModel
import Synchronization
import Testing

/// Every service, and everything an answer can be instead of right.
struct `A wrong answer` {
  enum Fault: String, CaseIterable, Sendable {
    case errorBody = "an error body"
    case halfBody = "half a body"
    case otherUnit = "another unit"
    case otherDay = "another day"
    case tomorrow = "a day to come"
    case notANumber = "NaN"
    case infinite = "a number beyond all"
    case page = "a page with status 200"
    case empty = "nothing with status 200"
    case huge = "a body beyond the limit"
    case tooLarge = "more than the client takes"
    case serverError = "status 500"
    case refused = "status 401"
    case limited = "status 429"
    case silence = "no answer in time"

    func answer(_ sample: ServiceSample) -> Result<HTTPResponse, HTTPFailure> {
      func ok(_ text: some StringProtocol) -> Result<HTTPResponse, HTTPFailure> {
        .success(HTTPResponse(status: 200, body: Array(text.utf8)))
      }
      let right = sample.body(.init())
      return switch self {
      case .errorBody: ok(sample.refusal)
      case .halfBody: ok(right.prefix(right.count * 2 / 3))
      case .otherUnit: ok(sample.body(sample.otherUnit))
      case .otherDay: ok(sample.body(.init(shift: -24)))
      case .tomorrow: ok(sample.body(.init(shift: 24)))
      case .notANumber: ok(sample.body(.init(value: "NaN")))
      case .infinite: ok(sample.body(.init(value: "1e300")))
      case .page: ok("<!DOCTYPE html><html><body>Be right back</body></html>")
      case .empty: ok("")
      case .huge: ok(right + String(repeating: " ", count: 17 << 20) + "\n")
      case .tooLarge: .failure(.tooLarge(limit: 4 << 20))
      case .serverError: .success(HTTPResponse(status: 500, body: Array(sample.refusal.utf8)))
      case .refused: .success(HTTPResponse(status: 401, body: Array(sample.refusal.utf8)))
      case .limited: .success(HTTPResponse(status: 429, body: Array(sample.refusal.utf8)))
      case .silence: .failure(.timedOut)
      }
    }
  }

  private static func inputs(
    _ service: FeedService, _ site: Site, _ board: inout FeedBoard, at now: UTCInstant
  )
    -> SiteInputs
  {
    var answers = FeedAnswers()
    service.add(to: &answers, for: site)
    return board.take(answers, site: site, at: now)
  }

  @Test(arguments: ServiceSample.all, Fault.allCases)
  func `leaves the last good one in use with its age, and is an event`(sample: ServiceSample, fault: Fault)
    async
  {
    let played = PlayedService()
    let site = sample.site
    let service = played.service()
    await service.adopt(site)
    played.give(200, sample.body(.init()))
    #expect(await service.due() == [sample.role])
    await service.ask(sample.role)
    var board = FeedBoard()
    let wall = played.state.withLock { $0.wall }
    let good = Self.inputs(service, site, &board, at: wall)
    #expect(good.feeds.map(\.rung) == [.fresh], "\(good.feeds)")
    #expect(good.hasSomething)
    let kept = played.state.withLock { $0.kept }
    #expect(kept.count == 1)

    played.pass(.minutes(40))
    played.state.withLock { $0.answer = fault.answer(sample) }
    #expect(await service.due() == [sample.role])
    await service.ask(sample.role)
    let after = Self.inputs(service, site, &board, at: wall + .minutes(40))
    #expect(after.holdsTheSame(as: good))
    #expect(after.feeds.map(\.rung) == [.lastGood], "\(after.feeds)")
    #expect(after.feeds.map(\.age) == [.minutes(40)])
    let (still, notices) = played.state.withLock { ($0.kept, $0.notices) }
    #expect(still == kept)
    guard notices.count == 2, case .failed(sample.role, _, let why, _) = notices[1] else {
      Issue.record("\(notices)")
      return
    }
    #expect(!why.isEmpty && why.utf8.count < 400, "\(why)")

    // Whoever begins with what lies on disk, and hears the same, has the same.
    let later = played.service()
    await later.adopt(site)
    await later.ask(sample.role)
    var newBoard = FeedBoard()
    let again = Self.inputs(later, site, &newBoard, at: wall + .minutes(40))
    #expect(again.holdsTheSame(as: good) && again.feeds.map(\.rung) == [.lastGood])

    // And when the service is right again, so is the feed.
    played.give(200, sample.body(.init()))
    await service.ask(sample.role)
    #expect(Self.inputs(service, site, &board, at: wall + .minutes(41)).feeds.map(\.rung) == [.fresh])
  }

  /// Without a last good answer a thousandfold value cannot be told from a dear hour, unless the answer says its unit or
  /// nothing can be so large.
  static let atFirst = ServiceSample.all.flatMap { sample in
    Fault.allCases.filter { fault in
      fault != .otherUnit || ["NOK", "furlongs"].contains(sample.otherUnit.unit)
        || sample.otherUnit.value == "95000"
    }.map { (sample, $0) }
  }

  @Test(arguments: atFirst)
  func `that is the first one is no answer`(sample: ServiceSample, fault: Fault) async {
    let played = PlayedService()
    let site = sample.site
    let service = played.service()
    await service.adopt(site)
    played.state.withLock { $0.answer = fault.answer(sample) }
    await service.ask(sample.role)
    var board = FeedBoard()
    let inputs = Self.inputs(service, site, &board, at: played.state.withLock { $0.wall })
    #expect(!inputs.hasSomething && inputs.feeds.map(\.rung) == [.profile])
    #expect(played.state.withLock { $0.kept }.isEmpty)
  }

  /// Those whose answers are tables.
  static let tables = ServiceSample.all.filter(\.service.isTable)

  @Test(arguments: tables)
  func `that is a table cut between two rows is seen by what it no longer reaches`(sample: ServiceSample)
    async
  {
    let played = PlayedService()
    let service = played.service()
    await service.adopt(sample.site)
    played.give(200, sample.body(.init()))
    await service.ask(sample.role)
    let rows = sample.body(.init()).split(separator: "\n", omittingEmptySubsequences: false)
    played.give(200, rows.dropLast(2).joined(separator: "\n") + "\n")
    await service.ask(sample.role)
    let notices = played.state.withLock { $0.notices }
    #expect("\(notices.last.map { "\($0)" } ?? "")".contains("only, and the last answer had them to"))
  }
}

extension SiteInputs {
  var hasSomething: Bool {
    self.weather != nil || self.importPrices != nil || self.exportPrices != nil || self.carbon != nil
  }

  func holdsTheSame(as other: SiteInputs) -> Bool {
    self.weather == other.weather && self.members == other.members && self.importPrices == other.importPrices
      && self.exportPrices == other.exportPrices && self.carbon == other.carbon
  }
}
