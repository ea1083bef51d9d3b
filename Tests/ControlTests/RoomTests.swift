import Control
import Quantities
import Testing

struct RoomTests {
  @Test func `knows no room before the first reading`() {
    #expect(Room(cap: Kilowatts(10)).free(unseen: 0) == nil)
  }

  @Test func `subtracts what is commanded but not yet seen`() {
    var room = Room(cap: Kilowatts(10))
    room.take(4)
    #expect(room.free(unseen: 2.5) == 3.5)
  }

  @Test func `takes a dip for no room and forgets a peak within ten readings`() {
    var room = Room(cap: Kilowatts(10))
    room.take(8)
    room.take(-500)
    #expect(room.free(unseen: 0) == 2)
    for _ in 0..<9 { room.take(1) }
    #expect(room.free(unseen: 0) == 9)
  }
}

struct RecloseTests {
  /// What is granted to readings of (second, free kW) for a rig of 3 kW and a hold of 10 s.
  private func grants(_ readings: [(Int64, Double)], of reclose: inout Reclose) -> [Double?] {
    readings.map { reclose.observe(free: $1, needed: 3, hold: 10_000, at: seconds($0)) }
  }

  @Test func `grants the least room of the whole hold`() {
    var reclose = Reclose()
    let grants = self.grants([(0, 9), (5, 4), (9, 8), (10, 8)], of: &reclose)
    #expect(grants == [nil, nil, nil, 4])
  }

  @Test func `starts the hold again when it stops fitting, and after a grant`() {
    var reclose = Reclose()
    let grants = self.grants([(0, 9), (5, 2.9), (10, 9), (20, 9), (21, 9)], of: &reclose)
    #expect(grants == [nil, nil, nil, 9, nil])
  }

  @Test func `forgets the hold on a reset`() {
    var reclose = Reclose()
    _ = self.grants([(0, 9)], of: &reclose)
    reclose.reset()
    let grants = self.grants([(10, 9)], of: &reclose)
    #expect(grants == [nil])
  }
}
