public import Control
public import Quantities
public import SiteModel

/// The controller's way to a relay holder in another process. Without it every command fails, and it is called again
/// with every tick.
public final class HeldOutputs: OutputCommands {
  /// Sends a line and returns the answer; nil when the other side is gone.
  public typealias Exchange = (String) -> String?

  private let digest: String
  private let connect: () -> Exchange?
  private let notify: (Notice) -> Void
  private var exchange: Exchange?
  private var reports: [OutputReport] = []
  private var said: Notice?
  public private(set) var closedCounts: [Int]

  public enum Notice: Sendable, Hashable {
    case connected
    case lost
    case refused(String)
  }

  /// `connect` opens a new connection, nil when nobody answers.
  public init(
    site: Site, connect: @escaping () -> Exchange?, notify: @escaping (Notice) -> Void
  ) {
    self.digest = RelayTable(site).digest
    self.connect = connect
    self.notify = notify
    self.closedCounts = site.banks.map { _ in 0 }
    self.call()
  }

  public func command(_ command: RelayCommand, at now: MonotonicInstant) {
    if !self.ask(.command(command.rig, closed: command.closed)) {
      self.reports.append(.sent(command.rig, closed: command.closed, accepted: false))
    }
  }

  public func heartbeat(at now: MonotonicInstant) { _ = self.ask(.heartbeat) }

  public func tick(at now: MonotonicInstant) {
    guard self.exchange == nil else { return }
    self.call()
    // What the lines did meanwhile is news.
    if self.exchange != nil { _ = self.ask(.levels) }
  }

  public func takeReports(into reports: inout [OutputReport]) {
    reports += self.reports
    self.reports.removeAll(keepingCapacity: true)
  }

  public func readLevels(into reports: inout [OutputReport]) {
    _ = self.ask(.levels)
    self.takeReports(into: &reports)
  }

  public func applyPolicy(at now: MonotonicInstant) { _ = self.ask(.policy) }

  private func call() {
    guard let exchange = self.connect() else { return self.say(.lost) }
    self.exchange = exchange
    if self.ask(.hello(self.digest)) { self.say(.connected) }
  }

  /// True when the holder did it.
  private func ask(_ request: HolderRequest) -> Bool {
    guard let exchange = self.exchange else { return false }
    switch exchange(request.line).flatMap(HolderReply.init(line:)) {
    case .done(let counts, let reports)?:
      guard counts.count == self.closedCounts.count else {
        return self.hangUp(.refused("another relay table"))
      }
      self.closedCounts = counts
      self.reports += reports
      return true
    case .refused(let why)?: return self.hangUp(.refused(why))
    case nil: return self.hangUp(.lost)
    }
  }

  private func hangUp(_ notice: Notice) -> Bool {
    self.exchange = nil
    self.say(notice)
    return false
  }

  private func say(_ notice: Notice) {
    guard self.said != notice else { return }
    self.said = notice
    self.notify(notice)
  }
}
