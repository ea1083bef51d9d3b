import Control
import Quantities
import Testing

struct ClockTrustTests {
  private static let hour: Int64 = 3_600_000
  private static let wall: Int64 = 1_735_732_800_000

  private func moment(_ elapsed: Int64, ahead: Int64 = 0) -> Moment {
    Moment(monotonic: ms(elapsed), wall: UTCInstant(milliseconds: Self.wall + elapsed + ahead))
  }

  private func clock(
    holdover: Int64 = 7 * 24 * hour, trustsBattery: Bool = false, newest: Int64? = nil
  ) -> ClockTrust {
    ClockTrust(
      holdover: holdover, trustsBattery: trustsBattery,
      newestRecord: newest.map { UTCInstant(milliseconds: $0) }, startedAt: self.moment(0))
  }

  private static let synchronised = ClockEvidence(isSynchronised: true)
  private static let unsynchronised = ClockEvidence(isSynchronised: false)
  private static let battery = ClockEvidence(isSynchronised: false, wasSetByBattery: true)

  @Test func `trusts a synchronised clock and no other`() {
    var clock = self.clock()
    let before = clock.tick(Self.unsynchronised, at: self.moment(1000))
    #expect(before.becameTrusted == nil)
    #expect(!clock.isTrusted)
    let after = clock.tick(Self.synchronised, at: self.moment(2000))
    #expect(after.becameTrusted == true)
    #expect(clock.isTrusted)
  }

  @Test func `trusts a battery clock at boot only where the site names one`() {
    var unnamed = self.clock()
    _ = unnamed.tick(Self.battery, at: self.moment(1000))
    #expect(!unnamed.isTrusted)
    var named = self.clock(trustsBattery: true)
    _ = named.tick(Self.battery, at: self.moment(1000))
    #expect(named.isTrusted)
    var late = self.clock(trustsBattery: true)
    _ = late.tick(Self.unsynchronised, at: self.moment(1000))
    _ = late.tick(Self.battery, at: self.moment(2000))
    #expect(!late.isTrusted)
  }

  @Test func `ends trust after the holdover by the monotonic clock`() {
    var clock = self.clock(holdover: 10_000)
    _ = clock.tick(Self.synchronised, at: self.moment(1000))
    _ = clock.tick(Self.unsynchronised, at: self.moment(10_999))
    #expect(clock.isTrusted)
    let change = clock.tick(Self.unsynchronised, at: self.moment(11_000))
    #expect(change.becameTrusted == false)
  }

  @Test(arguments: [Int64(-7_200_000), -1_500, 1_500, 7_200_000])
  func `ends trust at a step nobody explains`(step: Int64) {
    var clock = self.clock()
    _ = clock.tick(Self.synchronised, at: self.moment(1000))
    _ = clock.tick(Self.unsynchronised, at: self.moment(2000))
    let change = clock.tick(Self.unsynchronised, at: self.moment(3000, ahead: step))
    #expect(change.step == step)
    #expect(!clock.isTrusted)
  }

  @Test func `keeps trust when the kernel has just set an unsynchronised clock`() {
    var clock = self.clock()
    _ = clock.tick(Self.synchronised, at: self.moment(1000))
    _ = clock.tick(Self.unsynchronised, at: self.moment(2000))
    let change = clock.tick(Self.synchronised, at: self.moment(3000, ahead: 5000))
    #expect(change.step == 5000)
    #expect(clock.isTrusted)
  }

  @Test func `waits for steadiness after a synchronised clock stepped`() {
    var clock = self.clock()
    _ = clock.tick(Self.synchronised, at: self.moment(1000))
    _ = clock.tick(Self.synchronised, at: self.moment(2000, ahead: 60_000))
    #expect(!clock.isTrusted)
    _ = clock.tick(Self.synchronised, at: self.moment(61_999, ahead: 60_000))
    #expect(!clock.isTrusted)
    _ = clock.tick(Self.synchronised, at: self.moment(62_000, ahead: 60_000))
    #expect(clock.isTrusted)
  }

  @Test func `takes slewing for no step and a creeping clock for one`() {
    var clock = self.clock()
    _ = clock.tick(Self.synchronised, at: self.moment(0))
    for second in Int64(1)...3600 {
      // 300 ppm is a bad crystal.
      _ = clock.tick(Self.unsynchronised, at: self.moment(second * 1000, ahead: second * 3 / 10))
    }
    #expect(clock.isTrusted)
    var creeping = self.clock()
    _ = creeping.tick(Self.synchronised, at: self.moment(0))
    for second in Int64(1)...60 {
      _ = creeping.tick(Self.unsynchronised, at: self.moment(second * 1000, ahead: second * 100))
    }
    #expect(!creeping.isTrusted)
  }

  @Test func `never trusts an instant before the newest record`() {
    var clock = self.clock(newest: Self.wall + 10_000)
    _ = clock.tick(Self.synchronised, at: self.moment(9_999))
    #expect(!clock.isTrusted)
    _ = clock.confirm(at: self.moment(9_999))
    #expect(!clock.isTrusted)
    _ = clock.tick(Self.synchronised, at: self.moment(10_000))
    #expect(clock.isTrusted)
  }

  @Test func `trusts a person at once, also after a step`() {
    var clock = self.clock()
    _ = clock.tick(Self.unsynchronised, at: self.moment(1000))
    _ = clock.tick(Self.unsynchronised, at: self.moment(2000, ahead: 90_000))
    let change = clock.confirm(at: self.moment(2500, ahead: 90_000))
    #expect(change.becameTrusted == true)
    _ = clock.tick(Self.unsynchronised, at: self.moment(3000, ahead: 90_000))
    #expect(clock.isTrusted)
  }

  @Test func `carries trust over a restart of the process and not of the board`() throws {
    var before = self.clock()
    _ = before.tick(Self.synchronised, at: self.moment(Self.hour))
    let state = try #require(before.state)
    for (at, isTrusted) in [
      (self.moment(2 * Self.hour), true),  // the same boot
      (self.moment(2 * Self.hour, ahead: 60_000), false),  // stepped meanwhile
      (Moment(monotonic: ms(5000), wall: UTCInstant(milliseconds: Self.wall + 2 * Self.hour)), false),
    ] {
      var after = ClockTrust(
        holdover: 7 * 24 * Self.hour, trustsBattery: false, newestRecord: nil, startedAt: at)
      after.resume(state, at: at)
      _ = after.tick(Self.unsynchronised, at: at)
      #expect(after.isTrusted == isTrusted)
    }
  }
}
