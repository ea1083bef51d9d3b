import Control
import Cryptography
import Glibc
import HTTPClient
import LinuxHost
import HTTPListener
import PeerProtocol
import Ports
import Quantities
import SQLiteStore
import SiteController
import SiteModel

/// The peers of a running site, wired to network and disk.
final class PeersOfSite: Sendable {
  /// Between two changes of power that older nodes are told of: they take half a minute for each.
  private static let compatibleSeconds = 60

  let service: PeerService
  private let client: HTTPClient
  private let listener: HTTPListener?
  private let compatible: (service: GridNodeService, listener: HTTPListener)?

  /// Nil for a site without peers.
  static func start(_ site: Site, paths: SitePaths, log: Log) async throws -> PeersOfSite? {
    guard let settings = site.peers else { return nil }
    guard let key = try SiteKey.load(SiteKey.path(paths)) else {
      throw SiteKeyError(description: "\(SiteKey.path(paths)) is missing")
    }
    return try await PeersOfSite(site, settings, key: key, paths: PeerPaths(paths), log: log)
  }

  private init(
    _ site: Site, _ settings: PeerSettings, key: Ed25519PrivateKey, paths: PeerPaths, log: Log
  ) async throws {
    let certificate = SelfSignedCertificate.pem(for: key, name: "rigshift")
    self.client = HTTPClient(identity: .init(certificatePEM: certificate, keyPEM: key.pem)) {
      startThread(name: "peer client", $0)
    }
    try createFolder(paths.mirrors)
    let clock = SystemClock()
    var own = PeerService.Settings(name: site.name)
    own.staleness = settings.staleness
    own.mirrorLimit = Int64(settings.mirrorLimit) << 20
    let service = PeerService(
      own,
      PeerService.Parts(
        executor: DedicatedThreadExecutor(name: "peers"), key: key,
        openStore: { () throws(StoreError) in try SQLitePeerStore(path: paths.database) },
        openLog: { () throws(StoreError) in try SQLiteLog(path: paths.record) },
        openMirror: { (node) throws(StoreError) in try SQLiteStore(path: paths.mirror(of: node)) },
        readMirror: { (node) throws(StoreError) in
          access(paths.mirror(of: node), R_OK) == 0 ? try SQLiteLog(path: paths.mirror(of: node)) : nil
        }, mirrorBytes: { paths.mirrorBytes(of: $0) }, client: self.client,
        clock: {
          let moment = clock.now().moment
          return (moment.monotonic, moment.wall)
        }, notice: { Self.write($0, to: log) }))
    self.service = service
    try await service.start()
    if let listen = settings.listen {
      var options = HTTPListener.Options(
        host: listen.host, port: listen.port,
        tls: .init(certificatePEM: certificate, keyPEM: key.pem, accepts: service.gate.accepts))
      options.maximumBody = EntryBatch.limit
      self.listener = try HTTPListener(
        options, start: { startThread(name: "peer listener", $0) },
        handle: { incoming, reply in
          Task { reply(await service.answer(incoming.request, from: incoming.key ?? [])) }
        },
        refused: { why, count in
          log(.warning, "connection refused", ["why": why, "refusals": "\(count)"])
        })
      log(.notice, "listening for peers", ["address": "\(listen)", "key": service.nodeText])
    } else {
      self.listener = nil
    }
    if let compatible = settings.gridCompatible {
      self.compatible = try Self.startCompatible(
        compatible, site: site, client: self.client, clock: clock, log: log)
    } else {
      self.compatible = nil
    }
  }

  private static func startCompatible(
    _ settings: PeerSettings.GridCompatible, site: Site, client: HTTPClient, clock: SystemClock, log: Log
  ) throws -> (GridNodeService, HTTPListener) {
    let service = GridNodeService(
      GridNode.Settings(id: "\(settings.id)", name: site.name, address: "\(settings.listen)"),
      seed: secureRandomBytes(8).reduce(0) { $0 << 8 | UInt64($1) }, token: nil, client: client,
      clock: {
        let moment = clock.now().moment
        return (moment.monotonic, moment.wall)
      }, log: { log(.warning, "grid node", ["what": $0]) })
    let listener = try HTTPListener(
      HTTPListener.Options(
        host: numericAddress(of: settings.listen.host) ?? settings.listen.host, port: settings.listen.port),
      start: { startThread(name: "grid listener", $0) },
      handle: { incoming, reply in Task { reply(await service.answer(incoming.request)) } })
    log(
      .warning,
      "speaking the older Grid protocol, without encryption or identities; anybody who reaches the address is believed",
      ["address": "\(settings.listen)"])
    return (service, listener)
  }

  /// Works until cancelled: the site's power of each second goes to the peers.
  func run(control: ControlService) async {
    let service = self.service
    await withDiscardingTaskGroup { group in
      group.addTask { await service.run(ticks: everySecond()) }
      if let compatible = self.compatible {
        group.addTask { await compatible.service.run(ticks: everySecond()) }
      }
      group.addTask {
        var seconds = 0
        for await _ in everySecond() {
          seconds += 1
          guard let power = await control.power else { continue }
          await service.measured(production: power.production, consumption: power.consumption)
          guard seconds % Self.compatibleSeconds == 1 else { continue }
          await self.compatible?.service.measured(
            production: power.production.kilowatts, consumption: power.consumption.kilowatts)
        }
      }
    }
  }

  func stop() {
    self.listener?.stop()
    self.compatible?.listener.stop()
    self.client.stop()
  }

  private static func write(_ notice: PeerService.Notice, to log: Log) {
    switch notice {
    case .enrolled(let name, let node): log(.notice, "peer", ["name": name, "key": node.text])
    case .reached(let name): log(.notice, "peer reached", ["name": name])
    case .lost(let name, let why): log(.warning, "peer not reached", ["name": name, "why": why])
    case .misbehaved(let name, let what):
      log(.warning, "peer sent what no honest site sends", ["name": name, "what": what])
    case .forked(let name, let isProof):
      log(
        .error, "the log of a peer contradicts what it signed before",
        [
          "name": name, "proof": isProof ? "yes" : "no",
          "what_to_do": "rigshift peer forks shows both notes; do not trust its certificates",
        ])
    case .mirrorStopped(let name, let why): log(.warning, "mirror not continued", ["name": name, "why": why])
    case .storeProblem(let error): log(.error, "memory of peers", ["why": "\(error)"])
    }
  }
}

/// Where a site keeps what it knows of its peers: beside its record.
struct PeerPaths: Sendable {
  let record: String
  let database: String
  let mirrors: String

  init(_ paths: SitePaths) {
    let stem = paths.database.hasSuffix(".sqlite") ? String(paths.database.dropLast(7)) : paths.database
    self.record = paths.database
    self.database = stem + "-peers.sqlite"
    self.mirrors = stem + "-mirrors"
  }

  func mirror(of node: NodeID) -> String { "\(self.mirrors)/\(node.text).sqlite" }

  func mirrorBytes(of node: NodeID) -> Int64 {
    ["", "-wal"].reduce(0) { sum, ending in
      var status = stat()
      return stat(self.mirror(of: node) + ending, &status) == 0 ? sum + Int64(status.st_size) : sum
    }
  }
}
