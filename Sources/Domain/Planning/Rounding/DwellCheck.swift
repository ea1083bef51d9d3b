extension BankGrid {
  /// Whether counts keep to the bank's size, ramp and dwell times, by running sums of starts and stops.
  func allows(_ running: [Int]) -> Bool {
    var before = self.initial
    var recentStarts = 0
    var recentStops = 0
    var onSince = 0
    var offSince = 0
    for slot in running.indices {
      let count = running[slot]
      if count < self.floor[slot] || count > self.ceiling[slot] { return false }
      let change = count - before
      if let ramp, abs(change) > ramp { return false }
      if change > 0 { recentStarts += change } else { recentStops -= change }
      while onSince < self.onSince[slot] {
        recentStarts -= max(0, running[onSince] - (onSince == 0 ? self.initial : running[onSince - 1]))
        onSince += 1
      }
      while offSince < self.offSince[slot] {
        recentStops -= max(0, (offSince == 0 ? self.initial : running[offSince - 1]) - running[offSince])
        offSince += 1
      }
      if count < recentStarts + self.heldOn[slot] { return false }
      if self.rigs - count < recentStops + self.heldOff[slot] { return false }
      before = count
    }
    return true
  }
}
