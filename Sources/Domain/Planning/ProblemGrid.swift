import Quantities

/// A checked problem as bare numbers on its slot grid, for the formulation. Powers in kW, times in hours, prices in
/// currency per kWh.
struct ProblemGrid {
  let problem: PlanProblem
  let slotCount: Int
  let scenarioCount: Int
  let hours: [Double]
  let weights: [Double]
  /// Import price with the price of its carbon.
  let importPrice: [Double]
  let exportPrice: [Double]
  let carbon: [Double]
  let otherLoad: [Double]
  /// Indexed by `slot * scenarioCount + scenario`.
  let renewable: [Double]
  /// What a plan may import in a slot and scenario: the cap, or what other load takes beyond it.
  let importCap: [Double]
  let exportCap: [Double]
  /// What the carbon ceiling leaves of import in a slot, infinite where it does not bind.
  let ceiling: [Double]
  let banks: [BankGrid]
  let windows: [WindowGrid]
  let startLimits: [StartLimitGrid]
  var jobs: [JobGrid]
  let bonus: Double
  let curtailable: Bool

  init(_ problem: PlanProblem) {
    let slots = problem.slots
    let scenarios = problem.scenarioWeights.count
    let carbonPrice = problem.weights.carbonPrice.value
    self.problem = problem
    self.slotCount = slots.count
    self.scenarioCount = scenarios
    self.hours = slots.map(\.slot.hours)
    self.weights = problem.scenarioWeights
    self.importPrice = slots.map { $0.importPrice.value + $0.carbon.value * carbonPrice / 1000 }
    self.exportPrice = slots.map(\.exportPrice.value)
    self.carbon = slots.map(\.carbon.value)
    self.otherLoad = slots.map(\.otherLoad.value)
    var renewable: [Double] = []
    var importCap: [Double] = []
    renewable.reserveCapacity(slots.count * scenarios)
    importCap.reserveCapacity(slots.count * scenarios)
    for slot in slots {
      for scenario in 0..<scenarios {
        let power = slot.renewable[slot.renewable.count == 1 ? 0 : scenario].value
        renewable.append(power)
        importCap.append(slot.importCap.map { max($0.value, slot.otherLoad.value - power) } ?? .infinity)
      }
    }
    self.renewable = renewable
    self.importCap = importCap
    self.exportCap = slots.map { $0.exportCap?.value ?? .infinity }
    let carbonCeiling = problem.limits.importCarbonCeiling?.value ?? .infinity
    self.ceiling = slots.map { $0.carbon.value > carbonCeiling ? $0.otherLoad.value : .infinity }
    self.banks = problem.banks.map { BankGrid($0, problem: problem) }
    self.windows = problem.rigHourLimits.map { limit in
      WindowGrid(slots: problem.slotRange(of: limit.window), minimum: limit.minimum, maximum: limit.maximum)
    }
    self.startLimits = problem.startLimits.map { limit in
      StartLimitGrid(
        bank: problem.banks.firstIndex { $0.name == limit.bank } ?? 0,
        slots: problem.slotRange(of: limit.window), maximum: limit.maximum)
    }
    self.jobs = problem.jobs.map { JobGrid($0, problem: problem) }
    self.bonus = problem.weights.renewableBonus.value
    self.curtailable = problem.limits.curtailable
  }

  func renewable(_ slot: Int, _ scenario: Int) -> Double {
    self.renewable[slot * self.scenarioCount + scenario]
  }
  func importCap(_ slot: Int, _ scenario: Int) -> Double {
    self.importCap[slot * self.scenarioCount + scenario]
  }

  /// Rig load in kW that every scenario allows in a slot under the import and export caps and the carbon ceiling. The
  /// range may be empty, or begin above what the rigs can draw.
  func rigLoadRange(_ slot: Int) -> (lower: Double, upper: Double) {
    let slots = self.problem.slots
    var lower = slots[slot].minimumRigLoad?.value ?? 0
    var upper = slots[slot].maximumRigLoad?.value ?? .infinity
    for scenario in 0..<self.scenarioCount {
      let renewable = self.renewable(slot, scenario)
      upper = min(
        upper, renewable + min(self.importCap(slot, scenario), self.ceiling[slot]) - self.otherLoad[slot])
      if !self.curtailable { lower = max(lower, renewable - self.exportCap[slot] - self.otherLoad[slot]) }
    }
    return (lower, upper)
  }
}

