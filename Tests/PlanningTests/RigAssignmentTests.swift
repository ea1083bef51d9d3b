import Planning
import Quantities
import Testing

private let now = UTCInstant(seconds: 1_741_564_800)

private func rig(on minutes: Int, switches: Int = 0, lockedOut: Bool = false) -> AssignableRig {
  AssignableRig(isOn: true, since: now - .minutes(minutes), switches: switches, isLockedOut: lockedOut)
}

private func rig(off minutes: Int?, switches: Int = 0, lockedOut: Bool = false) -> AssignableRig {
  AssignableRig(
    isOn: false, since: minutes.map { now - .minutes($0) }, switches: switches, isLockedOut: lockedOut)
}

private func change(_ rigs: [AssignableRig], to count: Int) -> RigAssignment.Change {
  RigAssignment.change(rigs, to: count, at: now, minimumOn: .minutes(60), minimumOff: .minutes(30))
}

@Suite struct `The rig assignment` {
  @Test func `stops the rigs on the longest`() {
    #expect(change([rig(on: 70), rig(on: 90), rig(on: 10)], to: 1).stops == [1, 0])
  }

  @Test func `starts the rigs off the longest, never-switched ones first`() {
    #expect(change([rig(off: 40), rig(off: nil), rig(off: 50)], to: 2).starts == [1, 2])
  }

  @Test func `spares the rigs with most switches among equals`() {
    #expect(change([rig(off: nil, switches: 9), rig(off: nil, switches: 3)], to: 1).starts == [1])
    #expect(change([rig(on: 90, switches: 9), rig(on: 90, switches: 3)], to: 1).stops == [1])
  }

  @Test func `holds rigs within their minimum off time and says how many are missing`() {
    let change = change([rig(off: 29), rig(off: 30)], to: 2)
    #expect(change.starts == [1])
    #expect(change.missing == 1)
  }

  @Test func `names stops within the minimum on time`() {
    let change = change([rig(on: 59), rig(on: 61)], to: 0)
    #expect(change.stops == [1, 0])
    #expect(change.earlyStops == [0])
  }

  @Test func `leaves locked-out rigs alone`() {
    let rigs = [rig(on: 90, lockedOut: true), rig(off: nil, lockedOut: true), rig(off: nil)]
    #expect(change(rigs, to: 1).starts == [2])
    #expect(change(rigs, to: 2).missing == 1)
  }

  @Test func `does nothing where the count is right`() {
    #expect(change([rig(on: 5), rig(off: 5)], to: 1) == RigAssignment.Change())
  }
}
