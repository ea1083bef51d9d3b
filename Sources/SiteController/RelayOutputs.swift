public import Control
public import Ports
public import Quantities
public import SiteModel

/// The controller's way to the relay holder.
public protocol OutputCommands: AnyObject {
  func command(_ command: RelayCommand, at now: MonotonicInstant)
  /// Lines driven closed at present, per bank.
  var closedCounts: [Int] { get }
  /// A tick is complete: the dead-man time begins anew.
  func heartbeat(at now: MonotonicInstant)
  /// Appends what became of commands and what lines show, since the last call.
  func takeReports(into reports: inout [OutputReport])
  /// Appends what every line shows now: a controller that has just started knows nothing about them.
  func readLevels(into reports: inout [OutputReport])
  /// Does what time alone brings. Called once a tick.
  func tick(at now: MonotonicInstant)
  /// The controller leaves in good order: every output that its policy does not hold is opened now.
  func applyPolicy(at now: MonotonicInstant)
}

/// What happened to a command or was seen on a line.
public enum OutputReport: Sendable, Hashable {
  case sent(RigID, closed: Bool, accepted: Bool)
  case readBack(RigID, closed: Bool)
  /// The emergency stop was pressed, or let go again.
  case emergencyStop(Bool)
}

/// The relay holder on its lines: what the controller asks for goes through the holder's rules to the relay bank, and
/// what became of it is kept for the controller to hear.
public final class RelayOutputs: OutputCommands {
  private var holder: RelayHolder
  private let relays: any RelayBank
  private let rigs: [RigID]
  private let opensOnRelease: [Bool]
  private var reports: [OutputReport] = []
  private var nextReadBack = 0
  /// Lines that must open and did not yet: told again with every tick, whoever lives.
  private var unopened: [RigID] = []
  private var isDriven: [[Bool]]
  public private(set) var closedCounts: [Int]

  public init(site: Site, relays: any RelayBank, startedAt now: MonotonicInstant) {
    self.holder = RelayHolder(site: site, startedAt: now)
    self.relays = relays
    self.opensOnRelease = site.banks.map { $0.fallback == .off }
    self.isDriven = site.banks.map { Array(repeating: false, count: $0.count) }
    self.closedCounts = site.banks.map { _ in 0 }
    self.rigs = site.banks.enumerated().flatMap { bank, rigs in
      (0..<rigs.count).map { RigID(bank: bank, rig: $0) }
    }
    for rig in self.rigs { self.drive(rig, closed: false, reports: false) }
  }

  public func command(_ command: RelayCommand, at now: MonotonicInstant) {
    self.command(command.rig, closed: command.closed, at: now)
  }

  func command(_ rig: RigID, closed: Bool, at now: MonotonicInstant) {
    self.perform(self.holder.handle(.command(rig, closed: closed), at: now))
  }

  public func heartbeat(at now: MonotonicInstant) { self.perform(self.holder.handle(.heartbeat, at: now)) }

  /// Applies what time alone brings, with or without a controller.
  public func tick(at now: MonotonicInstant) {
    self.perform(self.holder.tick(at: now))
    guard !self.unopened.isEmpty else { return }
    for rig in self.unopened { self.drive(rig, closed: false, reports: false) }
  }

  public func applyPolicy(at now: MonotonicInstant) {
    for rig in self.rigs where self.opensOnRelease[rig.bank] && self.holder.isClosed(rig) == true {
      self.perform(self.holder.handle(.command(rig, closed: false), at: now))
    }
  }

  /// True from the dead-man time until the controller's next heartbeat.
  public var isReleased: Bool { self.holder.isReleased }

  /// The holder itself leaves: every line is opened, as nobody holds it any longer.
  public func openAll(at now: MonotonicInstant) {
    for rig in self.rigs { self.perform(self.holder.handle(.command(rig, closed: false), at: now)) }
  }

  /// Everything that happened since the last call, plus one line read back in turn.
  public func takeReports(into reports: inout [OutputReport]) {
    if !self.reports.isEmpty {
      reports += self.reports
      self.reports.removeAll(keepingCapacity: true)
    }
    guard !self.rigs.isEmpty else { return }
    let rig = self.rigs[self.nextReadBack]
    self.nextReadBack = (self.nextReadBack + 1) % self.rigs.count
    if let level = self.relays.level(of: rig) { reports.append(.readBack(rig, closed: level)) }
  }

  private func note(_ rig: RigID, closed: Bool) {
    guard self.isDriven[rig.bank][rig.rig] != closed else { return }
    self.isDriven[rig.bank][rig.rig] = closed
    self.closedCounts[rig.bank] += closed ? 1 : -1
  }

  public func readLevels(into reports: inout [OutputReport]) {
    for rig in self.rigs {
      if let level = self.relays.level(of: rig) { reports.append(.readBack(rig, closed: level)) }
    }
  }

  private func perform(_ actions: [RelayHolder.LineAction]) {
    for action in actions {
      switch action {
      case .drive(let rig, let closed): self.drive(rig, closed: closed, reports: true)
      case .refuse(let rig, let closed, _): self.reports.append(.sent(rig, closed: closed, accepted: false))
      }
    }
  }

  private func drive(_ rig: RigID, closed: Bool, reports: Bool) {
    var accepted = true
    do throws(RelayFault) {
      try self.relays.set(rig, closed: closed)
      self.note(rig, closed: closed)
      if !self.unopened.isEmpty { self.unopened.removeAll { $0 == rig } }
    } catch {
      accepted = false
      if !closed, !self.unopened.contains(rig) { self.unopened.append(rig) }
    }
    guard reports else { return }
    self.reports.append(.sent(rig, closed: closed, accepted: accepted))
    if let level = self.relays.level(of: rig) { self.reports.append(.readBack(rig, closed: level)) }
  }
}
