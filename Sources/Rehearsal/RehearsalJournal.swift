import Control
import Ports
import Quantities
import Simulation
import SiteModel

/// The course of a rehearsal as lines of text, for the person who asks how a violation came about: faults as they begin
/// and end, and every record as it is kept. Each line begins with the world's true time.
struct RehearsalJournal {
  private let site: Site
  private let write: (String) -> Void
  private var faults = FaultSet()
  private var violations = 0

  init(site: Site, write: @escaping (String) -> Void) {
    self.site = site
    self.write = write
  }

  /// One second of the world, before anything answers to it.
  mutating func observe(_ world: SimulatedSite) {
    let present = world.presentFaults
    guard present != self.faults else { return }
    for kind in FaultKind.allCases where present.contains(kind) != self.faults.contains(kind) {
      let isNew = present.contains(kind)
      self.line(isNew ? "fault begins" : "fault ends", kind.name, world)
    }
    self.faults = present
  }

  func keep(_ batch: RecordBatch, _ world: SimulatedSite) {
    for plan in batch.plans { self.line("plan \(plan.id)", "\(plan.status), \(plan.cause)", world) }
    for decision in batch.decisions {
      let command = decision.command
      let what = "\(self.site.name(of: command.rig)) \(command.closed ? "on" : "off"): \(command.reason)"
      self.line("decision", what, world)
    }
    for event in batch.events {
      let rig = event.rig.map { " \(self.site.name(of: $0))" } ?? ""
      self.line(
        "event", "\(event.kind.rawValue)\(rig): \(event.text) (the board's time \(Self.text(event.at)))",
        world)
    }
    for slot in batch.slots { self.line("slot", Self.text(slot, self.site), world) }
  }

  mutating func check(_ log: ViolationLog, _ world: SimulatedSite) {
    for violation in log.kept.dropFirst(self.violations) {
      self.line("VIOLATION", "invariant \(violation.invariant.rawValue): \(violation.sentence)", world)
    }
    self.violations = log.kept.count
  }

  private func line(_ kind: String, _ text: String, _ world: SimulatedSite) {
    self.write("\(Self.text(world.wall)) \(kind): \(text)\n")
  }

  private static func text(_ instant: UTCInstant) -> String { ISO8601.string(instant) }

  private static func text(_ record: SlotRecord, _ site: Site) -> String {
    func energy(_ value: KilowattHours?) -> String { value.map { "\($0.value)" } ?? "unknown" }
    var text =
      "\(Self.text(record.slot.start)) import \(energy(record.imported)), export \(energy(record.exported)), "
    text +=
      "generated \(energy(record.generated)), rigs \(energy(record.rigs)) kWh, \(record.rigHours) rig-hours"
    for (meter, gap) in zip(site.meters, record.meterGapMilliseconds) where gap > 0 {
      text += ", \(gap) ms of \(meter.name) missing"
    }
    return text
  }
}
