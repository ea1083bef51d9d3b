import Control
import Quantities
import SiteModel
import Simulation
import Testing

// Bank 0: 8 rigs, 10 min on, 5 min off. Bank 1: 4 rigs without dwell, fallback hold 5 min. Cap 40 kW, stagger 2 s.

// MARK: 1

@Test func `an overload that is shed in time is no violation`() {
  var stream = CheckerStream()
  stream.close([rig(0, 0), rig(0, 1)])
  stream.grid = Kilowatts(44)
  stream.run(11)
  stream.run(1, [(rig(0, 1), closed: false)], by: .importGuard)
  stream.grid = Kilowatts(39)
  stream.run(100)
  #expect(stream.violated == [])
}

@Test func `an overload nobody sheds is one violation, however long it lasts`() {
  var stream = CheckerStream()
  stream.close([rig(0, 0)])
  stream.grid = Kilowatts(44)
  stream.run(10)
  #expect(stream.violated == [], "10 % over may last 10 s")
  stream.run(90)
  #expect(stream.violated == [.importGuard])
  #expect(stream.checker.log.total == 1)
}

@Test func `an event's lower cap is judged as soon as the site could follow it`() {
  var site = Site.simulated()
  site.demandEvents = [
    DemandEvent(
      name: "e", window: Slot(start: start + .seconds(60), length: .seconds(60)), importCap: Kilowatts(20))
  ]
  var stream = CheckerStream(site)
  stream.close([rig(0, 0)])
  stream.grid = Kilowatts(30)
  stream.run(62)
  stream.grid = Kilowatts(20)
  stream.run(60)
  #expect(stream.violated == [], "it followed, and the event is over")
  stream = CheckerStream(site)
  stream.close([rig(0, 0)])
  stream.grid = Kilowatts(30)
  stream.run(80)
  #expect(stream.violated == [.importGuard])
}

@Test func `shedding too slowly is a violation`() {
  var stream = CheckerStream()
  stream.close((0..<8).map { rig(0, $0) })
  stream.grid = Kilowatts(60)
  for number in 0..<8 { stream.run(3, [(rig(0, number), closed: false)], by: .importGuard) }
  #expect(stream.violated == [.importGuard])
}

@Test func `without a controllable rig on the guard has done its duty`() {
  var stream = CheckerStream()
  stream.grid = Kilowatts(80)
  stream.run(100)
  #expect(stream.violated == [])
  stream.close([rig(0, 0)])
  stream.unreliable = [rig(0, 0)]
  stream.run(100)
  #expect(stream.violated == [], "a welded rig cannot be shed")
}

@Test func `nobody sheds by what he cannot see, until a lie must have been found`() {
  var stream = CheckerStream()
  stream.close([rig(0, 0)])
  stream.grid = Kilowatts(50)
  stream.evidence = .lie(Kilowatts(10))
  stream.run(600)
  #expect(stream.violated == [])
  stream.run(600)
  #expect(stream.violated.contains(.importGuard))
}

@Test func `a lie that shows the overload must be believed`() {
  var stream = CheckerStream()
  stream.close([rig(0, 0)])
  stream.grid = Kilowatts(50)
  stream.evidence = .lie(Kilowatts(60))
  stream.run(30)
  #expect(stream.violated == [.importGuard])
}

// MARK: 2

@Test(arguments: [(Authority.plan, true), (.freshness, true), (.importGuard, false), (.lockOut, false)])
func `a rig may leave its minimum on time only by the guard or a lock-out`(
  authority: Authority, isViolation: Bool
) {
  var stream = CheckerStream()
  stream.close([rig(0, 0)])
  stream.run(599, [(rig(0, 0), closed: false)], by: authority)
  #expect(stream.violated == (isViolation ? [.dwell] : []))
}

@Test func `a rig may be switched once its dwell is over`() {
  var stream = CheckerStream()
  stream.close([rig(0, 0)])
  stream.run(600, [(rig(0, 0), closed: false)])
  stream.run(300, [(rig(0, 0), closed: true)])
  #expect(stream.violated == [])
}

@Test func `a rig that starts inside its minimum off time is a violation`() {
  var stream = CheckerStream()
  stream.close([rig(0, 0)])
  stream.run(700, [(rig(0, 0), closed: false)])
  stream.run(299, [(rig(0, 0), closed: true)])
  #expect(stream.violated == [.dwell])
}

