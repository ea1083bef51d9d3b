import Jobs
import Testing

struct `A job's state` {
  private static let events: [JobEvent] = [
    .planned(true), .planned(false), .worked(isLast: false), .worked(isLast: true), .rested(isPlanned: true),
    .rested(isPlanned: false), .deadlinePassed, .cancelled,
  ]

  /// The state after each of the events above.
  private static let table: [(JobState, [JobState])] = [
    (.queued, [.scheduled, .queued, .running, .done, .queued, .queued, .late, .cancelled]),
    (.scheduled, [.scheduled, .queued, .running, .done, .scheduled, .scheduled, .late, .cancelled]),
    (.running, [.running, .running, .running, .done, .scheduled, .queued, .late, .cancelled]),
    (.late, [.late, .late, .late, .done, .late, .late, .late, .cancelled]),
    (.done, Array(repeating: .done, count: 8)), (.cancelled, Array(repeating: .cancelled, count: 8)),
  ]

  @Test(arguments: Self.table)
  func `follows from what happens`(state: JobState, after: [JobState]) {
    #expect(Self.events.map { state.after($0) } == after)
  }

  @Test func `has a line in the table, whichever it is`() {
    #expect(Set(Self.table.map(\.0)) == Set(JobState.allCases))
  }

  @Test func `that is an end stays`() {
    #expect(JobState.allCases.filter(\.isEnd) == [.done, .cancelled])
  }
}
