public import Alarms
public import JSONText
import Quantities
public import SiteModel
import Synchronization

/// The alarms of a running site: looked for once a second in what is published, kept on disk, and brought to people. It
/// runs beside the control loop and never asks it anything.
public actor AlarmService {
  public struct Parts: Sendable {
    public var executor: any SerialExecutor
    public var seed: UInt64
    public var isSimulated: Bool
    public var clock: @Sendable () -> AlarmTime
    /// What is wrong at present. Does not block.
    public var look: @Sendable () -> AlarmSight
    /// One attempt over one channel, with the number of messages given up before it.
    public var send: @Sendable (AlarmChannel, AlarmMessage, Int, Site) async -> DeliveryOutcome
    public var load: @Sendable () -> [UInt8]?
    /// Keeps alarms durably; returns why it could not.
    public var keep: @Sendable ([UInt8]) -> String?
    public var notice: @Sendable (Notice) -> Void

    public init(
      executor: any SerialExecutor, seed: UInt64, isSimulated: Bool,
      clock: @escaping @Sendable () -> AlarmTime,
      look: @escaping @Sendable () -> AlarmSight,
      send: @escaping @Sendable (AlarmChannel, AlarmMessage, Int, Site) async -> DeliveryOutcome,
      load: @escaping @Sendable () -> [UInt8]?, keep: @escaping @Sendable ([UInt8]) -> String?,
      notice: @escaping @Sendable (Notice) -> Void
    ) {
      self.executor = executor
      self.seed = seed
      self.isSimulated = isSimulated
      self.clock = clock
      self.look = look
      self.send = send
      self.load = load
      self.keep = keep
      self.notice = notice
    }
  }

  /// What the journal should say.
  public enum Notice: Sendable, Hashable {
    case changed(AlarmBook.Change)
    case delivered(AlarmChannel, AlarmMessage)
    /// Told when it begins, not with every attempt.
    case failing(AlarmChannel, why: String)
    case dropped(DeliveryQueue.Drop)
    case notRestored(String)
    case notKept(String)
  }

  /// A channel that fails for so long is an alarm itself.
  private static let failingTooLong = Duration.minutes(10)
  /// Between attempts to write what could not be written.
  private static let keepPause = Duration.minutes(1)

  private nonisolated let executor: any SerialExecutor
  public nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }
  private nonisolated let published = Mutex(JSONValue.null)
  private let parts: Parts
  private var site: Site
  private var book: AlarmBook
  private var queue: DeliveryQueue
  private var isKept = true
  private var keepNext: MonotonicInstant?

  public init(_ site: Site, _ parts: Parts) {
    self.parts = parts
    self.executor = parts.executor
    self.site = site
    self.book = AlarmBook(Self.settings(of: site, parts))
    self.queue = DeliveryQueue(channels: site.alarms.channels, seed: parts.seed)
  }

  private static func settings(of site: Site, _ parts: Parts) -> AlarmBook.Settings {
    AlarmBook.Settings(
      site: site.name, zone: site.zone, isSimulated: parts.isSimulated, alarms: site.alarms)
  }

  /// Takes up what the last run left. The first call.
  public func restore() {
    let now = self.parts.clock()
    if let bytes = self.parts.load() {
      do throws(KeptAlarms.Rubbish) {
        try KeptAlarms.restore(bytes, into: &self.book, &self.queue, at: now)
      } catch {
        self.parts.notice(.notRestored(error.why))
      }
    }
    self.publish(at: now)
  }

  /// Puts a newly read site file in force.
  public func adopt(_ site: Site) {
    self.site = site
    self.book.settings = Self.settings(of: site, self.parts)
    self.queue.serve(site.alarms.channels)
  }

  /// Looks and delivers until `ticks`, one a second, end.
  public func run(ticks: AsyncStream<Void>) async {
    await withDiscardingTaskGroup { group in
      for await _ in ticks {
        for (channel, delivery) in await self.tick() {
          group.addTask { await self.deliver(delivery, over: channel) }
        }
      }
      group.cancelAll()
    }
    self.keep(at: self.parts.clock())
  }

  /// Looks once; returns what is to be delivered now, for each channel at most one message.
  public func tick() async -> [(AlarmChannel, DeliveryQueue.Delivery)] {
    let now = self.parts.clock()
    var sight = self.parts.look()
    sight.conditions += self.failingChannels(at: now)
    let outcome = self.book.observe(sight.conditions, unknown: sight.unknown, at: now)
    for change in outcome.changes { self.parts.notice(.changed(change)) }
    for message in outcome.messages {
      for drop in self.queue.add(message, at: now.monotonic) { self.parts.notice(.dropped(drop)) }
    }
    if !outcome.changes.isEmpty || !outcome.messages.isEmpty { self.isKept = false }
    var deliveries: [(AlarmChannel, DeliveryQueue.Delivery)] = []
    for channel in self.queue.channels {
      let (next, drops) = self.queue.begin(channel, at: now.monotonic)
      for drop in drops {
        self.parts.notice(.dropped(drop))
        self.isKept = false
      }
      if let next { deliveries.append((channel, next)) }
    }
    self.keep(at: now)
    self.publish(at: now)
    return deliveries
  }

  /// One attempt.
  public func deliver(_ delivery: DeliveryQueue.Delivery, over channel: AlarmChannel) async {
    let wasFailing = self.queue.state(of: channel)?.why != nil
    let outcome = await self.parts.send(channel, delivery.message, delivery.dropped, self.site)
    let now = self.parts.clock()
    let drop = self.queue.end(channel, outcome, at: now.monotonic, wall: now.wall)
    switch outcome {
    case .delivered: self.parts.notice(.delivered(channel, delivery.message))
    case .failed(let why, _), .rejected(let why):
      if !wasFailing { self.parts.notice(.failing(channel, why: why)) }
    }
    if let drop { self.parts.notice(.dropped(drop)) }
    if drop != nil || outcome == .delivered { self.isKept = false }
    self.keep(at: now)
    self.publish(at: now)
  }

  private func failingChannels(at now: AlarmTime) -> [AlarmCondition] {
    self.queue.channels.compactMap { channel in
      guard let state = self.queue.state(of: channel), let since = state.failingSince,
        now.monotonic - since >= Self.failingTooLong
      else { return nil }
      return AlarmCondition(.channelFailing, about: channel.rawValue, detail: state.why ?? "")
    }
  }

  private func keep(at now: AlarmTime) {
    guard !self.isKept, self.keepNext.map({ $0 <= now.monotonic }) ?? true else { return }
    if let why = self.parts.keep(KeptAlarms.bytes(self.book, self.queue)) {
      if self.keepNext == nil { self.parts.notice(.notKept(why)) }
      self.keepNext = now.monotonic + Self.keepPause
    } else {
      self.isKept = true
      self.keepNext = nil
    }
  }

  // MARK: People

  /// As `AlarmReport` says it. Never waits.
  public nonisolated var report: JSONValue { self.published.withLock { $0 } }

  private func publish(at now: AlarmTime) {
    let report = AlarmReport.json(self.book, self.queue, at: now)
    self.published.withLock { $0 = report }
  }

  /// Silences the alarm of a number, or `all`, until it is over or until a time as a person says it.
  public func acknowledge(_ which: String, by person: String, until text: String?) -> Result<
    Int, AlarmBook.Refusal
  > {
    let now = self.parts.clock()
    var until: UTCInstant?
    if let text {
      until = self.site.zone.instant(toCome: text, after: now.wall)
      guard until != nil else {
        return .failure(
          AlarmBook.Refusal(
            text: "'\(text)' is no time; write 07:00, or 2024-09-19T07:00 in local time or with an offset"))
      }
    }
    let numbers = which == "all" ? self.book.open.map(\.id) : Int64(which).map { [$0] } ?? []
    guard !numbers.isEmpty else {
      return .failure(
        AlarmBook.Refusal(
          text: which == "all" ? "no alarm stands" : "'\(which)' is no alarm; give its number, or all"))
    }
    for number in numbers {
      switch self.book.acknowledge(number, by: person, until: until, at: now) {
      case .success(let change): self.parts.notice(.changed(change))
      case .failure(let refusal): return .failure(refusal)
      }
    }
    self.isKept = false
    self.keepNext = nil
    self.keep(at: now)
    self.publish(at: now)
    return .success(numbers.count)
  }

  /// Sends a test over every channel at once and returns what became of each.
  public func test() async -> [(channel: AlarmChannel, outcome: DeliveryOutcome)] {
    let message = AlarmMessage(
      site: self.site.name, at: self.parts.clock().wall, reason: .test, isSimulated: self.parts.isSimulated)
    let (site, send) = (self.site, self.parts.send)
    return await withTaskGroup(of: (AlarmChannel, DeliveryOutcome).self) { group in
      for channel in site.alarms.channels {
        group.addTask { (channel, await send(channel, message, 0, site)) }
      }
      var outcomes: [AlarmChannel: DeliveryOutcome] = [:]
      for await (channel, outcome) in group { outcomes[channel] = outcome }
      return AlarmChannel.allCases.compactMap { channel in outcomes[channel].map { (channel, $0) } }
    }
  }
}

extension AlarmSettings {
  /// The ways to people that the site file names.
  public var channels: [AlarmChannel] {
    AlarmChannel.allCases.filter { channel in
      switch channel {
      case .webhook: self.webhook != nil
      case .mail: self.mail != nil
      }
    }
  }
}

extension ZoneRules {
  /// As `instant(said:on:)`; a time of day that is past is tomorrow's.
  fileprivate func instant(toCome text: String, after now: UTCInstant) -> UTCInstant? {
    guard let instant = self.instant(said: text, on: now), instant <= now, !text.contains("T") else {
      return self.instant(said: text, on: now)
    }
    return self.instant(of: self.date(of: now).advanced(byDays: 1), minutes: self.minuteOfDay(of: instant))
  }
}
