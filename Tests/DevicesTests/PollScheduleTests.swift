import Devices
import Quantities
import Testing

struct `The turns on a bus` {
  private static func at(_ milliseconds: Int64) -> MonotonicInstant {
    MonotonicInstant(milliseconds: milliseconds)
  }

  /// Runs a bus on which every poll takes `cost` milliseconds, for `span`; returns the polls of each device.
  private static func run(
    _ schedule: inout PollSchedule, span: Int64, cost: (Int) -> Int64, succeeds: (Int, Int64) -> Bool
  ) -> [Int: [Int64]] {
    var polls: [Int: [Int64]] = [:]
    var now: Int64 = 0
    while now < span {
      guard let device = schedule.next(at: Self.at(now)) else {
        now += max(1, schedule.pause(at: Self.at(now)) ?? span)
        continue
      }
      polls[device, default: []].append(now)
      let succeeded = succeeds(device, now)
      now += cost(device)
      schedule.finished(device, succeeded: succeeded, at: Self.at(now))
    }
    return polls
  }

  @Test func `keep every device to its period`() {
    var schedule = PollSchedule()
    for device in 0..<5 { schedule.add(isUrgent: device == 3, period: .seconds(1), at: Self.at(0)) }
    let polls = Self.run(&schedule, span: 60_000, cost: { _ in 50 }, succeeds: { _, _ in true })
    for device in 0..<5 { #expect(polls[device]?.count == 60, "device \(device)") }
    #expect(polls[3]?.first == 0)
  }

  @Test func `give the site meter its second on a bus that is too slow for all`() {
    var schedule = PollSchedule()
    for device in 0..<8 { schedule.add(isUrgent: device == 7, period: .seconds(1), at: Self.at(0)) }
    let polls = Self.run(&schedule, span: 60_000, cost: { _ in 300 }, succeeds: { _, _ in true })
    let gaps = zip(polls[7] ?? [], (polls[7] ?? []).dropFirst()).map { $1 - $0 }
    #expect((gaps.max() ?? .max) <= 1300)
    // The others share what is left, none is forgotten.
    for device in 0..<7 { #expect((polls[device]?.count ?? 0) >= 15, "device \(device)") }
  }

  @Test func `let silent units cost the others little, and ask them for ever`() {
    var schedule = PollSchedule()
    for device in 0..<6 { schedule.add(isUrgent: device == 0, period: .seconds(1), at: Self.at(0)) }
    // Units 1 to 3 are dead and cost a time-out each, until they come back at minute 5.
    let polls = Self.run(
      &schedule, span: 600_000, cost: { (1...3).contains($0) ? 300 : 30 },
      succeeds: { device, now in !(1...3).contains(device) || now >= 300_000 })
    #expect((polls[0]?.count ?? 0) >= 590)
    let whileDead = polls[1]?.filter { $0 < 300_000 }.count ?? 0
    #expect(whileDead < 25 && whileDead > 8)
    #expect((polls[1]?.filter { $0 > 340_000 }.count ?? 0) > 200)
  }
}
