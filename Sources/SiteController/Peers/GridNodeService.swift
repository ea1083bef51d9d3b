public import PeerProtocol
public import Ports

/// A node of the older Grid protocol at work: its state machine, and the messages it sends. Messages to one neighbour leave
/// in their order; a neighbour that is slow delays only its own.
public actor GridNodeService {
  private static let timeout = Duration.seconds(5)
  /// Messages to one neighbour that wait for those before them.
  private static let longestQueue = 1024

  private var node: GridNode
  private let client: any HTTPFetching
  private let token: String?
  private let clock: @Sendable () -> GridNode.Moment
  private let log: @Sendable (String) -> Void
  private var queues: [String: [[UInt8]]] = [:]
  private let (wakes, waker) = AsyncStream.makeStream(
    of: String.self, bufferingPolicy: .bufferingOldest(4096))

  /// `token`: whoever sends a message must show it, and every neighbour is shown it.
  public init(
    _ settings: GridNode.Settings, seed: UInt64, token: String?, client: any HTTPFetching,
    clock: @escaping @Sendable () -> GridNode.Moment, log: @escaping @Sendable (String) -> Void
  ) {
    self.node = GridNode(settings, seed: seed)
    self.token = token
    self.client = client
    self.clock = clock
    self.log = log
  }

  public var stateLine: String { self.node.stateLine }

  /// Answers a request to `/messaging`.
  public func answer(_ request: HTTPRequestReader.Request) -> HTTPResponse {
    guard request.path == "/messaging" else { return Self.refusal(404, "only /messaging is here") }
    guard request.method == "GET" || request.method == "POST" else {
      return Self.refusal(405, "send a message with GET or POST")
    }
    if let token, request.headers["authorization"] != "Bearer \(token)" {
      return Self.refusal(401, "show the node's token: Authorization: Bearer TOKEN")
    }
    do throws(GridEnvelope.Refusal) {
      self.perform(try self.node.receive(request.body, at: self.clock()))
      return HTTPResponse(status: 200)
    } catch {
      return Self.refusal(error.status, error.text)
    }
  }

  private static func refusal(_ status: Int, _ text: String) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: [HTTPHeader("Content-Type", "text/plain; charset=utf-8")],
      body: Array((text + "\n").utf8))
  }

  /// kW, from meters, in place of an UpdateEnergy from outside.
  public func measured(production: Double, consumption: Double) {
    self.perform(self.node.measured(production: production, consumption: consumption, at: self.clock()))
  }

  /// Sends until it is cancelled; a second counts for time-outs with each element of `ticks`.
  public func run(ticks: AsyncStream<Void>, eachSecond: @escaping @Sendable (String) -> Void = { _ in }) async
  {
    let waker = self.waker
    await withDiscardingTaskGroup { group in
      group.addTask {
        for await _ in ticks { eachSecond(await self.tick()) }
        waker.finish()
      }
      for await address in self.wakes { group.addTask { await self.drain(address) } }
    }
  }

  private func tick() -> String {
    self.perform(self.node.tick(at: self.clock()))
    return self.node.stateLine
  }

  private func perform(_ effects: [GridNode.Effect]) {
    for effect in effects {
      switch effect {
      case .log(let line): self.log(line)
      case .send(let bytes, let address):
        let isBusy = self.queues[address] != nil
        guard self.queues[address, default: []].count < Self.longestQueue else { continue }
        self.queues[address, default: []].append(bytes)
        if !isBusy { self.waker.yield(address) }
      }
    }
  }

  private func drain(_ address: String) async {
    while let bytes = self.queues[address]?.first {
      let arrived = await self.deliver(bytes, to: address)
      self.queues[address]?.removeFirst()
      self.perform(self.node.sent(to: address, arrived: arrived, at: self.clock()))
    }
    self.queues[address] = nil
  }

  private func deliver(_ bytes: [UInt8], to address: String) async -> Bool {
    var headers = [HTTPHeader("Content-Type", "application/json")]
    if let token { headers.append(HTTPHeader("Authorization", "Bearer \(token)")) }
    let request = HTTPRequest(
      .get, "http://\(address)/messaging", headers: headers, body: bytes, timeout: Self.timeout,
      maximumBytes: 64 << 10)
    do throws(HTTPFailure) {
      return try await self.client.fetch(request).status == 200
    } catch {
      return false
    }
  }
}
