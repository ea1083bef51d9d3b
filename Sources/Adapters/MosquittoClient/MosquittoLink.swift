import Glibc
public import HomeAutomation
public import Quantities
public import SiteModel
import Synchronization

/// A site's link to its broker: carries out what `MQTTSession` decides, on a thread that the caller lends. Whoever hands
/// it something never waits.
public final class MosquittoLink: Sendable {
  public struct Options: Sendable {
    /// The client's name at the broker, which lets one of a name in at a time.
    var client: String
    /// The topic that holds `offline` once the site is gone.
    var will: String
    var broker: HostPort
    var version: MQTTSettings.Version
    var tls: MQTTSettings.TLS?
    var username: String?
    /// Read before each attempt, so that a new password needs no restart. Secret; never printed.
    var password: @Sendable () -> Result<String?, PasswordProblem>

    public init(
      _ settings: MQTTSettings, password: @escaping @Sendable () -> Result<String?, PasswordProblem>
    ) {
      let topics = HomeTopics(settings)
      self.client = topics.node
      self.will = topics.availability
      self.broker = settings.broker
      self.version = settings.version
      self.tls = settings.tls
      self.username = settings.username
      self.password = password
    }
  }

  /// Why there is no password, in words a person can act on.
  public struct PasswordProblem: Error, Sendable {
    public let text: String
    public init(_ text: String) { self.text = text }
  }

  /// What the link has to say.
  public enum Report: Sendable {
    case notice(MQTTSession.Notice)
    case command(HomeCommand)
  }

  /// How the link is.
  public struct Status: Sendable, Hashable {
    public var isConnected = false
    /// Why it is not connected; nil before the first attempt.
    public var why: String?
  }

  /// The latest of what the site shows.
  public struct Image: Sendable {
    var topics: [RetainedTopic]
    var interval: Duration
    var targets: [String: HomeTarget]
    var takesCommands: Bool

    public init(_ picture: HomePicture, _ settings: MQTTSettings, version: String) {
      self.topics = HomeImage.topics(of: picture, settings, version: version)
      self.interval = settings.interval
      self.targets = HomeImage.targets(of: picture, settings)
      self.takesCommands = settings.acceptsCommands
    }
  }

  private struct State {
    var image: Image?
    var isStopped = false
    var status = Status()
  }

  /// How long the thread waits for traffic before it looks for something new: what is shown is late by so much at most.
  private static let turn: Int32 = 250
  /// How long a stopping site waits for its last words to arrive.
  private static let farewell = Duration.seconds(2)

  private let options: Options
  private let clock: @Sendable () -> MonotonicInstant
  private let report: @Sendable (Report) -> Void
  private let state = Mutex(State())

  /// `start` runs a function on a thread of its own; the function returns some time after `stop`, and `ended` is called
  /// before. `report` is called on that thread and must not block.
  public init(
    _ options: Options, session: MQTTSession, start: (@escaping @Sendable () -> Void) -> Void,
    clock: @escaping @Sendable () -> MonotonicInstant, report: @escaping @Sendable (Report) -> Void,
    ended: @escaping @Sendable () -> Void
  ) {
    self.options = options
    self.clock = clock
    self.report = report
    start {
      self.run(session)
      ended()
    }
  }

  /// Takes the place of what was put before and has not been shown.
  public func put(_ image: Image) { self.state.withLock { $0.image = image } }

  /// Says goodbye and ends.
  public func stop() { self.state.withLock { $0.isStopped = true } }

  public var status: Status { self.state.withLock { $0.status } }

  // MARK: The thread

  private func run(_ session: consuming MQTTSession) {
    var session = session
    var connection: MosquittoConnection?
    while true {
      let (image, isStopped) = self.state.withLock { state in
        defer { state.image = nil }
        return (state.image, state.isStopped)
      }
      if isStopped { break }
      if let image {
        session.want(
          image.topics, every: image.interval, targets: image.targets, takesCommands: image.takesCommands,
          at: self.clock())
      }
      self.perform(session.step(at: self.clock()), &session, &connection)
      self.listen(&session, &connection)
      let isConnected = session.isConnected
      self.state.withLock { $0.status.isConnected = isConnected }
    }
    self.leave(&session, &connection)
  }

  private func listen(_ session: inout MQTTSession, _ connection: inout MosquittoConnection?) {
    guard let events = connection?.wait(milliseconds: Self.turn) else {
      _ = poll(nil, 0, Self.turn)
      return
    }
    for event in events { self.handle(event, &session, &connection) }
  }

  private func leave(_ session: inout MQTTSession, _ connection: inout MosquittoConnection?) {
    let deadline = self.clock() + Self.farewell
    self.perform(session.farewell(at: self.clock()), &session, &connection)
    while connection != nil, !session.isAcknowledged, self.clock() < deadline {
      self.listen(&session, &connection)
    }
    connection?.disconnect()
  }

  private func handle(
    _ event: MQTTSession.Event, _ session: inout MQTTSession, _ connection: inout MosquittoConnection?
  ) {
    if case .ended = event { connection = nil }
    self.perform(session.handle(event, at: self.clock()), &session, &connection)
  }

  private func perform(
    _ effects: [MQTTSession.Effect], _ session: inout MQTTSession, _ connection: inout MosquittoConnection?
  ) {
    do throws(MosquittoConnection.Failure) {
      for effect in effects {
        switch effect {
        case .connect: connection = try self.connect()
        case .disconnect: connection = nil
        case .subscribe(let filters): for filter in filters { try connection?.subscribe(filter) }
        case .unsubscribe(let filters): for filter in filters { try connection?.unsubscribe(filter) }
        case .publish(let topic): try connection?.publish(topic)
        case .command(let command): self.report(.command(command))
        case .notice(let notice):
          if case .lost(let why, _) = notice { self.state.withLock { $0.status.why = why } }
          self.report(.notice(notice))
        }
      }
    } catch {
      self.handle(.ended(why: error.why, needsPerson: error.needsPerson), &session, &connection)
    }
  }

  private func connect() throws(MosquittoConnection.Failure) -> MosquittoConnection {
    switch self.options.password() {
    case .success(let password): return try MosquittoConnection(self.options, password: password)
    case .failure(let problem): throw .init(why: problem.text, needsPerson: true)
    }
  }
}
