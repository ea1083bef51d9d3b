import Control
import Quantities
import SiteModel
import Testing

struct RelayHolderTests {
  private func holder(_ banks: [RigBank] = [benchBank()]) -> RelayHolder {
    let control = ControlSettings(stagger: .seconds(2), deadMan: .seconds(2))
    return RelayHolder(site: benchSite(banks: banks, control: control), startedAt: seconds(0))
  }

  /// A holder with all rigs of its banks closed at 100 s, fed to the last second.
  private func loaded(_ banks: [RigBank]) -> RelayHolder {
    var holder = self.holder(banks)
    var rigs = banks.enumerated().flatMap { bank, rigs in (0..<rigs.count).map { rig($0, bank: bank) } }
    for second in Int64(1)...100 {
      _ = holder.handle(.heartbeat, at: seconds(second))
      guard second.isMultiple(of: 2), !rigs.isEmpty else { continue }
      _ = holder.handle(.command(rigs.removeFirst(), closed: true), at: seconds(second))
    }
    return holder
  }

  @Test func `starts with every output open and just switched`() {
    var holder = self.holder()
    #expect(holder.isClosed(rig(0)) == false)
    let actions = holder.handle(.command(rig(0), closed: true), at: ms(1_900))
    #expect(actions.isEmpty)
    let later = holder.tick(at: ms(1_999))
    #expect(later.isEmpty)
  }

  @Test func `drives what it is told and nothing else`() {
    var holder = self.holder()
    _ = holder.handle(.heartbeat, at: seconds(3))
    let closing = holder.handle(.command(rig(1), closed: true), at: seconds(3))
    #expect(closing == [.drive(rig(1), closed: true)])
    let again = holder.handle(.command(rig(1), closed: true), at: seconds(3))
    #expect(again == [.drive(rig(1), closed: true)])
    let opening = holder.handle(.command(rig(1), closed: false), at: seconds(3))
    #expect(opening == [.drive(rig(1), closed: false)])
    #expect(holder.isClosed(rig(1)) == false)
  }

  @Test func `makes one early close wait for the stagger and refuses a second`() {
    var holder = self.holder()
    _ = holder.handle(.heartbeat, at: seconds(3))
    _ = holder.handle(.command(rig(0), closed: true), at: seconds(3))
    let early = holder.handle(.command(rig(1), closed: true), at: ms(3_100))
    #expect(early.isEmpty)
    let second = holder.handle(.command(rig(2), closed: true), at: ms(3_200))
    #expect(second == [.refuse(rig(2), closed: true, .stagger)])
    _ = holder.handle(.heartbeat, at: ms(4_500))
    let before = holder.tick(at: ms(4_999))
    #expect(before.isEmpty)
    let due = holder.tick(at: ms(5_000))
    #expect(due == [.drive(rig(1), closed: true)])
  }

  @Test func `drops a waiting close when it is told to open`() {
    var holder = self.holder()
    _ = holder.handle(.heartbeat, at: seconds(3))
    _ = holder.handle(.command(rig(0), closed: true), at: seconds(3))
    _ = holder.handle(.command(rig(1), closed: true), at: ms(3_100))
    _ = holder.handle(.command(rig(1), closed: false), at: ms(3_200))
    _ = holder.handle(.heartbeat, at: ms(4_500))
    let actions = holder.tick(at: ms(6_000))
    #expect(actions.isEmpty)
    #expect(holder.isClosed(rig(1)) == false)
  }

  @Test func `opens everything when the heartbeat stops`() {
    var holder = self.loaded([benchBank(count: 3)])
    let before = holder.tick(at: ms(101_999))
    #expect(before.isEmpty)
    let actions = holder.tick(at: seconds(102))
    #expect(actions == (0..<3).map { .drive(rig($0), closed: false) })
    let after = holder.tick(at: seconds(103))
    #expect(after.isEmpty)
  }

  @Test func `holds a bank for its stated time and then opens it`() {
    var holder = self.loaded([
      benchBank("a", count: 1), benchBank("b", count: 1, fallback: .hold(.seconds(60))),
    ])
    let first = holder.tick(at: seconds(102))
    #expect(first == [.drive(rig(0), closed: false)])
    let holding = holder.tick(at: ms(161_999))
    #expect(holding.isEmpty)
    let last = holder.tick(at: seconds(162))
    #expect(last == [.drive(rig(0, bank: 1), closed: false)])
  }

  @Test func `closes nothing without a heartbeat, not even what waited`() {
    var holder = self.loaded([benchBank()])
    _ = holder.handle(.command(rig(0), closed: false), at: ms(100_100))
    _ = holder.handle(.command(rig(0), closed: true), at: ms(100_200))
    _ = holder.handle(.command(rig(1), closed: false), at: ms(100_300))
    _ = holder.handle(.command(rig(1), closed: true), at: ms(100_400))
    let released = holder.tick(at: seconds(110))
    #expect(!released.contains { if case .drive(_, true) = $0 { true } else { false } })
    let refused = holder.handle(.command(rig(2), closed: true), at: seconds(111))
    #expect(refused == [.refuse(rig(2), closed: true, .noHeartbeat)])
    _ = holder.handle(.heartbeat, at: seconds(112))
    #expect(!holder.isReleased)
    let accepted = holder.handle(.command(rig(2), closed: true), at: seconds(112))
    #expect(accepted == [.drive(rig(2), closed: true)])
  }

  @Test(arguments: [rig(4), rig(-1), rig(0, bank: 1), rig(0, bank: -1)])
  func `refuses outputs it does not own`(rig: RigID) {
    var holder = self.holder()
    let actions = holder.handle(.command(rig, closed: true), at: seconds(1))
    #expect(actions == [.refuse(rig, closed: true, .unknownOutput)])
    #expect(holder.isClosed(rig) == nil)
  }

  @Test(arguments: UInt64(1)...20)
  func `never closes by itself, never two within the stagger`(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    var holder = self.holder()
    /// Closes asked for and neither done, refused nor overtaken.
    var asked: Set<RigID> = []
    var closed: Set<RigID> = []
    var lastClose: Int64 = 0
    var now: Int64 = 0
    var closes = 0
    for _ in 0..<5000 {
      now += Int64(generator.below(700))
      let actions: [RelayHolder.LineAction]
      switch generator.below(4) {
      case 0: actions = holder.tick(at: ms(now))
      case 1: actions = holder.handle(.heartbeat, at: ms(now))
      default:
        let target = rig(generator.below(4))
        let isClose = generator.chance(0.5)
        if isClose { asked.insert(target) } else { asked.remove(target) }
        actions = holder.handle(.command(target, closed: isClose), at: ms(now))
      }
      for action in actions {
        switch action {
        case .refuse(let rig, _, _): asked.remove(rig)
        case .drive(let rig, closed: false): closed.remove(rig)
        case .drive(let rig, closed: true):
          let isRepeated = closed.contains(rig)
          #expect(isRepeated || asked.contains(rig))
          #expect(isRepeated || now - lastClose >= 2000)
          if !isRepeated { (lastClose, closes) = (now, closes + 1) }
          closed.insert(rig)
          asked.remove(rig)
        }
      }
    }
    #expect(closes > 50)
  }
}
