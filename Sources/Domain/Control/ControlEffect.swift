public import Quantities
public import SiteModel

/// What the shell must do, in order.
public enum ControlEffect: Sendable, Hashable {
  /// Close or open one relay, through the relay holder.
  case switchRelay(RelayCommand)
  /// The tick is complete: feed the relay holder's dead-man timer.
  case heartbeat
  case record(ControlRecord)
  case alarm(Alarm)
  case alarmCleared(Alarm.Kind, RigID?)
  /// Something changed that the plan did not know; make a new one.
  case replan(String)
}

public struct RelayCommand: Sendable, Hashable, Codable {
  public var rig: RigID
  /// True powers the rig.
  public var closed: Bool
  public var authority: Authority
  public var reason: Reason
  public init(rig: RigID, closed: Bool, authority: Authority, reason: Reason) {
    self.rig = rig
    self.closed = closed
    self.authority = authority
    self.reason = reason
  }
}

/// Who decided, highest first. A lower number overrules a higher one.
public enum Authority: Int, Sendable, Hashable, Codable, Comparable, CaseIterable {
  case lockOut = 1
  case importGuard, freshness, clock, override, plan, trim
  public static func < (a: Authority, b: Authority) -> Bool { a.rawValue < b.rawValue }
}

/// Why a relay was switched, or why a rig is as it is. Texts for people are made at the edge from these
/// values.
public enum Reason: Sendable, Hashable, Codable {
  case emergencyStop
  case lockedOut(String)
  /// Import over the cap; the overload's dose in seconds when it tripped.
  case importOverCap(measured: Kilowatts, cap: Kilowatts, dose: Double)
  /// Shed before and does not fit again yet.
  case waitingToReclose(free: Kilowatts, needed: Kilowatts)
  /// No fresh site meter for this long; nil when there was never one since start.
  case staleMeter(age: Duration?)
  case untrustedClock
  case storeFailed
  case override(by: String)
  case plan(id: Int64)
  case noPlan
  case surplus(Kilowatts)
  case shortfall(Kilowatts)
  /// Wanted otherwise, but switched too recently; when it may switch.
  case minimumOn(until: MonotonicInstant)
  case minimumOff(until: MonotonicInstant)
  case stagger(until: MonotonicInstant)
  case startLimit(perDay: Int)
  /// Wanted, but its draw on top of the import would break the cap.
  case noRoom(free: Kilowatts, needed: Kilowatts)
  /// The relay does not do what it was told.
  case relayFault
  /// As found after the controller started; nothing has been decided since.
  case restarted
}

public enum ControlRecord: Sendable, Hashable {
  /// A relay command and why; written before or with its execution.
  case decision(RelayCommand)
  /// Anything else an auditor or operator should be able to find.
  case event(kind: EventKind, rig: RigID?, text: String)
}

public enum EventKind: String, Sendable, Hashable, Codable, CaseIterable {
  case started, stopped, configurationChanged
  case planAccepted, planRefused, planWithdrawn
  case guardTripped, guardExhausted, guardCleared
  case meterStale, meterFresh, meterFault, counterReset, counterJump
  case clockTrusted, clockUntrusted, clockStep
  case fallback, fallbackEnded
  case overrideSet, overrideCleared, overrideExpired
  case lockOut, lockOutCleared, emergencyStop, emergencyStopCleared
  case relayRefused, relayMismatch, rigSilent, contactWelded
  case storeFailed, storeRecovered
  case feedFallback, feedRestored
  case demandEventAdded, demandEventCancelled
  /// A person over the web, a new plan that somebody asked for, an alarm that somebody knows of.
  case signedIn, signInRefused, planAskedFor, alarmAcknowledged
  /// The record was put back from a backup.
  case restored
  /// An event that made no sense, such as an index that names nothing.
  case refused
}

/// A condition a person should know about, raised once until cleared.
public struct Alarm: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case importGuardExhausted, siteMeterStale, clockUntrusted, rigSilent, contactWelded, relayMismatch,
      storeFailed
    case emergencyStop
  }
  public var kind: Kind
  public var rig: RigID?
  public var text: String
  public init(kind: Kind, rig: RigID? = nil, text: String) {
    self.kind = kind
    self.rig = rig
    self.text = text
  }
}
