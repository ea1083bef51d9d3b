import Quantities
import Testing

struct AllowanceTests {
  private static func at(_ seconds: Double) -> MonotonicInstant {
    MonotonicInstant(milliseconds: Int64(seconds * 1000))
  }

  @Test func `an allowance is spent and comes back`() {
    var allowance = Allowance(burst: 100, perSecond: 10)
    func isGranted(_ amount: Int64, at seconds: Double) -> Bool {
      allowance.take(amount, at: Self.at(seconds))
    }
    #expect(isGranted(100, at: 0))
    #expect(!isGranted(1, at: 0.05))
    #expect(isGranted(10, at: 1))
    #expect(!isGranted(101, at: 86_400))
    #expect(!isGranted(-1, at: 86_400))
    #expect(isGranted(100, at: 9e12))
  }

  @Test func `a clock that stands still or goes back gives nothing`() {
    var allowance = Allowance(burst: 400, perSecond: 200)
    func granted(_ asked: Int, at seconds: Double) -> Int {
      (0..<asked).count { _ in allowance.take(at: Self.at(seconds)) }
    }
    #expect(granted(500, at: 0) == 400)
    #expect(granted(500, at: 1) == 200)
    #expect(granted(1, at: 1) == 0)
    #expect(granted(1, at: 0) == 0)
  }

  @Test func `what happens often is said seldom, with its number`() {
    var complaint = Complaint(every: .minutes(1))
    #expect(complaint.said(at: Self.at(0)) == 1)
    #expect(complaint.said(at: Self.at(1)) == nil)
    #expect(complaint.said(at: Self.at(59)) == nil)
    #expect(complaint.said(at: Self.at(60)) == 3)
  }
}
