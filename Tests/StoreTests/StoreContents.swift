import Jobs
import Ports
import Quantities
import SQLiteStore

/// Everything a store holds, for comparison with what it was given.
struct StoreContents: Equatable {
  var plans: [PlanRecord]
  var decisions: [DecisionRecord]
  var events: [EventRecord]
  var slots: [SlotRecord]
  /// By job.
  var jobSteps: [[JobTransition]]

  init(of batches: [RecordBatch]) {
    self.plans = batches.flatMap(\.plans)
    self.decisions = batches.flatMap(\.decisions)
    self.events = batches.flatMap(\.events)
    self.slots = batches.flatMap(\.slots)
    let steps = batches.flatMap(\.jobSteps)
    self.jobSteps = (0..<5).map { number in steps.filter { $0.job == "job-\(number)" } }
  }

  init(of store: SQLiteStore) throws(StoreError) {
    self.plans = []
    for id in 0...(try store.recover().lastPlanID) {
      if let plan = try store.plan(id: id) { self.plans.append(plan) }
    }
    self.decisions = try store.decisions(latest: SQLiteStore.maximumRows).reversed()
    self.events = try store.events(latest: SQLiteStore.maximumRows).reversed()
    self.slots = try store.slots(from: UTCInstant(milliseconds: .min), to: UTCInstant(milliseconds: .max))
    self.jobSteps = []
    for number in 0..<5 { self.jobSteps.append(try store.jobSteps(of: "job-\(number)")) }
  }
}
