public import Control
public import JSONText
import Ports
import Quantities
public import SiteModel

/// The site between two ticks, for those who look at it. Taken by the control loop as it is; what people are shown is made
/// of it elsewhere, so that no number of viewers delays a tick.
public struct SitePicture: Sendable {
  public let site: Site
  public let now: Moment
  /// As `StatusReport` says it.
  public let status: JSONValue
  public let plan: PlanInForce?
  /// The last poll, in site order.
  public let readings: [Result<MeterReading, MeterFault>]
  let controller: ControllerStatus

  /// One object per rig, in site order: how it is, since when and why.
  public var rigs: JSONValue {
    let words = ReasonText(site: self.site, now: self.now)
    return .array(
      self.controller.rigs.map { rig in
        [
          "rig": .string(self.site.name(of: rig.rig)), "bank": .string(self.site.banks[rig.rig.bank].name),
          "on": .bool(rig.isClosed),
          "for_s": .integer((self.now.monotonic - rig.since).wholeMilliseconds / 1000),
          "authority": .string("\(rig.authority)"),
          "reason": .string(words.clause(rig.reason, until: rig.override?.expires)),
          "switched_by": .string("\(rig.switchedBy)"),
          "held_by": rig.heldBy.map { .string(words.clause($0)) } ?? nil,
          "proof": rig.proof.map { self.proof($0) } ?? nil,
          "cycles": .integer(Int64(rig.cycles)),
          "locked_out": .bool(rig.isLockedOut), "silent": .bool(rig.isSilent), "welded": .bool(rig.isWelded),
          "override_until": rig.override.map { .string(ISO8601.string($0.expires)) } ?? nil,
        ]
      })
  }

  /// When the last command was decided, and how many milliseconds later each step proved it; null for what is not proved.
  private func proof(_ proof: SwitchProof) -> JSONValue {
    func after(_ step: MonotonicInstant?) -> JSONValue {
      step.map { .integer($0.millisecondsSince(proof.decidedAt)) } ?? nil
    }
    let ago = self.now.monotonic.millisecondsSince(proof.decidedAt)
    return [
      "decided_at": .string(ISO8601.string(self.now.wall.advanced(byMilliseconds: -ago))),
      "sent_ms": after(proof.sentAt), "read_back_ms": after(proof.readBackAt),
      "seen_in_watts_ms": after(proof.seenAt),
    ]
  }

  /// One object per meter, in site order: what it shows, or why it shows nothing.
  public var meters: JSONValue {
    .array(
      zip(self.site.meters, self.readings).map { meter, reading in
        let subject =
          switch meter.subject {
          case .grid: "grid"
          case .generation: "generation"
          case .bank(let bank): "bank \(self.site.banks[bank].name)"
          }
        var members: [JSONValue.Member] = [
          .init("meter", .string(meter.name)), .init("measures", .string(subject)),
        ]
        switch reading {
        case .success(let reading):
          members += [
            .init("power_kw", .number(reading.power.value)),
            .init("forward_kwh", reading.forward.map { .number($0.value) } ?? .null),
            .init("reverse_kwh", reading.reverse.map { .number($0.value) } ?? .null),
            .init("age_ms", .integer(max(0, self.now.monotonic.millisecondsSince(reading.takenAt)))),
          ]
        case .failure(let fault): members.append(.init("fault", .string(fault.rawValue)))
        }
        return .object(members)
      })
  }
}

/// A meter bus that remembers what it gave last.
final class RememberingMeterBus: MeterBus {
  private let bus: any MeterBus
  private(set) var last: [Result<MeterReading, MeterFault>] = []

  init(_ bus: any MeterBus) { self.bus = bus }

  func poll(at now: MonotonicInstant) -> [Result<MeterReading, MeterFault>] {
    self.last = self.bus.poll(at: now)
    return self.last
  }
}
