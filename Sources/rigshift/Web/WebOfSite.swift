import Certificates
import Glibc
import Control
import HTTPListener
import JSONText
import LinuxHost
import Ports
import Quantities
import SQLiteStore
import SiteController
import SiteModel
import Synchronization
import WebInterface

/// The web interface of a running site, wired to the network. It answers from the snapshot of the last second, so that no
/// number of callers can delay the control loop.
final class WebOfSite: Sendable {
  /// Seconds after which the record is read again for the pages.
  private static let recordSpacing = 5
  /// Seconds between what streams are sent.
  private static let tickSpacing = 2
  private static let beatSpacing = 5

  private let board: SnapshotBoard
  private let listener: HTTPListener
  private let record: RecordOnItsThread
  private let peers: PeerService?
  private let log: Log

  /// Nil for a site without web interface, and where the address cannot be had: rigs run without it.
  static func start(
    _ running: RunningSite, paths: SitePaths, peers: PeerService?, feeds: FeedService, isSimulated: Bool,
    alarms: AlarmService, home: HomeAutomationOfSite, sitePath: String, log: Log
  ) -> WebOfSite? {
    let site = running.parts.site
    guard let settings = site.web else { return nil }
    let isOpen = !settings.listen.isLoopback
    let board = SnapshotBoard(isSimulated: isSimulated, alarms: { alarms.report }, broker: { home.status })
    let pages = RecordOnItsThread(paths)
    let gate = AccessGate(path: paths.access, log: log)
    let desk = WebDesk(
      site: running, record: pages, peers: peers, feeds: feeds, alarms: alarms, gate: gate, sitePath: sitePath
    )
    let interface = WebInterface(
      host: settings.listen.host, version: version, readers: isOpen ? .signedIn : .anybody,
      names: isOpen ? WebCertificate.names(of: settings) : [], usesTLS: settings.usesTLS)
    let budget = Mutex(WebInterface.allowance)
    let clock = SystemClock()
    do {
      guard !isOpen || gate.hasPassword else {
        throw WebCertificate.Unusable(
          description: "[web] opens \(settings.listen) to the network, but no password is set; "
            + "run `rigshift web password`, then start again")
      }
      var options = HTTPListener.Options(
        host: numericAddress(of: settings.listen.host) ?? settings.listen.host, port: settings.listen.port)
      if settings.usesTLS {
        let (certificate, key) = try WebCertificate.load(settings, paths)
        options.tls = .init(certificatePEM: certificate, keyPEM: key)
      }
      let listener = try HTTPListener(
        options,
        start: { startThread(name: "web", $0) },
        handle: { incoming, reply in
          let now = clock.now().moment.monotonic
          guard budget.withLock({ $0.take(at: now) }) else { return reply(WebInterface.busy) }
          switch interface.answer(incoming.request, from: gate.caller(of: incoming.request), board.snapshot) {
          case .response(let response): reply(response)
          case .stream(let response): reply.stream(response)
          case .question(let question):
            let isTaken = desk.ask(question) { reply(interface.response(to: question, $0, board.snapshot)) }
            if !isTaken { reply(WebInterface.busy) }
          }
        })
      log(
        .notice, isOpen ? "answering on the network" : "answering on this host",
        ["address": "\(settings.usesTLS ? "https" : "http")://\(settings.listen)"])
      return WebOfSite(board, listener, pages, peers, log)
    } catch {
      log(
        .error, "no web interface",
        ["why": "\(error)", "what_to_do": "mend that, or change [web]; rigs run without it"])
      return nil
    }
  }

  private init(
    _ board: SnapshotBoard, _ listener: HTTPListener, _ record: RecordOnItsThread, _ peers: PeerService?,
    _ log: Log
  ) {
    self.board = board
    self.listener = listener
    self.record = record
    self.peers = peers
    self.log = log
  }

  /// Takes a picture a second, and reads the record now and then, until cancelled.
  func run(control: ControlService) async {
    await withDiscardingTaskGroup { group in
      group.addTask {
        for await _ in everySecond() {
          if let picture = await control.picture() { self.board.put(picture) }
        }
      }
      group.addTask { await self.readRecord(control: control) }
      group.addTask { await self.tellStreams() }
    }
  }

  func stop() { self.listener.stop() }

  /// One rendering for all streams, and none where nobody listens.
  private func tellStreams() async {
    var second = 0
    for await _ in everySecond() {
      second += 1
      guard self.listener.hasStreams else { continue }
      if second % Self.tickSpacing == 0, let snapshot = self.board.snapshot {
        self.listener.broadcast(WebInterface.tick(snapshot))
      }
      if second % Self.beatSpacing == 0 { self.listener.broadcast(WebInterface.beat) }
    }
  }

  private func readRecord(control: ControlService) async {
    var isReadable = true
    var seconds = 0
    for await _ in everySecond() {
      seconds += 1
      guard seconds % Self.recordSpacing == 1, let (site, now) = self.board.present else { continue }
      self.board.put(jobs: await control.jobList())
      if let peers = self.peers {
        self.board.put(grid: await peers.gridReport(), peers: await peers.peersReport())
      }
      switch await self.record.read(of: site, at: now) {
      case .success(let record):
        self.board.put(record)
        isReadable = true
      case .failure(let error):
        if isReadable {
          self.log(.warning, "pages cannot read the record", ["why": error.text(path: self.record.path)])
        }
        isReadable = false
      }
    }
  }
}

