import Control
import Quantities
import Testing

struct LineProofTests {
  @Test func `a restarted line tells the controller until the first command`() {
    var line = LineProof()
    #expect(line.isUnknown)
    line.commanded(at: seconds(1))
    #expect(!line.isUnknown)
  }

  @Test func `proves a level that is read back`() {
    var line = LineProof()
    line.commanded(at: seconds(1))
    line.readBack(agrees: false, at: seconds(1))
    line.readBack(agrees: true, at: seconds(2))
    #expect(line.due == nil)
  }

  @Test func `takes a line that cannot be read back for neither`() {
    var line = LineProof()
    line.commanded(at: seconds(1))
    #expect(line.due == ms(1000 + ControlLimits.readBackWindow))
    let verdict = line.judge(closed: true)
    #expect(verdict == nil)
  }

  @Test func `tells a relay that never closed from one that dropped and one that never opened`() {
    var fresh = LineProof()
    fresh.commanded(at: seconds(1))
    fresh.readBack(agrees: false, at: seconds(2))
    let freshVerdict = fresh.judge(closed: true)
    #expect(freshVerdict == .neverClosed)
    var dropped = LineProof()
    dropped.commanded(at: seconds(1))
    dropped.readBack(agrees: true, at: seconds(2))
    dropped.readBack(agrees: false, at: seconds(9))
    #expect(dropped.due == ms(9000 + ControlLimits.readBackWindow))
    let droppedVerdict = dropped.judge(closed: true)
    #expect(droppedVerdict == .dropped)
    var welded = LineProof()
    welded.commanded(at: seconds(1))
    welded.readBack(agrees: false, at: seconds(2))
    let weldedVerdict = welded.judge(closed: false)
    #expect(weldedVerdict == .neverOpened)
  }

  @Test func `takes a refusal by the holder for a failure`() {
    var line = LineProof()
    line.commanded(at: seconds(1))
    line.refused()
    let verdict = line.judge(closed: false)
    #expect(verdict == .neverOpened)
  }
}

struct WattsProofTests {
  private static let settle: Int64 = 30_000
  private static let calm = seconds(1000)

  private func proof() -> WattsProof {
    WattsProof(nominal: Kilowatts(3), settle: Self.settle, startedAt: seconds(0))
  }

  @Test func `proves openings after the settle time and no sooner`() {
    var proof = self.proof()
    proof.switched(closed: false, drawing: 10, mean: 31, at: Self.calm)
    let early = proof.judge(mean: 27.9, at: ms(1_000_000 + Self.settle - 1))
    #expect(early == nil)
    let late = proof.judge(mean: 27.9, at: ms(1_000_000 + Self.settle))
    #expect(late == .proved)
    #expect(!proof.isOpen)
  }

  @Test func `waits for the start-up of a closed rig`() {
    var proof = self.proof()
    proof.switched(closed: true, drawing: 10, mean: 31, at: Self.calm)
    let early = proof.judge(mean: 31, at: seconds(1100))
    #expect(early == nil)
    let late = proof.judge(mean: 31, at: ms(1_000_000 + ControlLimits.startUp))
    #expect(late == .missing(1))
  }

  @Test(arguments: [(opened: 1, after: 31.0, rigs: 1), (3, 31, 3), (3, 25, 1), (5, 22, 2)])
  func `counts the rigs that still draw`(opened: Int, after: Double, rigs: Int) {
    var proof = self.proof()
    for _ in 0..<opened { proof.switched(closed: false, drawing: 10, mean: 31, at: Self.calm) }
    let verdict = proof.judge(mean: after, at: seconds(1100))
    #expect(verdict == .excess(rigs))
  }

  @Test func `measures with the draw of a hot day`() {
    var proof = self.proof()
    // 40 rigs at 7.5 % over nominal, 20 of them opened: by nominal draw that would look like a rig and a half.
    for _ in 0..<20 { proof.switched(closed: false, drawing: 40, mean: 129, at: Self.calm) }
    let verdict = proof.judge(mean: 64.5, at: seconds(1100))
    #expect(verdict == .proved)
  }

  @Test func `judges nothing that began in unrest`() {
    var proof = self.proof()
    proof.switched(closed: true, drawing: 0, mean: 0, at: seconds(10))
    #expect(!proof.isOpen)
  }

  @Test func `gives up without a meter`() {
    var proof = self.proof()
    proof.switched(closed: false, drawing: 10, mean: 31, at: Self.calm)
    let early = proof.judge(mean: nil, at: seconds(1100))
    #expect(early == nil)
    #expect(proof.isOpen)
    let late = proof.judge(mean: nil, at: ms(1_000_001 + ControlLimits.proofPatience))
    #expect(late == nil)
    #expect(!proof.isOpen)
  }
}
