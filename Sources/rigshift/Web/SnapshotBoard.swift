import Control
import JSONText
import LinuxHost
import Ports
import Quantities
import SiteController
import SiteModel
import Synchronization
import WebInterface

/// The latest picture of the site, between the task that takes it and the listener's thread, with what pages need besides:
/// the record, the plan slot by slot, and the last hour.
final class SnapshotBoard: Sendable {
  private struct State {
    var picture: SitePicture?
    var takenAt: MonotonicInstant?
    var devices: Devices?
    var plan = (id: Int64(0), json: JSONValue.null)
    var record = RecordForPages()
    var jobs: JSONValue = [:]
    var grid = JSONValue.null
    var peers = JSONValue.null
    var trace: [SiteSnapshot.TracePoint] = []
  }

  /// Rigs and meters of the picture taken then.
  private struct Devices {
    var takenAt: MonotonicInstant
    var rigs: JSONValue
    var meters: JSONValue
  }

  /// A point of the trace every ten seconds, for an hour.
  private static let traceSpacing = Duration.seconds(10)
  private static let tracePoints = 360

  private let state = Mutex(State())
  private let clock = SystemClock()
  private let isSimulated: Bool

  /// As `AlarmReport` says them.
  private let alarms: @Sendable () -> JSONValue

  /// How the link to the site's broker is; nil for a site without one.
  private let broker: @Sendable () -> JSONValue?

  init(
    isSimulated: Bool, alarms: @escaping @Sendable () -> JSONValue,
    broker: @escaping @Sendable () -> JSONValue?
  ) {
    self.isSimulated = isSimulated
    self.alarms = alarms
    self.broker = broker
  }

  func put(_ picture: SitePicture) {
    let now = self.clock.now().moment.monotonic
    let known = self.state.withLock { $0.plan.id }
    // Reading a plan takes longer than anything else here, so it is done once for each.
    let plan = picture.plan.flatMap { plan in
      plan.directive.id == known ? nil : (id: plan.directive.id, json: PlanReport.json(of: plan))
    }
    self.state.withLock { state in
      state.picture = picture
      state.takenAt = now
      if let plan { state.plan = plan }
      if picture.plan == nil { state.plan = (0, .null) }
      if let point = Self.point(picture, after: state.trace.last) {
        state.trace.append(point)
        if state.trace.count > Self.tracePoints { state.trace.removeFirst(60) }
      }
    }
  }

  func put(jobs: JSONValue) { self.state.withLock { $0.jobs = jobs } }
  func put(grid: JSONValue, peers: JSONValue) {
    self.state.withLock { ($0.grid, $0.peers) = (grid, peers) }
  }
  func put(_ record: RecordForPages) { self.state.withLock { $0.record = record } }

  /// Of which site and time the record is to be read; nil before the first picture.
  var present: (site: Site, now: UTCInstant)? {
    self.state.withLock { $0.picture.map { ($0.site, $0.now.wall) } }
  }

  var snapshot: SiteSnapshot? {
    let now = self.clock.now().moment.monotonic
    let state = self.state.withLock { $0 }
    guard let picture = state.picture, let takenAt = state.takenAt else { return nil }
    var snapshot = SiteSnapshot(status: picture.status, age: now - takenAt)
    if let broker = self.broker(), let members = picture.status.object {
      snapshot.status = .object(members + [.init("mqtt", broker)])
    }
    snapshot.zone = picture.site.zone
    snapshot.currency = picture.site.currency
    snapshot.isSimulated = self.isSimulated
    let devices = self.devices(of: picture, takenAt: takenAt, known: state.devices)
    snapshot.rigs = devices.rigs
    snapshot.meters = devices.meters
    snapshot.plan = state.plan.json
    snapshot.slots = state.record.slots
    snapshot.decisions = state.record.decisions
    snapshot.events = state.record.events
    snapshot.certificates = state.record.certificates
    snapshot.log = state.record.log
    snapshot.process = state.record.process
    snapshot.trace = state.trace
    snapshot.jobs = state.jobs
    snapshot.grid = state.grid
    snapshot.peers = state.peers
    for bank in picture.site.banks { snapshot.ratedDraw[bank.name] = bank.draw.value }
    snapshot.alarms = self.alarms()
    return snapshot
  }

  /// An object for every rig takes a while with thousands of them: made once for a picture that somebody looks at, and never
  /// for the others.
  private func devices(of picture: SitePicture, takenAt: MonotonicInstant, known: Devices?) -> Devices {
    if let known, known.takenAt == takenAt { return known }
    let devices = Devices(takenAt: takenAt, rigs: picture.rigs, meters: picture.meters)
    self.state.withLock { $0.devices = devices }
    return devices
  }

  private static func point(
    _ picture: SitePicture, after last: SiteSnapshot.TracePoint?
  ) -> SiteSnapshot.TracePoint? {
    if let last, picture.now.wall < last.at + Self.traceSpacing, picture.now.wall >= last.at { return nil }
    var imported: Double?
    var generated: Double?
    for (meter, reading) in zip(picture.site.meters, picture.readings) {
      guard case .success(let reading) = reading else { continue }
      switch meter.subject {
      case .grid: imported = reading.power.value
      case .generation: generated = (generated ?? 0) + reading.power.value
      case .bank: break
      }
    }
    let banks = picture.status["banks"]?.array ?? []
    return SiteSnapshot.TracePoint(
      at: picture.now.wall, imported: imported, generated: generated,
      rigsOn: banks.reduce(0) { $0 + ($1["running"]?.int ?? 0) })
  }
}
