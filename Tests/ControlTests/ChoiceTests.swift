import Control
import Quantities
import Testing

struct RigChoiceTests {
  private func rigs(_ states: [(closed: Bool, since: Int64, cycles: Int)]) -> [RigState] {
    states.map { state in
      var rig = RigState(bank: 0, since: seconds(state.since), cycles: state.cycles)
      rig.closed = state.closed
      return rig
    }
  }

  @Test func `starts the rig that was off longest, then the one with the fewest switches`() {
    let rigs = self.rigs([(true, 0, 0), (false, 20, 0), (false, 10, 9), (false, 10, 4), (false, 10, 4)])
    #expect(RigChoice.toStart(rigs[...], at: seconds(100)) == 3)
  }

  @Test func `leaves out locked-out and resting rigs`() {
    var rigs = self.rigs([(false, 0, 0), (false, 1, 0), (false, 2, 0)])
    rigs[0].isLockedOut = true
    rigs[1].restsUntil = seconds(101)
    #expect(RigChoice.toStart(rigs[...], at: seconds(100)) == 2)
    #expect(RigChoice.toStart(rigs[..<2], at: seconds(101)) == 1)
  }

  @Test func `stops first in first out among rigs past their minimum on time`() {
    let rigs = self.rigs([(true, 30, 0), (true, 10, 0), (false, 0, 0), (true, 20, 0), (true, 95, 0)])
    #expect(RigChoice.toStop(rigs[...], count: 2, minimumOn: 10_000, at: seconds(100)) == [1, 3])
    #expect(RigChoice.toStop(rigs[...], count: 9, minimumOn: 10_000, at: seconds(100)) == [1, 3, 0])
  }

  @Test func `sheds the newest start first`() {
    let rigs = self.rigs([(true, 30, 0), (true, 10, 0), (false, 99, 0), (true, 20, 0), (true, 20, 0)])
    #expect(RigChoice.newestFirst(rigs) == [0, 4, 3, 1])
  }
}

struct TrimTests {
  private func steps(
    imported: Double, expectsImport: Bool = false, for time: Int64, trim: inout Trim, from: Int64 = 0
  ) -> [Trim.Step] {
    (from...from + time).compactMap {
      trim.observe(
        imported: imported, draw: 3, expectsImport: expectsImport, hold: 60_000, at: seconds($0))
    }
  }

  @Test func `adds a rig once export above its draw has lasted`() {
    var trim = Trim()
    let early = self.steps(imported: -3.1, for: 59, trim: &trim)
    let late = self.steps(imported: -3.1, for: 1, trim: &trim, from: 60)
    #expect(early.isEmpty)
    #expect(late == [.more])
  }

  @Test func `takes a rig once import the plan did not expect has lasted`() {
    var trim = Trim()
    let unexpected = self.steps(imported: 1, for: 60, trim: &trim)
    #expect(unexpected == [.fewer])
    var other = Trim()
    let expected = self.steps(imported: 1, expectsImport: true, for: 600, trim: &other)
    #expect(expected.isEmpty)
  }

  @Test(arguments: [-3, -1, 0, 0.3])
  func `does nothing in the band between`(imported: Double) {
    var trim = Trim()
    let steps = self.steps(imported: imported, for: 3600, trim: &trim)
    #expect(steps.isEmpty)
  }

  @Test func `waits for a started rig's power before the next step`() {
    var trim = Trim()
    let steps = self.steps(imported: -9, for: 60 + 180 + 60, trim: &trim)
    #expect(steps == [.more, .more])
  }
}

struct StartWindowTests {
  @Test func `counts starts up to the limit and begins again with the day`() {
    var window = StartWindow(limit: 2, day: 10)
    window.started()
    #expect(!window.isFull)
    window.started()
    #expect(window.isFull)
    window.enter(day: 10)
    #expect(window.isFull)
    window.enter(day: 11)
    #expect(window.count == 0)
  }

  @Test func `gives nothing back when the clock goes back a day`() {
    var window = StartWindow(limit: 1, day: 10)
    window.started()
    window.enter(day: 9)
    window.enter(day: 10)
    #expect(window.isFull)
  }

  @Test func `has no limit without one`() {
    var window = StartWindow(limit: nil)
    for _ in 0..<1000 { window.started() }
    #expect(!window.isFull)
  }
}

struct OutageTests {
  @Test func `holds for the site's time and the bank's, then falls back`() {
    var outage = Outage()
    #expect(outage.phase(at: seconds(5), hold: 60_000, bankHold: 0) == .none)
    let changes = [10, 11].map { outage.update(isOut: true, began: seconds($0), at: seconds($0)) }
    #expect(changes == [true, false])
    #expect(outage.phase(at: ms(69_999), hold: 60_000, bankHold: 0) == .holding)
    #expect(outage.phase(at: seconds(70), hold: 60_000, bankHold: 0) == .fallback)
    #expect(outage.phase(at: seconds(70), hold: 60_000, bankHold: 5_000) == .holding)
    #expect(outage.phase(at: seconds(75), hold: 60_000, bankHold: 5_000) == .fallback)
    let ended = outage.update(isOut: false, began: seconds(80), at: seconds(80))
    #expect(ended)
    #expect(outage.phase(at: seconds(80), hold: 60_000, bankHold: 0) == .none)
  }

  @Test func `gives a relapse what was left of the holding time, and a new outage all of it`() {
    var outage = Outage()
    _ = outage.update(isOut: true, began: seconds(0), at: seconds(0))
    _ = outage.update(isOut: false, began: seconds(40), at: seconds(40))
    _ = outage.update(isOut: true, began: seconds(100), at: seconds(100))
    #expect(outage.phase(at: ms(119_999), hold: 60_000, bankHold: 0) == .holding)
    #expect(outage.phase(at: seconds(120), hold: 60_000, bankHold: 0) == .fallback)
    _ = outage.update(isOut: false, began: seconds(130), at: seconds(130))
    _ = outage.update(isOut: true, began: seconds(430), at: seconds(430))
    #expect(outage.phase(at: ms(489_999), hold: 60_000, bankHold: 0) == .holding)
  }
}

struct RefusalsTests {
  @Test func `records one refusal a minute and counts the others`() {
    var refusals = Refusals()
    let texts = (Int64(0)...120).compactMap { refusals.refuse("at \($0)", at: seconds($0)) }
    #expect(texts == ["at 0", "at 60; 59 more refused before", "at 120; 59 more refused before"])
  }
}
