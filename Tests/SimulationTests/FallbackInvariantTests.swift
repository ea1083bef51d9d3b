import Control
import Quantities
import SiteModel
import Simulation
import Testing

/// What keeps a site from being controlled, with the seconds until outputs must be off (bank 0: off; bank 1: held for
/// another five minutes), stale_after 10 s, stale_hold 60 s, dead_man 2 s.
enum Trouble: CaseIterable, Sendable {
  case deadBus, lyingMeter, clock, store, controller

  var seconds: Int {
    switch self {
    case .deadBus: 10 + 60
    case .lyingMeter: 600 + 10 + 60
    case .clock, .store: 60
    case .controller: 2
    }
  }

  func begin(_ stream: inout CheckerStream) {
    switch self {
    case .deadBus: stream.evidence = .nothing
    case .lyingMeter: stream.evidence = .lie(Kilowatts(10))
    case .clock: stream.isClockTrustworthy = false
    case .store: stream.isStoreFailing = true
    case .controller: stream.isAlive = false
    }
  }
}

@Test(arguments: Trouble.allCases) func `outputs that reach the fallback in time are no violation`(
  trouble: Trouble
) {
  var stream = CheckerStream()
  stream.close([rig(0, 0), rig(1, 0)])
  stream.run(700)
  trouble.begin(&stream)
  stream.run(trouble.seconds + 1, [(rig(0, 0), closed: false)], by: trouble == .controller ? nil : .freshness)
  stream.run(299)
  stream.run(1, [(rig(1, 0), closed: false)], by: trouble == .controller ? nil : .freshness)
  stream.run(1000)
  #expect(stream.violated == [])
}

@Test(arguments: Trouble.allCases) func `an output that stays on is a violation`(trouble: Trouble) {
  var stream = CheckerStream()
  stream.close([rig(0, 0)])
  stream.run(700)
  trouble.begin(&stream)
  stream.run(trouble.seconds + 2)
  #expect(stream.violated == [])
  stream.run(5)
  #expect(stream.violated == [.fallback])
  stream.run(1000)
  #expect(stream.checker.log.total == 1)
}

@Test func `a bank that holds is judged by its own time`() {
  var stream = CheckerStream()
  stream.close([rig(1, 0)])
  stream.run(100)
  stream.isClockTrustworthy = false
  stream.run(360)
  #expect(stream.violated == [])
  stream.run(6)
  #expect(stream.violated == [.fallback])
}

@Test func `the controller keeps a minimum on time even in the fallback, the holder does not`() {
  var stream = CheckerStream()
  stream.close([rig(0, 0)])
  stream.isStoreFailing = true
  stream.run(500)
  #expect(stream.violated == [])
  stream.isStoreFailing = false
  stream.isAlive = false
  stream.run(10)
  #expect(stream.violated == [.fallback])
}

@Test func `a trouble that passes in time leaves nothing behind, and a second one is counted again`() {
  var stream = CheckerStream()
  stream.close([rig(0, 0)])
  stream.run(700)
  for _ in 0..<20 {
    stream.evidence = .nothing
    stream.run(60)
    stream.evidence = nil
    stream.run(60)
  }
  #expect(stream.violated == [])
  for _ in 0..<2 {
    stream.evidence = .nothing
    stream.run(100)
    stream.evidence = nil
    stream.run(10)
  }
  #expect(stream.checker.log.count(of: .fallback) == 2)
}

// MARK: 7

@Test func `a site that is back on plan in time is no violation`() {
  var stream = CheckerStream()
  stream.expected = [2, 0]
  stream.isDisturbed = true
  stream.run(4000)
  stream.isDisturbed = false
  stream.run(1000)
  stream.close([rig(0, 0), rig(0, 1)])
  stream.run(20_000)
  #expect(stream.violated == [])
}

@Test func `a site that never returns to its plan is a violation`() {
  var stream = CheckerStream()
  stream.expected = [2, 0]
  stream.close([rig(0, 0)])
  let bound = Int(stream.checker.limits.recovery / .seconds(1))
  stream.run(bound - 10)
  #expect(stream.violated == [])
  stream.run(20)
  #expect(stream.violated == [.recovery])
}

@Test func `a site that cannot return is not asked to`() {
  var stream = CheckerStream()
  stream.expected = [2, 0]
  stream.grid = Kilowatts(39)
  stream.run(10_000)
  #expect(stream.violated == [], "no room under the cap for one more rig")
  stream.grid = Kilowatts(5)
  stream.expected = nil
  stream.run(10_000)
  #expect(stream.violated == [], "no plan to return to")
}

@Test func `a plan that changes is followed within the time its switches take`() {
  var stream = CheckerStream()
  stream.expected = [0, 0]
  stream.run(5000)
  stream.expected = [1, 0]
  stream.run(60)
  #expect(stream.violated == [])
  stream.run(10)
  #expect(stream.violated == [.recovery])
}
