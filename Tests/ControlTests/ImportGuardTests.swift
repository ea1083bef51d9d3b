import Control
import Quantities
import Testing

struct ImportGuardTests {
  /// Readings once a second of a constant power; the second in which it trips, nil if never.
  private func secondsToTrip(power: Double, cap: Double, limit: Int64 = 100) -> Int64? {
    var importGuard = ImportGuard(cap: Kilowatts(cap), startedAt: seconds(0))
    for second in 0...limit {
      importGuard.take(power, takenAt: seconds(second))
      if importGuard.isTripped { return second }
    }
    return nil
  }

  @Test(arguments: [
    (power: 11.0, cap: 10.0, trips: Int64(10)), (12, 10, 5), (14.9, 10, 3), (15, 10, 0), (60, 10, 0),
  ])
  func `trips when the dose reaches one second and at once from 50 % over`(
    power: Double, cap: Double, trips: Int64
  ) {
    #expect(self.secondsToTrip(power: power, cap: cap) == trips)
  }

  @Test func `never trips at the cap`() { #expect(self.secondsToTrip(power: 10, cap: 10) == nil) }

  @Test func `takes a cap of zero for one kilowatt`() {
    #expect(self.secondsToTrip(power: 1, cap: 0) == nil)
    #expect(self.secondsToTrip(power: 1.5, cap: 0) == 0)
  }

  @Test func `forgets an overload ten seconds after its end`() {
    var importGuard = ImportGuard(cap: Kilowatts(10), startedAt: seconds(0))
    for second in 0..<10 { importGuard.take(11, takenAt: seconds(Int64(second))) }
    #expect(importGuard.dose > 0.85)
    for second in 10..<20 { importGuard.take(10, takenAt: seconds(Int64(second))) }
    #expect(importGuard.dose < 0.2)
    importGuard.take(10, takenAt: seconds(22))
    #expect(importGuard.dose == 0)
  }

  @Test func `counts on with the last reading when none comes`() {
    var importGuard = ImportGuard(cap: Kilowatts(10), startedAt: seconds(0))
    importGuard.take(12, takenAt: seconds(0))
    importGuard.advance(to: seconds(4))
    #expect(!importGuard.isTripped)
    importGuard.advance(to: seconds(5))
    #expect(importGuard.isTripped)
  }

  @Test func `does not trip by a reading taken before the last opening took effect`() {
    var importGuard = ImportGuard(cap: Kilowatts(10), startedAt: seconds(0))
    importGuard.take(20, takenAt: seconds(1))
    #expect(importGuard.isTripped)
    importGuard.opened(at: seconds(1))
    #expect(!importGuard.isTripped)
    importGuard.take(20, takenAt: seconds(2))
    #expect(!importGuard.isTripped)
    importGuard.take(20, takenAt: ms(1000 + ControlLimits.openingEffect))
    #expect(importGuard.isTripped)
  }

  @Test func `forgets what a lying meter said`() {
    var importGuard = ImportGuard(cap: Kilowatts(10), startedAt: seconds(0))
    importGuard.take(20, takenAt: seconds(1))
    importGuard.forget()
    importGuard.advance(to: seconds(60))
    #expect(!importGuard.isTripped)
    #expect(importGuard.dose == 0)
  }
}
