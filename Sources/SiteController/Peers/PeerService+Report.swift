public import JSONText
import PeerProtocol
import Ports
import Quantities

// What the service tells those who ask, as JSON. Powers in kW, ages in seconds.
extension PeerService {
  /// The grid as this site knows it: every node, and the sum of those heard of lately.
  public func gridReport() -> JSONValue {
    guard let exchange = self.exchange else { return .null }
    let now = self.now
    let board = exchange.board
    let sum = board.sum(at: now)
    func kilowatts(_ milliwatts: Int64) -> JSONValue { .number(Double(milliwatts) / 1_000_000) }
    let nodes = board.sorted.map { entry -> JSONValue in
      let record = entry.record
      let age = board.age(of: entry, at: now)
      return .object([
        .init("name", .string(record.name)), .init("key", .string(record.node.text)),
        .init("production_kw", kilowatts(record.production.value)),
        .init("consumption_kw", kilowatts(record.consumption.value)), .init("net_kw", kilowatts(record.net)),
        .init("age_s", age.map { .number(Double($0.wholeMilliseconds) / 1000) } ?? .null),
        .init("fresh", .bool(board.isFresh(entry, at: now))),
        .init("route", .string(self.route(entry))),
        .init("measured_at", .string(ISO8601.string(record.wall))),
        .init("incarnation", .integer(Int64(clamping: record.version.incarnation))),
        .init("sequence", .integer(Int64(clamping: record.version.sequence))),
        .init("contradicts_itself", .bool(entry.contradictsItself)),
      ])
    }
    return .object([
      .init("production_kw", kilowatts(sum.production)), .init("consumption_kw", kilowatts(sum.consumption)),
      .init("net_kw", kilowatts(sum.net)), .init("counted", .integer(Int64(sum.nodes))),
      .init("stale", .integer(Int64(sum.stale.count))),
      .init("staleness_s", .integer(self.settings.staleness.wholeMilliseconds / 1000)),
      .init("refused", .integer(Int64(board.refused))), .init("nodes", .array(nodes)),
    ])
  }

  private func route(_ entry: NetBoard.Entry) -> String {
    if entry.record.node == self.node { return "this site" }
    guard let route = entry.route else { return "from before the restart" }
    let name = self.links[route]?.peer.name ?? route.hint
    return route == entry.record.node ? "direct" : "by \(name)"
  }

  /// Each peer, how it is reached and how far each other's certificates have come.
  public func peersReport() -> JSONValue {
    let now = self.now
    func age(_ instant: MonotonicInstant?) -> JSONValue {
      instant.map { .number(Double(now.millisecondsSince($0)) / 1000) } ?? .null
    }
    let links = self.links.values.sorted { $0.peer.name < $1.peer.name }
    return .array(
      links.map { link in
        .object([
          .init("name", .string(link.peer.name)), .init("key", .string(link.peer.node.text)),
          .init("address", .string(link.peer.address)), .init("reached_s_ago", age(link.reachedAt)),
          .init("heard_s_ago", age(link.heardAt)),
          .init("failure", link.lastFailure.map { .string($0) } ?? .null),
          .init("cosigned_size", .integer(link.cosignedSize)),
          .init("witnessed_size", .integer(link.witnessedSize)),
          .init("mirrored_size", .integer(link.mirroredSize)),
          .init("mirror_problem", link.mirrorProblem.map { .string($0) } ?? .null),
          .init("forked", .bool(link.forkFound)),
        ])
      })
  }
}
