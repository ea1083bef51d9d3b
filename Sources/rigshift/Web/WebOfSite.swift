import Certificates
import HTTPListener
import JSONText
import LinuxHost
import Ports
import Quantities
import SQLiteStore
import SiteController
import SiteModel
import WebInterface

/// The web interface of a running site, wired to the network. It answers from the snapshot of the last second, so that no
/// number of callers can delay the control loop.
final class WebOfSite: Sendable {
  /// Seconds after which the record is read again for the pages.
  private static let recordSpacing = 5

  private let board: SnapshotBoard
  private let listener: HTTPListener
  private let record: RecordOnItsThread
  private let log: Log

  /// Nil for a site without web interface, and where the address cannot be had: rigs run without it.
  static func start(
    _ site: Site, record: String, isSimulated: Bool, alarms: @escaping @Sendable () -> JSONValue, log: Log
  ) -> WebOfSite? {
    guard let settings = site.web else { return nil }
    let board = SnapshotBoard(isSimulated: isSimulated, alarms: alarms)
    let pages = RecordOnItsThread(path: record)
    let interface = WebInterface(host: settings.listen.host, version: version)
    do throws(HTTPListener.StartError) {
      let listener = try HTTPListener(
        HTTPListener.Options(
          host: numericAddress(of: settings.listen.host) ?? settings.listen.host, port: settings.listen.port),
        start: { startThread(name: "web", $0) },
        handle: { incoming, reply in
          guard let wanted = interface.wantedCertificates(incoming.request) else {
            return reply(interface.answer(incoming.request, board.snapshot))
          }
          Task {
            reply(interface.certificates(await pages.certificates(from: wanted.from, limit: wanted.limit)))
          }
        })
      log(.notice, "answering on this host", ["address": "http://\(settings.listen)"])
      return WebOfSite(board, listener, pages, log)
    } catch {
      log(
        .error, "no web interface",
        ["why": "\(error)", "what_to_do": "free the address or change [web] listen"])
      return nil
    }
  }

  private init(_ board: SnapshotBoard, _ listener: HTTPListener, _ record: RecordOnItsThread, _ log: Log) {
    self.board = board
    self.listener = listener
    self.record = record
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
      group.addTask { await self.readRecord() }
    }
  }

  func stop() { self.listener.stop() }

  private func readRecord() async {
    var isReadable = true
    var seconds = 0
    for await _ in everySecond() {
      seconds += 1
      guard seconds % Self.recordSpacing == 1, let (site, now) = self.board.present else { continue }
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
private actor RecordOnItsThread {
  nonisolated let path: String
  private nonisolated let executor = DedicatedThreadExecutor(name: "web record")
  nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }

  init(path: String) { self.path = path }

  func read(of site: Site, at now: UTCInstant) -> Result<RecordForPages, StoreError> {
    do throws(StoreError) {
      return .success(try RecordForPages.read(path: self.path, site: site, now: now))
    } catch {
      return .failure(error)
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
