import Control
public import Ports
import Quantities
public import SiteModel

/// One defect per invariant, planted between the controller and the site to prove that the checker looks. For tests.
public enum PlantedBug: Int, Sendable, Hashable, CaseIterable {
  /// No relay opens while import is over the cap.
  case deafGuard = 1
  /// A rig that is stopped starts again at once.
  case ignoresDwell
  /// Every start starts a second rig.
  case oneRigTooMany
  /// Starts are saved up and made in pairs.
  case ignoresStagger
  /// No relay opens while the site is blind, its clock untrusted or its store broken.
  case ignoresFallback
  /// Every record claims a little more import than there was.
  case inflatesEnergy
  /// After the first fault no rig is started again.
  case neverReturns

  /// The invariant it breaks.
  public var breaks: Invariant {
    switch self {
    case .deafGuard: .importGuard
    case .ignoresDwell: .dwell
    case .oneRigTooMany: .allowance
    case .ignoresStagger: .stagger
    case .ignoresFallback: .fallback
    case .inflatesEnergy: .energy
    case .neverReturns: .recovery
    }
  }
}

/// The output lines of a simulated site with a bug in front of them.
public final class SabotagedRelayBank: RelayBank {
  private let site: SimulatedSite
  private let relays: SimulatedRelayBank
  private let bug: PlantedBug
  private var savedStart: RigID?
  private var hasSeenFault = false

  public init(_ site: SimulatedSite, bug: PlantedBug) {
    self.site = site
    self.relays = SimulatedRelayBank(site)
    self.bug = bug
  }

  public func level(of rig: RigID) -> Bool? {
    // A start that is saved up pretends to have happened.
    rig == self.savedStart ? true : self.relays.level(of: rig)
  }

  public func set(_ rig: RigID, closed: Bool) throws(RelayFault) {
    switch self.bug {
    case .deafGuard:
      if closed || self.site.power.grid <= self.site.site.grid.importCap {
        try self.relays.set(rig, closed: closed)
      }
    case .ignoresDwell:
      try self.relays.set(rig, closed: closed)
      if !closed { try self.relays.set(rig, closed: true) }
    case .oneRigTooMany:
      try self.relays.set(rig, closed: closed)
      if closed, let second = self.openRig(besides: rig) { try self.relays.set(second, closed: true) }
    case .ignoresStagger: try self.setInPairs(rig, closed: closed)
    case .ignoresFallback: if closed || self.site.isControllable { try self.relays.set(rig, closed: closed) }
    case .inflatesEnergy: try self.relays.set(rig, closed: closed)
    case .neverReturns:
      self.hasSeenFault = self.hasSeenFault || self.site.isDisturbed
      if !closed || !self.hasSeenFault { try self.relays.set(rig, closed: closed) }
    }
  }

  private func setInPairs(_ rig: RigID, closed: Bool) throws(RelayFault) {
    guard closed, self.relays.level(of: rig) == false else {
      if self.savedStart == rig { self.savedStart = nil }
      return try self.relays.set(rig, closed: closed)
    }
    guard let first = self.savedStart else {
      self.savedStart = rig
      return
    }
    self.savedStart = nil
    try self.relays.set(first, closed: true)
    if first != rig { try self.relays.set(rig, closed: true) }
  }

  private func openRig(besides rig: RigID) -> RigID? {
    (0..<self.site.site.banks[rig.bank].count).lazy.map { RigID(bank: rig.bank, rig: $0) }
      .first { $0 != rig && self.relays.level(of: $0) == false }
  }
}

/// A store with the record's bug in front of it.
public final class SabotagedStore: Store {
  private let store: any Store
  private let bug: PlantedBug

  public init(_ store: any Store, bug: PlantedBug) {
    self.store = store
    self.bug = bug
  }

  public func commit(_ batch: RecordBatch) throws(StoreError) {
    var batch = batch
    if self.bug == .inflatesEnergy {
      for index in batch.slots.indices {
        batch.slots[index].imported = batch.slots[index].imported.map { $0 * 1.05 + KilowattHours(1) }
      }
    }
    try self.store.commit(batch)
  }

  public func recover() throws(StoreError) -> Recovered { try self.store.recover() }
}

extension SimulatedSite {
  /// True while an honest controller has all it needs to control: a fresh good reading, a trusted clock, a store.
  fileprivate var isControllable: Bool {
    self.isClockTrustworthy && self.storeFailing == nil && self.gridSilence <= self.site.control.staleAfter
  }
}
