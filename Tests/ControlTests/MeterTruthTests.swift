import Control
import Quantities
import Testing

struct CounterCheckTests {
  /// Feeds readings once a second; `shown` makes the reading from the true power in kW and energy in kWh.
  private func judge(
    power: Double, seconds count: Int, check: inout CounterCheck,
    shown: (_ power: Double, _ energy: Double) -> (Double, Double)
  ) -> Int? {
    var energy = 0.0
    for second in 0..<count {
      let (shownPower, shownEnergy) = shown(power, energy)
      let forward = 1000 + ((max(0, shownEnergy) / 0.01).rounded(.down) * 0.01)
      let reverse = 500 + ((max(0, -shownEnergy) / 0.01).rounded(.down) * 0.01)
      check.take(power: shownPower, forward: forward, reverse: reverse, at: seconds(Int64(second)))
      if check.disagrees { return second }
      energy += power / 3600
    }
    return nil
  }

  private func check() -> CounterCheck { CounterCheck(resolution: KilowattHours(0.01), bound: 1000) }

  @Test(arguments: [0, 0.4, 3, 20, 130, -40])
  func `believes an honest meter`(power: Double) {
    var check = self.check()
    let found = self.judge(power: power, seconds: 7200, check: &check) { ($0, $1) }
    #expect(found == nil)
  }

  @Test func `finds a stuck meter within one window`() throws {
    var check = self.check()
    let found = self.judge(power: 20, seconds: 600, check: &check) { _, _ in (20, 0) }
    #expect(try #require(found) <= 11)
  }

  @Test(arguments: [1.0, 20, 100])
  func `finds a swapped sign within two windows`(power: Double) throws {
    var check = self.check()
    let found = self.judge(power: power, seconds: 3600, check: &check) { (-$0, $1) }
    #expect(Double(try #require(found)) <= max(20, 2 * 5 * 36 / power) + 3)
  }

  @Test func `finds power from the wrong register`() {
    var check = self.check()
    let found = self.judge(power: 20, seconds: 600, check: &check) { ($0 * 2, $1) }
    #expect(found != nil)
  }

  @Test func `takes a counter reset and a phantom counter for no lie`() {
    var check = self.check()
    var second: Int64 = 0
    for round in 0..<200 {
      for step in 0..<10 {
        let energy = Double(round * 10 + step) * 20 / 3600
        let forward = step == 5 ? 9e9 : step == 8 ? 0.2 : 100 + energy
        check.take(power: 20, forward: forward, reverse: 0, at: seconds(second))
        second += 1
      }
    }
    #expect(!check.disagrees)
  }

  @Test func `believes again after one good window, or after probation`() {
    var check = self.check()
    _ = self.judge(power: 20, seconds: 600, check: &check) { _, _ in (20, 0) }
    #expect(check.disagrees)
    for second in Int64(600)...660 {
      check.take(power: 20, forward: 2000 + Double(second) * 20 / 3600, reverse: 0, at: seconds(second))
    }
    #expect(!check.disagrees)
    _ = self.judge(power: 20, seconds: 600, check: &check) { _, _ in (20, 0) }
    for second in Int64(1000)...1400 { check.take(power: 0, forward: 1000, reverse: 0, at: seconds(second)) }
    #expect(!check.disagrees)
  }

  @Test func `waits twice as long before it forgives a relapse`() {
    var check = self.check()
    _ = self.judge(power: 20, seconds: 60, check: &check) { _, _ in (20, 0) }
    for second in Int64(60)...400 { check.take(power: 0, forward: 1000, reverse: 0, at: seconds(second)) }
    #expect(!check.disagrees)
    for second in Int64(401)...460 { check.take(power: 20, forward: 1000, reverse: 0, at: seconds(second)) }
    #expect(check.disagrees)
    for second in Int64(461)...1040 { check.take(power: 0, forward: 1000, reverse: 0, at: seconds(second)) }
    #expect(check.disagrees)
    for second in Int64(1041)...1080 { check.take(power: 0, forward: 1000, reverse: 0, at: seconds(second)) }
    #expect(!check.disagrees)
  }
}

struct SwitchResponseTests {
  /// Runs openings of 3 kW every minute against a meter that shows `after` three seconds later.
  private func openings(
    _ count: Int, of response: inout SwitchResponse, from start: Int64 = 0, change: Double
  ) {
    var power = 20.0
    for opening in 0..<Int64(count) {
      let begin = start + opening * 60
      for second in 0..<10 { response.take(power, at: seconds(begin + Int64(second))) }
      response.opened(3, at: seconds(begin + 9))
      power += change
      for second in 10..<60 { response.take(power, at: seconds(begin + Int64(second))) }
    }
  }

