/// Jobs that miss their deadline whatever else happens: their work does not fit into their window with all the rigs they
/// may have. Each of them misses least when it takes all it may from its release on, so that much can be settled before
/// anything is weighed, and the rest of the problem is as hard, and as quickly solved, as without them.
extension Ladder {
  /// The best plan in which every hopeless job misses least and every other limit holds; nil when there is none, or no
  /// hopeless job.
  mutating func planWithHopelessJobs() -> Plan? {
    guard let grid = self.grid.givingHopelessJobsTheirWindow() else { return nil }
    var ladder = Ladder(grid, solver: self.solver)
    ladder.spend(self.elapsed)
    let settings = grid.problem.solver
    let rounded = settings.integral ? ladder.rounded() : nil
    if let rounded, settings.method == .rounded || rounded.status == .optimal { return rounded }
    let model = CountModel(grid)
    switch ladder.solve(model, start: rounded.map { model.start($0) }) {
    case .found(let model, let outcome): return ladder.better(rounded, ladder.audited(model, outcome))
    case .infeasible: return nil
    case .unknown: return rounded
    }
  }
}

extension ProblemGrid {
  /// The same problem in which hopeless jobs take their whole window; nil when no job is hopeless.
  fileprivate func givingHopelessJobsTheirWindow() -> ProblemGrid? {
    var grid = self
    let earliest = CriticalJobs.earliest(self)
    for (index, job) in self.jobs.enumerated() {
      let most = job.slots.reduce(0) { sum, slot in
        sum + (earliest[index].map { $0[slot] } ?? Double(job.rigs)) * self.hours[slot]
      }
      if job.rigHours > most + 1e-9 { grid.jobs[index].isHopeless = true }
    }
    return grid.jobs.contains(where: \.isHopeless) ? grid : nil
  }
}

extension CountModel {
  /// All of the window, and what is left after it wherever it is cheapest before the horizon ends.
  mutating func addHopelessShares(of index: Int, inWindow rigs: [Double]?) {
    let grid = self.grid
    let job = grid.jobs[index]
    var columns: [(slot: Int, column: Int)] = []
    for slot in job.slots.lowerBound..<grid.slotCount {
      let taken = job.slots.contains(slot) ? rigs.map { $0[slot] } ?? Double(job.rigs) : nil
      let column = self.model.addColumn(lower: taken ?? 0, upper: taken ?? Double(job.rigs))
      columns.append((slot, column))
    }
    self.jobs.append(columns)
    let hours = columns.map { (column: $0.column, value: grid.hours[$0.slot]) }
    let later = columns.filter { !job.slots.contains($0.slot) }.reduce(0) { $0 + grid.hours[$1.slot] }
    let inWindow = job.slots.reduce(0) { sum, slot in
      sum + (rigs.map { $0[slot] } ?? Double(job.rigs)) * grid.hours[slot]
    }
    let total = min(job.rigHours, inWindow + later * Double(job.rigs))
    self.model.addRow(lower: total, upper: total, hours)
  }

  /// Begins with its window, and ends when it ends.
  mutating func addHopelessBlock(of index: Int) {
    let column = self.model.addColumn(lower: 1, upper: 1)
    self.jobs.append([(self.grid.jobs[index].slots.lowerBound, column)])
  }
}
