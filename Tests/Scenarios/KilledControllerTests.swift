import Control
import Glibc
import JSONText
import Ports
import ProgramTesting
import Quantities
import SQLiteStore
import SiteModel
import Testing

/// A controller that is killed again and again while its site lives on.
struct `A controller killed two hundred times` {
  /// `KILLS` in the environment asks for more.
  private static let kills = getenv("KILLS").flatMap { Int(String(cString: $0)) } ?? 200
  private static let slotLength = Duration.minutes(5)
  private static let rules = SwitchingHistory.Rules(
    minimumOn: [.minutes(2), .minutes(4)], minimumOff: [.seconds(90), .minutes(1)], stagger: .seconds(2))

  /// What the site looked like from outside when all was over.
  private struct Aftermath: Sendable {
    var edges: [SiteInTwoProcesses.Edge]
    var slots: [SlotRecord]
    var planIDs: [Int64]
    var lastPlanID: Int64
    var starts: [UTCInstant]
    /// When the last controller was asked to stop, which leaves the outputs in their policy, dwell or not.
    var stoppedAt: UTCInstant
    var closes: [DecisionRecord]
    /// What the last controller answered, and how it ended.
    var status: JSONValue
    var lastEnd: ChildProcess.End
    /// What the record had become less by at any look in between.
    var losses: [String]
  }

  @Test(.timeLimit(.minutes(40)))
  func `loses nothing it recorded and breaks no dwell time`() async throws {
    let aftermath = try await Program.session { try Self.live() }
    let history = SwitchingHistory(aftermath.edges, rules: Self.rules)
    // Enough happened for the rest to mean something.
    #expect(aftermath.starts.count > Self.kills / 2)
    #expect(history.closes.count > 20)
    #expect(history.commandedOpens.count > 3)
    #expect(aftermath.edges.contains { !$0.isCommanded })
    #expect(aftermath.lastEnd == .exited(0))

    let decided = SwitchingHistory(
      aftermath.edges.filter { $0.closed || $0.at < aftermath.stoppedAt }, rules: Self.rules)
    #expect(decided.brokenRules == [])
    #expect(aftermath.losses == [])
    #expect(aftermath.planIDs == Array(1...aftermath.lastPlanID))
    try Self.expectEverySlotOnce(aftermath)
    Self.expectRecordedCloses(aftermath)
    Self.expectRigHours(aftermath, history)
  }

  // MARK: The course of it

  private static func live() throws -> Aftermath {
    let site = try SiteInTwoProcesses()
    var random = SplitMix64(seed: 0x5EED)
    var losses: [String] = []
    var known: [SlotRecord] = []
    var sequence: Int64 = 0
    var log = LogMemory()
    for life in 1...Self.kills {
      let controller = try site.startController()
      if life % 8 == 0 {
        controller.listen(for: .milliseconds(random.below(80)))  // not even up yet
      } else {
        try controller.waitFor("started")
        controller.listen(for: .milliseconds(20 + random.below(230)))
      }
      controller.kill()
      if let loss = log.loss(in: site.database) { losses.append("life \(life): \(loss)") }
      guard life % 20 == 0 else { continue }
      let record = try site.record()
      let slots = try record.allSlots()
      if Array(slots.prefix(known.count)) != known {
        losses.append("a closed slot changed before life \(life)")
      }
      known = slots
      let last = try record.recover().lastSequence
      if last < sequence { losses.append("batch \(last) after \(sequence) before life \(life)") }
      sequence = last
    }
    return try Self.finish(site, losses: losses)
  }

  private static func finish(_ site: SiteInTwoProcesses, losses: [String]) throws -> Aftermath {
    let controller = try site.startController()
    try controller.waitFor("planned", times: 24)  // two hours without being killed
    let status = try site.status()
    controller.send(SIGTERM)
    let end = try controller.waitForEnd()
    site.endWorld()
    let record = try site.record()
    let lastPlan = try record.recover().lastPlanID
    let events = try record.events(latest: SQLiteStore.maximumRows)
    let stop = try #require(events.filter { $0.kind == .stopped }.map(\.at).max())
    let rigs = (0..<5).map { RigID(bank: 0, rig: $0) } + (0..<3).map { RigID(bank: 1, rig: $0) }
    return Aftermath(
      edges: try site.edges(), slots: try record.allSlots(),
      planIDs: try (1...max(1, lastPlan)).filter { try record.plan(id: $0) != nil }, lastPlanID: lastPlan,
      starts: events.filter { $0.kind == .started }.map(\.at),
      stoppedAt: stop.advanced(byMilliseconds: -1000),
      closes: try rigs.flatMap { try record.decisions(about: $0, latest: SQLiteStore.maximumRows) }
        .filter(\.command.closed), status: status, lastEnd: end, losses: losses)
  }

  // MARK: What must hold

  /// Every slot from the world's first to the one now open has one record, in which what is missing is stated.
  private static func expectEverySlotOnce(_ aftermath: Aftermath) throws {
    let slots = aftermath.slots
    #expect(slots.first?.slot.start == SiteInTwoProcesses.start)
    #expect(slots.allSatisfy { $0.slot.length == Self.slotLength })
    #expect(zip(slots, slots.dropFirst()).allSatisfy { $0.slot.end == $1.slot.start })
    let now = try #require(aftermath.status["time"]?.string.flatMap { ISO8601.instant($0) })
    let end = try #require(slots.last?.slot.end)
    #expect(end >= now - Self.slotLength - .seconds(15))
    #expect(
      slots.allSatisfy { $0.imported != nil || $0.gapMilliseconds == Self.slotLength.wholeMilliseconds })
  }

  /// No relay closes before the decision to close it is on record.
  private static func expectRecordedCloses(_ aftermath: Aftermath) {
    let decided = Dictionary(grouping: aftermath.closes, by: \.command.rig)
    let unexplained = aftermath.edges.filter { edge in
      edge.closed
        && decided[edge.rig]?.contains { $0.at <= edge.at && edge.at - $0.at <= .seconds(6) } != true
    }
    #expect(unexplained == [])
  }

  /// Recorded relay time is never more than the lines were closed, and just as much where nobody was killed; the
  /// running day goes on from what is on record.
  private static func expectRigHours(_ aftermath: Aftermath, _ history: SwitchingHistory) {
    var undisturbed = 0
    for record in aftermath.slots {
      // A slot is not over before the boundary readings have come.
      let isDisturbed = aftermath.starts.contains {
        record.slot.start <= $0 && $0 <= record.slot.end + .seconds(10)
      }
      if !isDisturbed { undisturbed += 1 }
      for bank in record.relayMilliseconds.indices {
        let truth = history.closedMilliseconds(bank: bank, in: record.slot)
        let recorded = record.relayMilliseconds[bank]
        #expect(recorded <= truth, "\(ISO8601.string(record.slot.start)), bank \(bank)")
        if !isDisturbed { #expect(recorded == truth, "\(ISO8601.string(record.slot.start)), bank \(bank)") }
      }
    }
    #expect(undisturbed > 15)
    let day = Int64(86_400_000)
    let today = aftermath.slots.last.map { $0.slot.start.milliseconds / day }
    let onRecord = aftermath.slots.filter { $0.slot.start.milliseconds / day == today }.reduce(0) {
      $0 + $1.rigHours
    }
    let answered = aftermath.status["rig_hours_today"]?.double ?? -1
    // The record holds at most one slot more than the answer, which came a moment earlier.
    #expect(answered >= onRecord - 8 * Self.slotLength.hours)
    #expect(onRecord > 0)
  }
}