@Test func `the holder's own open knows no dwell, but the time off counts from it`() {
  var stream = CheckerStream()
  stream.close([rig(0, 0)])
  stream.run(5, [(rig(0, 0), closed: false)], by: nil)
  #expect(stream.violated == [])
  stream.run(60, [(rig(0, 0), closed: true)])
  #expect(stream.violated == [.dwell])
}

// MARK: 3

@Test func `a close beyond the allowance is a violation at once`() {
  var stream = CheckerStream()
  stream.allowed = [2, 0]
  stream.close([rig(0, 0), rig(0, 1)])
  #expect(stream.violated == [])
  stream.close([rig(0, 2)])
  #expect(stream.violated == [.allowance])
}

@Test func `a close without a command is a violation`() {
  var stream = CheckerStream()
  stream.run(10, [(rig(0, 0), closed: true)], by: nil)
  #expect(stream.violated == [.allowance])
}

@Test func `when the allowance falls, rigs inside their dwell may stay and others must go`() {
  var stream = CheckerStream()
  stream.close([rig(0, 0), rig(0, 1)])
  stream.allowed = [1, 0]
  stream.run(590)
  #expect(stream.violated == [])
  stream.run(20)
  #expect(stream.violated == [.allowance])
}

@Test func `a site that is blind keeps what it has`() {
  var stream = CheckerStream()
  stream.close([rig(1, 0), rig(1, 1)])
  stream.run(20)
  stream.evidence = .nothing
  stream.run(11)
  stream.allowed = [0, 0]
  stream.run(30)
  #expect(stream.violated == [])
  stream.evidence = nil
  stream.run(10)
  #expect(stream.violated == [.allowance])
}

@Test func `a relay that refused to open is given time to be tried again, and no more`() {
  var stream = CheckerStream()
  stream.close([rig(1, 0)])
  stream.unreliable = [rig(1, 0)]
  stream.allowed = [0, 0]
  stream.run(100)
  stream.unreliable = []
  stream.run(5)
  #expect(stream.violated == [])
  stream.run(5)
  #expect(stream.violated == [.allowance])
}

@Test func `a rig that is on against its will does not count against another`() {
  var stream = CheckerStream()
  stream.close([rig(1, 0)])
  stream.unreliable = [rig(1, 0)]
  stream.allowed = [0, 1]
  stream.close([rig(1, 1)])
  #expect(stream.violated == [])
  stream.run(100)
  #expect(stream.violated == [])
  stream.close([rig(1, 2)])
  #expect(stream.violated == [.allowance])
}

@Test func `after its clock was wrong a site has a minute to be sure`() {
  var stream = CheckerStream()
  stream.close([rig(1, 0)])
  stream.isClockTrustworthy = false
  stream.run(30)
  stream.isClockTrustworthy = true
  stream.allowed = [0, 0]
  stream.run(60)
  #expect(stream.violated == [])
  stream.run(15)
  #expect(stream.violated == [.allowance])
}

@Test func `to a controller that starts anew every output counts as just switched`() {
  var stream = CheckerStream()
  stream.close([rig(0, 0)])
  stream.run(1000)
  stream.isAlive = false
  stream.run(2)
  stream.isAlive = true
  stream.allowed = [0, 0]
  stream.run(600)
  #expect(stream.violated == [])
  stream.run(10)
  #expect(stream.violated == [.allowance])
}

// MARK: 4

@Test func `closes keep the stagger, over all banks`() {
  var stream = CheckerStream()
  stream.run(10, [(rig(0, 0), closed: true)])
  stream.run(2, [(rig(1, 0), closed: true)])
  #expect(stream.violated == [])
  stream.run(1, [(rig(1, 1), closed: true)])
  #expect(stream.violated == [.stagger])
}

@Test func `two closes in one tick break the stagger and opens do not`() {
  var stream = CheckerStream()
  stream.close([rig(1, 0), rig(1, 1)])
  stream.run(10, [(rig(1, 0), closed: false), (rig(1, 1), closed: false)])
  #expect(stream.violated == [])
  stream.run(10, [(rig(1, 0), closed: true), (rig(1, 1), closed: true)])
  #expect(stream.violated == [.stagger])
}