  @Test func `believes a meter that falls by what was opened`() {
    var response = SwitchResponse()
    self.openings(20, of: &response, change: -3)
    #expect(!response.isLying)
  }

  @Test func `finds a swapped sign with two openings`() {
    var response = SwitchResponse()
    self.openings(1, of: &response, change: 3)
    #expect(!response.isLying)
    self.openings(1, of: &response, from: 60, change: 3)
    #expect(response.isLying)
  }

  @Test func `finds a meter that does not move by one bit`() {
    var response = SwitchResponse()
    self.openings(2, of: &response, change: 0)
    #expect(response.isLying)
  }

  @Test func `draws no conclusion while other load moves more than what was opened`() {
    var response = SwitchResponse()
    var generator = SplitMix64(seed: 1)
    for second in Int64(0)..<3600 {
      response.take(generator.uniform(0, 40), at: seconds(second))
      if second % 60 == 30 { response.opened(3, at: seconds(second)) }
    }
    #expect(!response.isLying)
  }

  @Test func `clears with a right answer or with time`() {
    var answered = SwitchResponse()
    self.openings(2, of: &answered, change: 3)
    self.openings(1, of: &answered, from: 120, change: -3)
    #expect(!answered.isLying)
    var waited = SwitchResponse()
    self.openings(2, of: &waited, change: 3)
    for second in Int64(120)...600 { waited.take(26, at: seconds(second)) }
    #expect(!waited.isLying)
  }
}

struct PowerBalanceTests {
  private func observe(_ imported: Double, banks: Double, generation: Double, for time: Int64) -> Bool {
    var balance = PowerBalance()
    for second in 0...time {
      balance.observe(imported: imported, banks: banks, generation: generation, at: seconds(second))
    }
    return balance.contradicts
  }

  @Test func `finds import shown as export within its time`() {
    #expect(!self.observe(-25, banks: 30, generation: 10, for: 9))
    #expect(self.observe(-25, banks: 30, generation: 10, for: 10))
  }

  @Test(arguments: [(20.0, 30.0, 10.0), (25, 30, 10), (-30, 0, 40), (60, 30, 10), (18, 30, 10)])
  func `believes whatever other load explains`(imported: Double, banks: Double, generation: Double) {
    #expect(!self.observe(imported, banks: banks, generation: generation, for: 600))
  }

  @Test func `believes again once the meters agree for the same time`() {
    var balance = PowerBalance()
    for second in Int64(0)...20 {
      balance.observe(imported: -25, banks: 30, generation: 0, at: seconds(second))
    }
    #expect(balance.contradicts)
    for second in Int64(21)...30 {
      balance.observe(imported: 35, banks: 30, generation: 0, at: seconds(second))
    }
    #expect(balance.contradicts)
    balance.observe(imported: 35, banks: 30, generation: 0, at: seconds(31))
    #expect(!balance.contradicts)
  }
}

struct StandstillTests {
  /// Observes one power while the others sway by `sway` kW, for `time` seconds.
  private func observe(_ imported: Double, sway: Double, canRest: Bool = false, for time: Int64) -> Bool {
    var standstill = Standstill()
    for second in 0...time {
      let expected = second % 2 == 0 ? 0.4 : 0.4 + sway
      standstill.observe(imported: imported, expected: expected, canRest: canRest, at: seconds(second))
    }
    return standstill.isFound
  }

  @Test func `finds a power that stays to the last digit while the others move`() {
    #expect(!self.observe(0.13, sway: 1, for: 299))
    #expect(self.observe(0.13, sway: 1, for: 300))
  }

  @Test func `believes a site at rest`() {
    #expect(!self.observe(0.13, sway: 0.9, for: 3600))
  }

  @Test func `believes a meter without an export counter that rests at zero`() {
    #expect(!self.observe(0, sway: 5, canRest: true, for: 3600))
    #expect(self.observe(0, sway: 5, for: 300))
  }

  @Test func `believes the meter again as soon as it moves`() {
    var standstill = Standstill()
    for second in Int64(0)...300 {
      standstill.observe(imported: 0.13, expected: Double(second), canRest: false, at: seconds(second))
    }
    #expect(standstill.isFound)
    standstill.observe(imported: 0.14, expected: 300, canRest: false, at: seconds(301))
    #expect(!standstill.isFound)
  }
}
