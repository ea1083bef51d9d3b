import Ports
import Quantities
import SiteModel

/// Invariant 6: recorded energy equals the integral of simulated power within the meters' resolution, gaps explicit,
/// never negative, and every slot has exactly one record.
struct EnergyWatch {
  private let site: Site
  private let detection: Duration
  private var lastEnd: UTCInstant?
  /// What each meter swallowed in the slot before while it lied, by the name of the claim. It shows up in the next slot
  /// when a stuck meter moves again.
  private var swallowed: [String: KilowattHours] = [:]

  init(site: Site, limits: InvariantLimits) {
    self.site = site
    self.detection = limits.detection
  }

  /// One recorded value with the truth of the meters it sums up.
  private struct Claim {
    var name: String
    var recorded: KilowattHours?
    var truth: KilowattHours?
    var tolerance = KilowattHours.zero
    /// Missing metering of any of the meters in the slot.
    var hasGap: Bool
    var lied = Duration.zero
  }

  /// The first thing that is wrong with a record that has been kept, nil when nothing is.
  mutating func fault(in record: SlotRecord, truth: SlotTruth?) -> String? {
    defer { self.lastEnd = record.slot.end }
    if let last = self.lastEnd, record.slot.start != last {
      return "begins at \(ISO8601.string(record.slot.start)) where \(ISO8601.string(last)) comes next"
    }
    let length = record.slot.end.millisecondsSince(record.slot.start)
    guard (0...length).contains(record.gapMilliseconds),
      record.meterGapMilliseconds.allSatisfy({ (0...length).contains($0) })
    else { return "states a gap that is longer than itself or negative" }
    for (bank, relay) in record.relayMilliseconds.enumerated()
    where relay < 0 || relay > length * Int64(self.site.banks[bank].count) {
      return "has \(relay) ms of closed relay in bank \(self.site.banks[bank].name)"
    }
    let claims = self.claims(record, truth)
    defer {
      self.swallowed = [:]
      for claim in claims where claim.lied > .zero {
        guard let recorded = claim.recorded, let truth = claim.truth, recorded < truth else { continue }
        self.swallowed[claim.name] = truth - recorded
      }
    }
    for claim in claims {
      if let fault = self.fault(in: claim) { return fault }
    }
    return nil
  }

  private func fault(in claim: Claim) -> String? {
    guard let recorded = claim.recorded else {
      return claim.hasGap ? nil : "has no \(claim.name) energy and states no gap"
    }
    if recorded < .zero { return "has negative \(claim.name) energy of \(recorded.value) kWh" }
    guard let truth = claim.truth else {
      return claim.hasGap
        ? nil : "states no gap in \(claim.name) energy where the clock was not trusted at a boundary"
    }
    if recorded > truth + claim.tolerance + (self.swallowed[claim.name] ?? .zero) {
      return "has \(recorded.value) kWh \(claim.name) where the truth is \(truth.value) "
        + "(tolerance \(rounded(claim.tolerance.value)))"
    }
    // What a meter swallowed while it lied is lost until the lie is found; then it must be a gap.
    if claim.hasGap || (claim.lied > .zero && claim.lied <= self.detection) { return nil }
    if recorded < truth - claim.tolerance {
      return "has \(recorded.value) kWh \(claim.name) and no gap where the truth is \(truth.value) "
        + "(tolerance \(rounded(claim.tolerance.value)))"
    }
    return nil
  }

  private func claims(_ record: SlotRecord, _ truth: SlotTruth?) -> [Claim] {
    var claims: [Claim] = []
    var generated = Claim(name: "generated", recorded: record.generated, truth: nil, hasGap: false)
    var rigs = Claim(name: "rig", recorded: record.rigs, truth: nil, hasGap: false)
    var hasGeneration = false
    var hasRigs = false
    for (index, meter) in self.site.meters.enumerated() {
      let metered = truth?.meters[index]
      let hasGap = record.meterGapMilliseconds[index] > 0
      switch meter.subject {
      case .grid:
        for (name, recorded, energy) in [
          ("import", record.imported, metered?.forward), ("export", record.exported, metered?.reverse),
        ] {
          claims.append(
            Claim(
              name: name, recorded: recorded, truth: energy, tolerance: metered?.tolerance ?? .zero,
              hasGap: hasGap || record.gapMilliseconds > 0, lied: metered?.lied ?? .zero))
        }
      case .generation:
        hasGeneration = true
        Self.add(metered, hasGap: hasGap, to: &generated)
      case .bank:
        hasRigs = true
        Self.add(metered, hasGap: hasGap, to: &rigs)
      }
    }
    if hasGeneration { claims.append(generated) }
    if hasRigs { claims.append(rigs) }
    return claims
  }

  private static func add(_ metered: SlotTruth.Metered?, hasGap: Bool, to claim: inout Claim) {
    claim.hasGap = claim.hasGap || hasGap
    guard let metered else { return }
    claim.truth = (claim.truth ?? .zero) + metered.forward
    claim.tolerance += metered.tolerance
    claim.lied = max(claim.lied, metered.lied)
  }
}
