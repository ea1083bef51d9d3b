import Control
import Quantities
import SiteModel

/// Rigs that were asked to stop. The relay of each opens when its bank's meter shows that they draw nothing any more, when
/// they had long enough, or at once when somebody's safety hangs on it.
struct SoftStops {
  private struct Waiting {
    var command: RelayCommand
    var until: MonotonicInstant
  }

  /// What a bank drew when the first of its waiting rigs was asked, and what one rig draws of it, in kW.
  private struct Baseline {
    var power: Double
    var unit: Double
  }

  /// How much of what they drew must be gone.
  private static let share = 0.7

  private var waiting: [Waiting] = []
  /// By bank; nil where nobody can tell, because there was no reading or a rig was started since.
  private var baselines: [Int: Baseline?] = [:]

  var isEmpty: Bool { self.waiting.isEmpty }

  func isWaiting(_ rig: RigID) -> Bool { self.waiting.contains { $0.command.rig == rig } }

  /// A rig is asked to stop while its bank draws `drawn` with `running` lines closed, this one among them. Nothing changes
  /// for one that waits already.
  mutating func begin(
    _ command: RelayCommand, until: MonotonicInstant, drawn: Kilowatts?, running: Int, nominal: Kilowatts
  ) {
    guard !self.isWaiting(command.rig) else { return }
    let bank = command.rig.bank
    if !self.waiting.contains(where: { $0.command.rig.bank == bank }) {
      self.baselines[bank] = drawn.flatMap { drawn in
        guard running > 0 else { return nil }
        // A meter that shows half of what rigs draw cannot show that one has stopped.
        let unit = drawn.value / Double(running)
        return unit >= nominal.value / 2 ? Baseline(power: drawn.value, unit: unit) : nil
      }
    }
    self.waiting.append(Waiting(command: command, until: until))
  }

  /// A rig of this bank was started: its meter says nothing about the waiting ones any more.
  mutating func started(in bank: Int) {
    if self.baselines[bank] != nil { self.baselines[bank] = .some(nil) }
  }

  /// The command for a rig that waits no longer; nil when it did not.
  mutating func end(_ rig: RigID) -> RelayCommand? {
    guard let index = self.waiting.firstIndex(where: { $0.command.rig == rig }) else { return nil }
    return self.waiting.remove(at: index).command
  }

  /// Those whose relays open now, in the order in which they were asked. `drawn` is a bank's power, nil without a reading.
  mutating func due(
    at now: MonotonicInstant, drawn: (Int) -> Kilowatts?, isUrgent: (RigID) -> Bool
  ) -> [RelayCommand] {
    guard !self.waiting.isEmpty else { return [] }
    var stopped: Set<Int> = []
    for bank in Set(self.waiting.map(\.command.rig.bank)) {
      guard let baseline = self.baselines[bank] ?? nil, let power = drawn(bank) else { continue }
      let count = self.waiting.count { $0.command.rig.bank == bank }
      if power.value <= baseline.power - Self.share * baseline.unit * Double(count) { stopped.insert(bank) }
    }
    func isDue(_ waiting: Waiting) -> Bool {
      waiting.until <= now || stopped.contains(waiting.command.rig.bank) || isUrgent(waiting.command.rig)
    }
    let due = self.waiting.filter(isDue).map(\.command)
    self.waiting.removeAll(where: isDue)
    return due
  }

  /// All of them.
  mutating func flush() -> [RelayCommand] {
    defer { self.waiting = [] }
    return self.waiting.map(\.command)
  }
}
