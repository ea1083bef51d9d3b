public import Quantities

/// A way to a person.
public enum AlarmChannel: String, Sendable, Hashable, CaseIterable {
  case webhook, mail
}

/// What became of one attempt.
public enum DeliveryOutcome: Sendable, Hashable {
  case delivered
  /// It may work by itself later; `after` is what the other side asked for.
  case failed(String, after: Duration? = nil)
  /// The other side does not want this message as it is.
  case rejected(String)

  public var why: String? {
    switch self {
    case .delivered: nil
    case .failed(let why, _), .rejected(let why): why
    }
  }
}

/// Messages on their way, in order, for each channel by itself: sent again later and later until they arrive. A little
/// chance keeps sites apart that lost the same server.
public struct DeliveryQueue: Sendable {
  public struct Delivery: Sendable, Hashable {
    public var message: AlarmMessage
    /// Messages given up of which no message that arrived has told.
    public var dropped: Int
  }

  /// Why a message will not arrive.
  public struct Drop: Sendable, Hashable {
    public var channel: AlarmChannel
    public var message: AlarmMessage
    public var why: String
  }

  /// How a channel stands.
  public struct State: Sendable, Hashable {
    public var waiting: Int
    /// Nil while the last attempt was good, or before the first.
    public var why: String?
    public var failingSince: MonotonicInstant?
    public var deliveredAt: UTCInstant?
    public var dropped: Int
  }

  fileprivate struct Waiting: Sendable {
    var message: AlarmMessage
    var addedAt: MonotonicInstant
    var rejections = 0
  }

  fileprivate struct Line: Sendable {
    var waiting: [Waiting] = []
    /// The first of those that wait is under way.
    var isBusy = false
    var failures = 0
    var next = MonotonicInstant(milliseconds: .min)
    var why: String?
    var failingSince: MonotonicInstant?
    var deliveredAt: UTCInstant?
    var dropped = 0
    /// Given up and not told yet, and how many of them the message under way tells.
    var untold = 0
    var toldUnderWay = 0
  }

  /// A hundred messages are a bad week; more would be read by nobody.
  public static let capacity = 100
  static let firstPause = Duration.seconds(5)
  static let longestPause = Duration.minutes(15)
  /// Longer patience than this is not granted: an alarm is worth a call.
  static let longestPatience = Duration.hours(1)
  /// What is older tells nobody anything.
  static let longestAge = Duration.hours(48)
  /// A message that is refused this often is refused for what it is.
  static let mostRejections = 5

  private var lines: [AlarmChannel: Line] = [:]
  private var chance: SplitMix64

  public init(channels: [AlarmChannel] = [], seed: UInt64) {
    self.chance = SplitMix64(seed: seed)
    self.serve(channels)
  }

  /// Takes channels on and gives others up, with what waits for them.
  public mutating func serve(_ channels: [AlarmChannel]) {
    for channel in AlarmChannel.allCases {
      self.lines[channel] = channels.contains(channel) ? self.lines[channel] ?? Line() : nil
    }
  }

  public var channels: [AlarmChannel] { AlarmChannel.allCases.filter { self.lines[$0] != nil } }

  /// For every channel. What finds no room pushes out the oldest that can wait, then the oldest.
  public mutating func add(_ message: AlarmMessage, at now: MonotonicInstant) -> [Drop] {
    self.channels.compactMap { self.add(message, to: $0, at: now) }
  }

  @discardableResult
  mutating func add(_ message: AlarmMessage, to channel: AlarmChannel, at now: MonotonicInstant) -> Drop? {
    guard var line = self.lines[channel] else { return nil }
    defer { self.lines[channel] = line }
    line.waiting.append(Waiting(message: message, addedAt: now))
    guard line.waiting.count > Self.capacity else { return nil }
    // What is under way stays.
    let candidates = line.waiting.indices.dropFirst(line.isBusy ? 1 : 0)
    let index = candidates.first { line.waiting[$0].message.severity < .act } ?? candidates.first
    guard let index else { return nil }
    return line.drop(at: index, channel, "more than \(Self.capacity) messages wait")
  }

  /// The next message of a channel whose time has come; it counts as under way until `end`.
  public mutating func begin(_ channel: AlarmChannel, at now: MonotonicInstant) -> (
    next: Delivery?, drops: [Drop]
  ) {
    guard var line = self.lines[channel], !line.isBusy, line.next <= now else { return (nil, []) }
    defer { self.lines[channel] = line }
    var drops: [Drop] = []
    while let first = line.waiting.first, now - first.addedAt > Self.longestAge {
      drops.append(line.drop(at: 0, channel, "older than two days"))
    }
    guard let first = line.waiting.first else { return (nil, drops) }
    line.isBusy = true
    line.toldUnderWay = line.untold
    return (Delivery(message: first.message, dropped: line.untold), drops)
  }

  /// What became of the message under way.
  public mutating func end(
    _ channel: AlarmChannel, _ outcome: DeliveryOutcome, at now: MonotonicInstant, wall: UTCInstant
  ) -> Drop? {
    guard var line = self.lines[channel], line.isBusy, !line.waiting.isEmpty else { return nil }
    defer { self.lines[channel] = line }
    line.isBusy = false
    var drop: Drop?
    switch outcome {
    case .delivered:
      line.waiting.removeFirst()
      line.failures = 0
      line.why = nil
      line.failingSince = nil
      line.deliveredAt = wall
      line.untold -= line.toldUnderWay
      line.next = now
      return nil
    case .failed(let why, let after):
      line.fail(why, at: now)
      line.next = now + max(self.pause(after: line.failures), min(after ?? .zero, Self.longestPatience))
    case .rejected(let why):
      line.fail(why, at: now)
      line.next = now + self.pause(after: line.failures)
      line.waiting[0].rejections += 1
      if line.waiting[0].rejections >= Self.mostRejections {
        drop = line.drop(at: 0, channel, "refused \(Self.mostRejections) times: \(why)")
      }
    }
    return drop
  }

  /// Nil for a channel that is not served.
  public func state(of channel: AlarmChannel) -> State? {
    self.lines[channel].map {
      State(
        waiting: $0.waiting.count, why: $0.why, failingSince: $0.failingSince, deliveredAt: $0.deliveredAt,
        dropped: $0.dropped)
    }
  }

  /// What waits, oldest first.
  public func waiting(for channel: AlarmChannel) -> [AlarmMessage] {
    self.lines[channel]?.waiting.map(\.message) ?? []
  }

  /// Doubles with every failure; half of it is left to chance.
  private mutating func pause(after failures: Int) -> Duration {
    let doubled = Self.firstPause * (1 << min(max(0, failures - 1), 12))
    return min(doubled, Self.longestPause) * self.chance.uniform(0.5, 1)
  }
}

extension DeliveryQueue.Line {
  fileprivate mutating func fail(_ why: String, at now: MonotonicInstant) {
    self.failures = min(self.failures + 1, 1000)
    self.why = AlarmLimits.shortened(why)
    self.failingSince = self.failingSince ?? now
  }

  fileprivate mutating func drop(at index: Int, _ channel: AlarmChannel, _ why: String) -> DeliveryQueue.Drop
  {
    self.dropped = min(self.dropped + 1, 1_000_000)
    self.untold = min(self.untold + 1, 1_000_000)
    return DeliveryQueue.Drop(channel: channel, message: self.waiting.remove(at: index).message, why: why)
  }
}
