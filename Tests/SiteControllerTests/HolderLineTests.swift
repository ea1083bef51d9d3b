import Control
import Ports
import Quantities
import SiteController
import SiteModel
import Testing

struct `The line between controller and relay holder` {
  @Test(arguments: [
    HolderRequest.hello("0af3"), .command(RigID(bank: 3, rig: 39), closed: true),
    .command(RigID(bank: 0, rig: 0), closed: false), .heartbeat, .levels, .policy,
  ])
  func `carries a request`(request: HolderRequest) {
    #expect(HolderRequest(line: request.line) == request)
  }

  @Test func `carries an answer`() {
    let rig = RigID(bank: 1, rig: 12)
    for reply in [
      HolderReply.refused("the table has changed"), .done(closedCounts: [0, 7], []),
      .done(
        closedCounts: [1],
        [
          .sent(rig, closed: true, accepted: false), .sent(rig, closed: false, accepted: true),
          .readBack(rig, closed: true), .emergencyStop(true), .emergencyStop(false),
        ]),
    ] {
      #expect(HolderReply(line: reply.line) == reply)
    }
  }

  @Test(arguments: [
    "", " ", "set", "set 1 2", "set 1 2 3", "set x 2 1", "set 99999999999999999999 0 1", "set 1 2 1 1",
    "beat ",
    "hello", "ok", "ok x", "ok 1 s1.2.3", "ok 1 s1.2.1.7", "ok 1 r1.2", "ok 1 q1.2.1", "ok 1 ", "policy now",
    "\u{0}", "ok 1 s99999999999999999999.0.1.1",
  ])
  func `takes anything else for nothing`(line: String) {
    #expect(HolderRequest(line: line) == nil)
    #expect(HolderReply(line: line) == nil)
  }

  /// Relays that obey.
  private final class Lines: RelayBank {
    var closed: Set<RigID> = []
    func set(_ rig: RigID, closed: Bool) throws(RelayFault) {
      if closed { self.closed.insert(rig) } else { self.closed.remove(rig) }
    }
    func level(of rig: RigID) -> Bool? { self.closed.contains(rig) }
  }

  private static func at(_ milliseconds: Int64) -> MonotonicInstant { .init(milliseconds: milliseconds) }

  @Test func `obeys nobody before a hello with the same table`() {
    let site = LivingSite.site()
    let lines = Lines()
    let digest = RelayTable(site).digest
    let desk = HolderDesk(
      outputs: RelayOutputs(site: site, relays: lines, startedAt: Self.at(0)), digest: digest)
    let close = HolderRequest.command(RigID(bank: 0, rig: 1), closed: true).line
    #expect(desk.reply(to: close, at: Self.at(5000)) == "no say hello first")
    #expect(desk.reply(to: "hello \(digest.dropLast())", at: Self.at(5000)).hasPrefix("no the relay table"))
    #expect(desk.reply(to: close, at: Self.at(5000)) == "no say hello first")
    #expect(desk.reply(to: "hello \(digest)", at: Self.at(5000)) == "ok 0")
    _ = desk.reply(to: "beat", at: Self.at(5000))
    #expect(desk.reply(to: close, at: Self.at(5001)).hasPrefix("ok 1 s0.1.1.1 r0.1.1"))
    #expect(lines.closed == [RigID(bank: 0, rig: 1)])
    desk.newCaller()
    #expect(desk.reply(to: "beat", at: Self.at(5002)) == "no say hello first")
    var other = site
    other.control.deadMan = .seconds(9)
    #expect(RelayTable(other).digest != digest)
  }

  @Test func `opens everything at the emergency stop, closes nothing until it is let go, and says so`() {
    let site = LivingSite.site()
    let lines = Lines()
    let digest = RelayTable(site).digest
    let desk = HolderDesk(
      outputs: RelayOutputs(site: site, relays: lines, startedAt: Self.at(0)), digest: digest)
    desk.noteEmergencyStop(false, at: Self.at(0))
    _ = desk.reply(to: "hello \(digest)", at: Self.at(5000))
    #expect(desk.reply(to: "beat", at: Self.at(5000)).hasSuffix(" e0"))
    _ = desk.reply(to: "set 0 1 1", at: Self.at(5001))
    #expect(lines.closed.count == 1)
    desk.noteEmergencyStop(true, at: Self.at(5002))
    #expect(lines.closed.isEmpty)
    #expect(desk.reply(to: "beat", at: Self.at(6000)).hasSuffix(" e1"))
    #expect(!desk.reply(to: "beat", at: Self.at(7000)).contains(" e"))
    #expect(desk.reply(to: "set 0 1 1", at: Self.at(8000)).contains(" s0.1.1.0"))
    #expect(lines.closed.isEmpty)
    // A controller that has just started hears of it.
    desk.newCaller()
    _ = desk.reply(to: "hello \(digest)", at: Self.at(8100))
    #expect(desk.reply(to: "levels", at: Self.at(8100)).hasSuffix(" e1"))
    desk.noteEmergencyStop(false, at: Self.at(9000))
    #expect(desk.reply(to: "beat", at: Self.at(9000)).hasSuffix(" e0"))
    #expect(desk.reply(to: "set 0 1 1", at: Self.at(9001)).contains(" s0.1.1.1"))
    #expect(lines.closed.count == 1)
  }

  /// A contact that is closed until somebody presses pulls its pin down.
  @Test func `a broken wire, a press and an unreadable pin stop a normally closed contact`() {
    let pin = GPIOPin(title: "pin 32", place: .named("X"), isActiveLow: false)
    let closed = EmergencyStop(pin: pin)
    #expect(
      closed.isPressed(isHigh: true) && closed.isPressed(isHigh: nil) && !closed.isPressed(isHigh: false))
    let open = EmergencyStop(pin: pin, isNormallyClosed: false)
    #expect(open.isPressed(isHigh: false) && !open.isPressed(isHigh: true) && open.isPressed(isHigh: nil))
  }

  @Test func `tells the controller what became of its commands, and loses nothing when it breaks`() {
    let site = LivingSite.site()
    let desk = HolderDesk(
      outputs: RelayOutputs(site: site, relays: Lines(), startedAt: Self.at(0)),
      digest: RelayTable(site).digest)
    var now = Self.at(10_000)
    var isUp = false
    var notices: [HeldOutputs.Notice] = []
    let held = HeldOutputs(
      site: site,
      connect: {
        guard isUp else { return nil }
        desk.newCaller()
        return { isUp ? desk.reply(to: $0, at: now) : nil }
      }, notify: { notices.append($0) })
    let close = RelayCommand(
      rig: RigID(bank: 0, rig: 2), closed: true, authority: .plan, reason: .plan(id: 1))
    var reports: [OutputReport] = []
    held.command(close, at: now)
    held.takeReports(into: &reports)
    #expect(reports == [.sent(close.rig, closed: true, accepted: false)])

    isUp = true
    held.tick(at: now)
    held.heartbeat(at: now)
    held.command(close, at: now)
    reports = []
    held.takeReports(into: &reports)
    #expect(reports.contains(.sent(close.rig, closed: true, accepted: true)))
    #expect(held.closedCounts == [1])

    isUp = false
    held.heartbeat(at: now)
    isUp = true
    now = Self.at(60_000)
    desk.tick(at: now)
    held.tick(at: now)
    reports = []
    held.takeReports(into: &reports)
    // What happened to the relay meanwhile.
    #expect(reports.contains(.readBack(close.rig, closed: false)))
    #expect(held.closedCounts == [0])
    #expect(notices == [.lost, .connected, .lost, .connected])
  }
}
