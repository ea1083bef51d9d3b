import Control
import Forecasting
import HTTPClient
import LinuxHost
import Ports
import Quantities
import SiteController
import SiteModel
import Synchronization

/// The feeds of a running site, from files and from services, wired to network and disk.
final class FeedsOfSite: Sendable {
  private let reader = FeedReader()
  private let started = Mutex<FeedService?>(nil)

  /// Nil before `start`.
  var service: FeedService? { self.started.withLock { $0 } }

  func start(_ site: Site, paths: SitePaths, control: ControlService, log: Log) async -> FeedService {
    let clock = SystemClock()
    let reader = self.reader
    let service = FeedService(
      FeedService.Parts(
        executor: DedicatedThreadExecutor(name: "feeds"),
        seed: UInt64(bitPattern: clock.now().moment.wall.milliseconds),
        client: { HTTPClient { startThread(name: "feed client", $0) } },
        clock: {
          let moment = clock.now().moment
          return (moment.monotonic, await control.wall ?? moment.wall)
        },
        key: { (path) throws(FeedService.KeyProblem) in try Self.key(path) },
        load: { Self.kept($0, paths) }, keep: { Self.write($0.bytes, to: Self.path($0.role, paths)) },
        loadBudget: { Self.budget($0, paths) },
        keepBudget: { Self.write($1.bytes, to: Self.path($0, paths) + ".calls") },
        notice: { notice, service in
          Self.write(notice, to: log)
          await Self.tell(notice, of: service, reader: reader, control: control, log: log)
        }))
    await service.adopt(site)
    self.started.withLock { $0 = service }
    return service
  }

  /// What planning reads: files now, of services what is at hand.
  func inputs(for site: Site, at now: UTCInstant) async -> SiteInputs {
    await self.reader.inputs(for: site, at: now, from: self.service)
  }

  private static func key(_ path: String) throws(FeedService.KeyProblem) -> String {
    let text: String?
    do throws(SystemError) { text = try SecretFile.read(path) } catch {
      throw FeedService.KeyProblem("\(error)")
    }
    guard let key = text?.filter({ !$0.isWhitespace }), !key.isEmpty else {
      throw FeedService.KeyProblem("the key file \(path) is missing or empty")
    }
    return key
  }

  // MARK: Disk

  static func path(_ role: FeedRole, _ paths: SitePaths) -> String {
    "\(paths.feeds)/\(role.rawValue.replacing(" ", with: "-"))"
  }

  static func kept(_ role: FeedRole, _ paths: SitePaths) -> KeptFeed? {
    do throws(SystemError) {
      return KeptFeed(try readFile(Self.path(role, paths), limit: KeptFeed.maximumBytes))
    } catch {
      return nil  // none was kept yet
    }
  }

  private static func budget(_ role: FeedRole, _ paths: SitePaths) -> FeedBudget? {
    do throws(SystemError) {
      return FeedBudget(try readFile(Self.path(role, paths) + ".calls", limit: FeedBudget.maximumBytes))
    } catch {
      return nil  // nothing was asked yet
    }
  }

  private static func write(_ bytes: [UInt8], to path: String) -> String? {
    do throws(SystemError) {
      if let end = path.lastIndex(of: "/") { try createFolder(String(path[..<end])) }
      try replaceFile(path, with: bytes)
      return nil
    } catch {
      return "\(error)"
    }
  }

  // MARK: Changes

  /// A feed that changed is an event of the record, and a first or a renewed answer is worth a plan.
  private static func tell(
    _ notice: FeedService.Notice, of service: FeedService, reader: FeedReader, control: ControlService,
    log: Log
  ) async {
    guard let site = await control.site, let now = await control.wall else { return }
    let feeds = await reader.inputs(for: site, at: now, from: service).feeds
    for state in await control.noteFeeds(feeds) {
      log(state.rung == .fresh ? .notice : .warning, "feed", ["state": state.sentence])
    }
    if case .answers(let role, _) = notice { await control.wantPlan("\(role.rawValue) feed answers") }
  }

  private static func write(_ notice: FeedService.Notice, to log: Log) {
    switch notice {
    case .answers(let role, let address):
      log(.notice, "feed answers", ["feed": role.rawValue, "address": address])
    case .failed(let role, let address, let why, let needsPerson):
      log(
        needsPerson ? .error : .warning, "feed fails",
        ["feed": role.rawValue, "why": why, "address": address])
    case .notKept(let role, let why):
      log(.warning, "feed answer not kept on disk", ["feed": role.rawValue, "why": why])
    }
  }
}

/// Reads the feeds' files and takes what services answered, remembering the last good answers.
private actor FeedReader {
  private var files = FeedFiles()
  private var board = FeedBoard()

  func inputs(for site: Site, at now: UTCInstant, from service: FeedService?) -> SiteInputs {
    var answers = self.files.answers(for: site)
    if site.hasFeeds { service?.add(to: &answers, for: site) }
    return self.board.take(answers, site: site, at: now)
  }
}