/// Reads the record where it blocks nobody else.
actor RecordOnItsThread {
  nonisolated let path: String
  /// Where imported days are.
  private let history: String
  private nonisolated let executor = DedicatedThreadExecutor(name: "web record")
  nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }

  private var verified: (at: MonotonicInstant, json: JSONValue)?

  init(_ paths: SitePaths) {
    self.path = paths.database
    self.history = paths.history
  }

  func read(of site: Site, at now: UTCInstant) -> Result<RecordForPages, StoreError> {
    do throws(StoreError) {
      return .success(try RecordForPages.read(path: self.path, site: site, now: now))
    } catch {
      return .failure(error)
    }
  }

  /// The newest 3,000 decisions and events from `start` on that a filter lets through, newest first; nil when they cannot be
  /// read.
  func history(of site: Site, since start: UTCInstant, _ filter: HistoryFilter, at now: UTCInstant)
    -> JSONValue?
  {
    do throws(StoreError) {
      let reader = try RecordReader(path: self.path)
      let decisions = try reader.newestDecisions(3000).filter { $0.at >= start }
      let events = try reader.newestEvents(3000).filter { $0.at >= start }
      return [
        "decisions": .array(
          filter.lines(of: decisions.map { RecordForPages.json($0, site: site, now: now) })),
        "events": .array(filter.lines(of: events.map { RecordForPages.json($0, site: site) })),
      ]
    } catch {
      return nil
    }
  }

  /// Settled slots that begin in `span`; nil when they cannot be read.
  func slots(in span: Slot) -> JSONValue? {
    do throws(StoreError) {
      let slots = try RecordReader(path: self.path).slots(from: span.start, before: span.end)
      return .array(slots.map(RecordForPages.json))
    } catch {
      return nil
    }
  }

  /// Computed slots that begin in `span`; empty where no day was imported.
  func imported(in span: Slot) -> JSONValue {
    guard access(self.history, R_OK) == 0,
      let slots = try? SQLiteHistory(reading: self.history).slots(in: span)
    else { return [] }
    return .array(slots.map(\.json))
  }

  /// How forecasts of the last seven days did; nil when they cannot be read.
  func forecastErrors(at now: UTCInstant) -> JSONValue? {
    do throws(StoreError) {
      let errors = try RecordReader(path: self.path).forecastErrors(from: now - .hours(7 * 24))
      return .array(
        errors.map { error in
          [
            "lead_from_h": .integer(Int64(error.leads.lowerBound)),
            "lead_to_h": .integer(Int64(error.leads.upperBound)), "hours": .integer(Int64(error.count)),
            "mean_absolute_kw": .number(error.meanAbsolute), "bias_kw": .number(error.bias),
            "mean_generated_kw": .number(error.meanGenerated),
          ]
        })
    } catch {
      return nil
    }
  }

  /// What `rigshift report --json` says of local days; without days where none of them was settled, nil when the log cannot
  /// be read.
  func accounts(of site: Site, days: ClosedRange<CivilDate>) -> JSONValue? {
    do throws(StoreError) {
      let accounts = try SiteAccounts.read(
        from: SQLiteLog(path: self.path), site: site, from: site.zone.day(days.lowerBound).start,
        to: site.zone.day(days.upperBound).end)
      return ReportText.json(accounts?.days ?? [], site)
    } catch {
      return nil
    }
  }

  /// The newest certificates but `offset`, newest first; nil when they cannot be read.
  func newestCertificates(limit: Int, offset: Int64) -> JSONValue? {
    do throws(StoreError) {
      let last = try SQLiteLog(path: self.path).size() - offset
      guard last >= 1 else { return [] }
      let first = max(1, last - Int64(limit) + 1)
      let rows = self.certificates(from: first, limit: Int(last - first) + 1)?.array
      return rows.map { .array($0.reversed()) }
    } catch {
      return nil
    }
  }

  /// The whole log recomputed, in the words of the older GridShift service; nil when it cannot be read. An answer of the last
  /// ten seconds stands.
  func verification(at now: MonotonicInstant) -> JSONValue? {
    if let last = self.verified, now - last.at < .seconds(10) { return last.json }
    do throws(StoreError) {
      let log = try SQLiteLog(path: self.path)
      let (isValid, bad, message): (Bool, JSONValue, String) =
        switch try LogVerification.verify(log, trusted: nil, anchors: []) {
        case .success: (true, nil, "every entry is as it was written")
        case .failure(let finding): (false, .integer(finding.sequence), finding.sentence)
        }
      let json: JSONValue = [
        "valid": .bool(isValid), "total_certs": .integer(try log.size()), "broken_at_seq": bad,
        "message": .string(message),
      ]
      self.verified = (now, json)
      return json
    } catch {
      return nil
    }
  }

  /// Certificates with their data as it was hashed, in order; nil when they cannot be read.
  func certificates(from: Int64, limit: Int) -> JSONValue? {
    do throws(StoreError) {
      var rows: [JSONValue] = []
      try SQLiteLog(path: self.path).forEach(from: from) { certificate, _ in
        rows.append(certificate.row)
        return rows.count < limit
      }
      return .array(rows)
    } catch {
      return nil
    }
  }
}
