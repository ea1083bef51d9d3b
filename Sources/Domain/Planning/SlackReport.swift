import Quantities

/// What soft limits a plan misses, and where other load alone exceeds the import cap, read off the plan's numbers.
enum SlackReport {
  /// Amounts below this are rounding, not slack.
  private static let tolerance = 1e-6

  static func slack(of assembly: PlanAssembly) -> [Slack] {
    Self.earlyStops(assembly) + Self.waits(assembly) + Self.lateJobs(assembly)
      + Self.missingRigHours(assembly) + Self.averageCarbon(assembly) + Self.carbonCeiling(assembly)
      + Self.otherLoad(assembly.grid)
  }

  private static func earlyStops(_ assembly: PlanAssembly) -> [Slack] {
    let grid = assembly.grid
    return grid.banks.indices.compactMap { index in
      let bank = grid.banks[index]
      let running = assembly.running[index]
      let starts = PlanAssembly.starts(running, from: bank.initial)
      var amount = 0.0
      var slots: [Int] = []
      for slot in running.indices where bank.heldOn[slot] > 0 {
        let held = starts[bank.onSince[slot]...slot].reduce(Double(bank.heldOn[slot]), +)
        let missing = held - running[slot]
        guard missing > Self.tolerance else { continue }
        amount += missing * grid.hours[slot]
        slots.append(slot)
      }
      guard let first = slots.first, let last = slots.last else { return nil }
      return Slack(
        cause: .limit(.minimumOn), name: grid.problem.banks[index].name,
        window: grid.problem.window(first...last), amount: amount)
    }
  }

  /// Critical jobs that do not take all they may from their release on.
  private static func waits(_ assembly: PlanAssembly) -> [Slack] {
    let grid = assembly.grid
    guard grid.jobs.contains(where: \.critical) else { return [] }
    let earliest = CriticalJobs.earliest(grid)
    return grid.jobs.enumerated().compactMap { index, job in
      guard job.critical, job.rigHours > Self.tolerance else { return nil }
      let given = assembly.jobHours[index]
      let amount =
        if let rigs = earliest[index] {
          job.slots.reduce(0) { $0 + max(0, rigs[$1] * grid.hours[$1] - given[$1]) }
        } else {
          grid.wait(of: index, until: given.firstIndex { $0 > 0 } ?? grid.slotCount)
        }
      guard amount > Self.tolerance else { return nil }
      return Slack(
        cause: .limit(.criticalStart), name: grid.problem.jobs[index].name,
        window: grid.problem.window(job.slots.lowerBound...(job.slots.upperBound - 1)), amount: amount)
    }
  }

  private static func lateJobs(_ assembly: PlanAssembly) -> [Slack] {
    let grid = assembly.grid
    return grid.jobs.enumerated().compactMap { index, job in
      let missing = job.rigHours - job.slots.reduce(0) { $0 + assembly.jobHours[index][$1] }
      guard missing > Self.tolerance else { return nil }
      return Slack(
        cause: .limit(.jobDeadline), name: grid.problem.jobs[index].name,
        window: grid.problem.window(job.slots.lowerBound...(job.slots.upperBound - 1)), amount: missing)
    }
  }

  private static func missingRigHours(_ assembly: PlanAssembly) -> [Slack] {
    let grid = assembly.grid
    return grid.windows.compactMap { window in
      guard let minimum = window.minimum else { return nil }
      let hours = window.slots.reduce(0) { sum, slot in
        sum + grid.hours[slot] * assembly.running.reduce(0) { $0 + $1[slot] }
      }
      guard minimum - hours > Self.tolerance else { return nil }
      return Slack(
        cause: .limit(.minimumRigHours), name: nil,
        window: grid.problem.window(window.slots.lowerBound...(window.slots.upperBound - 1)),
        amount: minimum - hours)
    }
  }

  private static func averageCarbon(_ assembly: PlanAssembly) -> [Slack] {
    let excess = assembly.carbonExcess
    guard excess > Self.tolerance else { return [] }
    return [
      Slack(
        cause: .limit(.averageCarbonCap), name: nil,
        window: assembly.grid.problem.window(0...(assembly.grid.slotCount - 1)), amount: excess)
    ]
  }

  private static func carbonCeiling(_ assembly: PlanAssembly) -> [Slack] {
    let grid = assembly.grid
    return Self.runs(grid, .limit(.importCarbonCeiling)) { slot in
      let first = slot * grid.scenarioCount
      return (assembly.flows[first..<first + grid.scenarioCount].map(\.imported).max() ?? 0)
        - grid.ceiling[slot]
    }
  }

  private static func otherLoad(_ grid: ProblemGrid) -> [Slack] {
    Self.runs(grid, .otherLoad) { slot in
      guard let cap = grid.problem.slots[slot].importCap?.value else { return 0 }
      let renewable = (0..<grid.scenarioCount).map { grid.renewable(slot, $0) }.min() ?? 0
      return grid.otherLoad[slot] - renewable - cap
    }
  }

  /// One entry per unbroken run of slots with an excess, with the largest of them.
  private static func runs(_ grid: ProblemGrid, _ cause: Slack.Cause, _ excess: (Int) -> Double) -> [Slack] {
    var slack: [Slack] = []
    var last = -2
    for slot in 0..<grid.slotCount {
      let amount = excess(slot)
      guard amount > Self.tolerance else { continue }
      if last == slot - 1, let open = slack.popLast() {
        let first = grid.problem.slotIndex(startingAt: open.window.start) ?? slot
        slack.append(
          Slack(
            cause: cause, name: nil, window: grid.problem.window(first...slot),
            amount: max(open.amount, amount)))
      } else {
        slack.append(Slack(cause: cause, name: nil, window: grid.problem.window(slot...slot), amount: amount))
      }
      last = slot
    }
    return slack
  }
}

extension PlanProblem {
  /// The time a range of slots covers.
  func window(_ slots: ClosedRange<Int>) -> Slot {
    let first = self.slots[slots.lowerBound].slot
    return Slot(start: first.start, end: self.slots[slots.upperBound].slot.end) ?? first
  }
}
