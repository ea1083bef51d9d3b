import Control
import Quantities
import Testing

struct PlanFollowerTests {
  private func step(_ start: Int64, _ end: Int64, _ running: [Int], trim: [Int]? = nil) -> PlanDirective.Step
  {
    PlanDirective.Step(
      slot: Slot(start: UTCInstant(seconds: start), length: .seconds(end - start)), running: running,
      expectedImport: .zero, trimLimit: trim)
  }

  @Test func `finds the step that contains the instant, forwards and backwards`() {
    var follower = PlanFollower()
    let steps = [self.step(100, 200, [1]), self.step(200, 260, [2]), self.step(260, 300, [3])]
    follower.adopt(PlanDirective(id: 1, steps: steps))
    for (instant, running) in [(99, nil), (100, 1), (199, 1), (200, 2), (299, 3), (300, nil), (130, 1)] {
      _ = follower.advance(to: UTCInstant(seconds: Int64(instant)))
      #expect(follower.step?.running.first == running)
    }
    #expect(!follower.isOver(at: UTCInstant(seconds: 299)))
    #expect(follower.isOver(at: UTCInstant(seconds: 300)))
  }

  @Test func `says when the step changed and only then`() {
    var follower = PlanFollower()
    follower.adopt(PlanDirective(id: 1, steps: [self.step(100, 200, [1]), self.step(200, 300, [2])]))
    let changes = [100, 150, 199, 200, 250].map { follower.advance(to: UTCInstant(seconds: Int64($0))) }
    #expect(changes == [true, false, false, true, false])
  }

  @Test func `accepts a plan that fits`() {
    let plan = PlanDirective(id: 1, steps: [self.step(0, 10, [4, 0], trim: [4, 2])])
    #expect(PlanFollower.refusal(of: plan, bankCounts: [4, 2]) == nil)
  }

  @Test(
    arguments: [
      [], [[5, 0]], [[-1, 0]], [[1]], [[1, 1, 1]],
    ] as [[[Int]]])
  func `refuses a plan that does not fit the banks`(running: [[Int]]) {
    let steps = running.enumerated().map { self.step(Int64($0) * 10, Int64($0) * 10 + 10, $1) }
    #expect(PlanFollower.refusal(of: PlanDirective(id: 1, steps: steps), bankCounts: [4, 2]) != nil)
  }

  @Test func `refuses holes, overlaps and trim limits out of range`() {
    for steps in [
      [self.step(0, 10, [1]), self.step(11, 20, [1])], [self.step(0, 10, [1]), self.step(9, 20, [1])],
      [self.step(0, 10, [1], trim: [5])],
    ] {
      #expect(PlanFollower.refusal(of: PlanDirective(id: 1, steps: steps), bankCounts: [4]) != nil)
    }
  }
}
