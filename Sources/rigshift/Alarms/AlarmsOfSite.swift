import Alarms
import Control
import JSONText
import LinuxHost
import Ports
import Quantities
import SiteController
import SiteModel
import Synchronization

/// The alarms of a running site, wired to what the site publishes, to the disk and to the network.
final class AlarmsOfSite: Sendable {
  let service: AlarmService
  private let board: AlarmSightBoard

  static func start(_ site: Site, paths: SitePaths, isSimulated: Bool, log: Log) async -> AlarmsOfSite {
    let clock = SystemClock()
    let time: @Sendable () -> AlarmTime = {
      let moment = clock.now().moment
      return AlarmTime(monotonic: moment.monotonic, wall: moment.wall)
    }
    let board = AlarmSightBoard(folder: paths.folder, startedAt: time().monotonic)
    let sender = AlarmSender()
    let service = AlarmService(
      site,
      AlarmService.Parts(
        executor: DedicatedThreadExecutor(name: "alarms"),
        seed: UInt64(bitPattern: clock.now().moment.wall.milliseconds), isSimulated: isSimulated, clock: time,
        look: { board.sight(at: time().monotonic) },
        send: { await sender.send($0, $1, dropped: $2, site: $3) },
        load: { Self.kept(paths.alarms) }, keep: { Self.keep($0, paths.alarms) },
        notice: { Self.write($0, to: log) }))
    await service.restore()
    return AlarmsOfSite(service: service, board: board)
  }

  private init(service: AlarmService, board: AlarmSightBoard) {
    self.service = service
    self.board = board
  }

  /// Between questions to feeds and peers, whose troubles last.
  private static let seldom = 10

  /// Looks and delivers until cancelled. Whoever is slow to say how it is delays nobody else.
  func run(control: ControlService, feeds: FeedService, peers: PeerService?) async {
    await withDiscardingTaskGroup { group in
      group.addTask {
        for await _ in everySecond() {
          if let picture = await control.picture() {
            self.board.put(.control, AlarmSigns.conditions(of: picture))
          }
        }
      }
      group.addTask {
        await Self.seldom {
          self.board.put(.feeds, AlarmSigns.conditions(feeds: await feeds.report()))
        }
      }
      group.addTask {
        await Self.seldom {
          guard let peers else { return self.board.put(.peers, []) }
          self.board.put(.peers, AlarmSigns.conditions(peers: await peers.peersReport()))
        }
      }
      group.addTask { await self.service.run(ticks: everySecond()) }
    }
  }

  private static func seldom(_ body: @Sendable () async -> Void) async {
    var seconds = 0
    for await _ in everySecond() {
      if seconds % Self.seldom == 0 { await body() }
      seconds = (seconds + 1) % Self.seldom
    }
  }

  // MARK: Disk

  private static func kept(_ path: String) -> [UInt8]? {
    do throws(SystemError) {
      return try readFile(path, limit: KeptAlarms.maximumBytes)
    } catch {
      return nil  // none were kept yet
    }
  }

  private static func keep(_ bytes: [UInt8], _ path: String) -> String? {
    do throws(SystemError) {
      try replaceFile(path, with: bytes)
      return nil
    } catch {
      return "\(error)"
    }
  }

  // MARK: Journal

  private static func write(_ notice: AlarmService.Notice, to log: Log) {
    switch notice {
    case .changed(let change): self.write(change, to: log)
    case .delivered(let channel, let message):
      log(
        .notice, "alarm message delivered",
        ["channel": channel.rawValue, "reason": message.reason.rawValue, "message": message.id])
    case .failing(let channel, let why):
      log(.error, "alarm messages not delivered", ["channel": channel.rawValue, "why": why])
    case .dropped(let drop):
      log(
        .error, "alarm message given up",
        ["channel": drop.channel.rawValue, "message": drop.message.id, "why": drop.why])
    case .notRestored(let why): log(.warning, "alarms of the last run cannot be read", ["why": why])
    case .notKept(let why): log(.warning, "alarms not kept on disk", ["why": why])
    }
  }

  private static func write(_ change: AlarmBook.Change, to log: Log) {
    switch change {
    case .raised(let alarm):
      let level: Log.Level =
        switch alarm.severity {
        case .act: .error
        case .wait: .warning
        case .note: .notice
        }
      log(
        level, "alarm raised",
        [
          "id": "\(alarm.id)", "severity": alarm.severity.rawValue, "kind": alarm.kind.rawValue,
          "about": alarm.about, "detail": alarm.detail,
        ])
    case .acknowledged(let alarm):
      log(
        .notice, "alarm acknowledged",
        [
          "id": "\(alarm.id)", "kind": alarm.kind.rawValue, "by": alarm.acknowledgement?.by ?? "",
          "until": alarm.acknowledgement?.until.map { ISO8601.string($0) } ?? "it is over",
        ])
    case .acknowledgementEnded(let alarm):
      log(.warning, "alarm no longer acknowledged", ["id": "\(alarm.id)", "kind": alarm.kind.rawValue])
    case .over(let alarm):
      log(
        .notice, "alarm over",
        ["id": "\(alarm.id)", "kind": alarm.kind.rawValue, "about": alarm.about])
    case .full(let count): log(.error, "too many alarms at once", ["without_room": "\(count)"])
    }
  }
}

/// What is wrong as far as it has been said, between those who find out and the alarms' thread.
private final class AlarmSightBoard: Sendable {
  private struct State {
    var said: [AlarmSource: (conditions: [AlarmCondition], at: MonotonicInstant)] = [:]
    var disk: (isLow: AlarmCondition?, at: MonotonicInstant)?
  }

  /// Older than this, a source counts as silent.
  private static let patience: [AlarmSource: Duration] = [
    .control: .seconds(5), .feeds: .minutes(1), .peers: .minutes(1),
  ]
  /// A record grows by a few megabytes a day.
  private static let leastFree: UInt64 = 256 << 20
  private static let diskSpacing = Duration.seconds(30)

  private let state = Mutex(State())
  private let clock = SystemClock()
  private let folder: String
  private let startedAt: MonotonicInstant

  init(folder: String, startedAt: MonotonicInstant) {
    self.folder = folder
    self.startedAt = startedAt
  }

  func put(_ source: AlarmSource, _ conditions: [AlarmCondition]) {
    let now = self.clock.now().moment.monotonic
    self.state.withLock { $0.said[source] = (conditions, now) }
  }

  func sight(at now: MonotonicInstant) -> AlarmSight {
    var sight = AlarmSight()
    let said = self.state.withLock { $0.said }
    for source in AlarmSource.allCases {
      guard let patience = Self.patience[source] else { continue }
      let last = said[source]
      if let last, now - last.at <= patience {
        sight.conditions += last.conditions
      } else {
        sight.unknown.insert(source)
        let silence = now - (last?.at ?? self.startedAt)
        if source == .control, silence > patience {
          sight.conditions.append(
            AlarmCondition(.controlSilent, detail: "no word for \(silence.components.seconds) s"))
        }
      }
    }
    if let low = self.disk(at: now) { sight.conditions.append(low) }
    return sight
  }

  private func disk(at now: MonotonicInstant) -> AlarmCondition? {
    if let disk = self.state.withLock({ $0.disk }), now - disk.at < Self.diskSpacing { return disk.isLow }
    let free = freeSpace(at: self.folder)
    let low = free.flatMap { free in
      free < Self.leastFree
        ? AlarmCondition(.diskLow, detail: "\(free >> 20) MB are free in \(self.folder)") : nil
    }
    self.state.withLock { $0.disk = (low, now) }
    return low
  }
}