/// One bank on the slot grid.
struct BankGrid {
  let rigs: Int
  /// Rigs running before the first slot.
  let initial: Int
  /// The fewest and the most that may run in each slot, whatever their dwell.
  let floor: [Int]
  let ceiling: [Int]
  /// The most its count may change in a slot.
  let ramp: Int?
  let startCost: Double
  let revenue: Double
  /// kW of one rig in each slot.
  let draw: [Double]
  /// Rigs running before the first slot that are still within their minimum on time at a slot's start.
  var heldOn: [Int]
  let heldOff: [Int]
  /// For each slot the first slot whose starts are still within the minimum on time.
  let onSince: [Int]
  let offSince: [Int]

  init(_ bank: ProblemBank, problem: PlanProblem) {
    let starts = problem.slots.map { $0.slot.start.millisecondsSince(problem.slots[0].slot.start) }
    let minimumOn = bank.minimumOn.wholeMilliseconds
    let minimumOff = bank.minimumOff.wholeMilliseconds
    self.rigs = bank.rigs
    self.initial = bank.runningFor.count
    var floor = problem.slots.map { _ in bank.minimumRunning }
    var ceiling = problem.slots.map { _ in bank.rigs }
    for fixed in bank.fixed {
      for slot in problem.slotRange(of: fixed.window) {
        (floor[slot], ceiling[slot]) = (fixed.rigs, fixed.rigs)
      }
    }
    self.floor = floor
    self.ceiling = ceiling
    self.ramp = problem.limits.maximumRigChangePerSlot
    self.startCost = bank.startCost.value
    self.revenue = bank.revenuePerRigHour.value
    self.draw = problem.slots.map { slot in
      bank.draw.value * (1 + bank.heatCoefficient * max(0, slot.ambient.value - 25))
    }
    self.heldOn = Self.held(bank.runningFor, for: minimumOn, at: starts)
    self.heldOff = Self.held(bank.stoppedFor, for: minimumOff, at: starts)
    self.onSince = Self.since(minimumOn, starts)
    self.offSince = Self.since(minimumOff, starts)
  }

  private static func held(_ elapsed: [Duration], for dwell: Int64, at starts: [Int64]) -> [Int] {
    let elapsed = elapsed.map(\.wholeMilliseconds)
    return starts.map { start in elapsed.count { $0 + start < dwell } }
  }

  private static func since(_ dwell: Int64, _ starts: [Int64]) -> [Int] {
    var first = 0
    return starts.indices.map { slot in
      while first < slot, starts[first] <= starts[slot] - dwell { first += 1 }
      return first
    }
  }
}

struct WindowGrid {
  let slots: Range<Int>
  var minimum: Double?
  let maximum: Double?
  /// Rig-hours of whole rigs are multiples of this; zero where it was not looked at.
  var step = 0.0
}

struct StartLimitGrid {
  let bank: Int
  let slots: Range<Int>
  let maximum: Int
}

/// One job on the slot grid.
struct JobGrid {
  let bank: Int
  /// Whole slots between release and deadline.
  let slots: Range<Int>
  let rigHours: Double
  let rigs: Int
  let interruptible: Bool
  let critical: Bool
  /// It takes its whole window and ends late.
  var isHopeless = false

  init(_ job: ProblemJob, problem: PlanProblem) {
    let bank = problem.banks.firstIndex { $0.name == job.bank } ?? 0
    self.bank = bank
    let first = problem.slots.firstIndex { $0.slot.start >= job.release ?? $0.slot.start } ?? 0
    let end = problem.slots.lastIndex { $0.slot.end <= job.deadline ?? $0.slot.end } ?? 0
    self.slots = first..<max(first, end + 1)
    self.rigHours = job.rigHours
    self.rigs = min(job.maximumRigs ?? problem.banks[bank].rigs, problem.banks[bank].rigs)
    self.interruptible = job.interruptible
    self.critical = job.critical
  }

  /// Rig-hours per slot of a block that begins with `start`, cut at the horizon's end.
  func block(from start: Int, hours: [Double]) -> [(slot: Int, rigHours: Double)] {
    var left = self.rigHours
    var block: [(slot: Int, rigHours: Double)] = []
    var slot = start
    while left > 1e-9, slot < hours.count, self.rigs > 0 {
      let done = min(left, hours[slot] * Double(self.rigs))
      block.append((slot, done))
      left -= done
      slot += 1
    }
    return block
  }
}

extension PlanProblem {
  /// The slots of a window that lies on slot boundaries.
  func slotRange(of window: Slot) -> Range<Int> {
    let first = self.slotIndex(startingAt: window.start) ?? 0
    let end = self.slotIndex(startingAt: window.end) ?? self.slots.count
    return first..<max(first, end)
  }
}
