import Quantities
import SiteModel

// Readings in, lies found, the site meter's freshness.
extension Controller {
  /// Failed polls in a row before they are worth a record: a lost telegram now and then is a bus's daily
  /// life.
  private static var failuresWorthARecord: Int { 3 }

  mutating func take(_ reading: MeterReading, into effects: inout [ControlEffect]) {
    let meter = reading.meter
    guard self.meters.indices.contains(meter) else {
      return self.refuse("a reading of meter \(meter), which does not exist", into: &effects)
    }
    switch self.meters[meter].take(reading, answersSwitching: meter == self.siteMeter, at: self.now) {
    case .accepted: break
    case .outdated: return
    case .refused(let refusal):
      let text = "meter \(self.site.meters[meter].name): \(Self.text(for: refusal, reading))"
      self.refuse(text, into: &effects)
      self.countFailure(of: meter, "no plausible reading", into: &effects)
      return
    }
    if self.meters[meter].failures >= Self.failuresWorthARecord {
      let text = "meter \(self.site.meters[meter].name), after \(self.meters[meter].failures) failures"
      self.record(.meterFresh, nil, text, into: &effects)
    }
    self.meters[meter].failures = 0
    guard meter == self.siteMeter, self.meters[meter].lie == nil else { return }
    let power = reading.power.value
    self.room.take(power)
    self.importGuard.take(power, takenAt: reading.takenAt)
    if self.importGuard.isTripped { self.shed(into: &effects) }
  }

  mutating func readingFailed(_ meter: Int, _ fault: MeterFault, into effects: inout [ControlEffect]) {
    guard self.meters.indices.contains(meter) else {
      return self.refuse("a failure of meter \(meter), which does not exist", into: &effects)
    }
    self.countFailure(of: meter, fault.rawValue, into: &effects)
  }

  private mutating func countFailure(of meter: Int, _ why: String, into effects: inout [ControlEffect]) {
    self.meters[meter].failures += 1
    guard self.meters[meter].failures == Self.failuresWorthARecord else { return }
    self.record(.meterFault, nil, "meter \(self.site.meters[meter].name): \(why)", into: &effects)
  }

  /// Holds the meters against each other and the site meter against time.
  mutating func judgeMeters(into effects: inout [ControlEffect]) {
    self.balanceMeters()
    for meter in self.meters.indices {
      let lie = self.meters[meter].lie
      guard lie != self.meters[meter].recordedLie else { continue }
      self.meters[meter].recordedLie = lie
      self.recordLie(lie, of: meter, into: &effects)
    }
    let isFresh = self.isSiteMeterGood()
    guard self.meterOutage.update(isOut: !isFresh, began: self.staleSince, at: self.now) else { return }
    if isFresh {
      self.record(.meterFresh, nil, "site meter", into: &effects)
      self.alarms.clear(.siteMeterStale, into: &effects)
      effects.append(.replan("the site meter is believed again"))
    } else {
      self.reclose.reset()
      self.trim.reset()
      self.record(.meterStale, nil, "site meter", into: &effects)
      self.alarms.raise(.siteMeterStale, nil, "no believable reading of the site meter", into: &effects)
    }
  }

  /// A site meter that was out has to be good for a while before it counts: one that lies or comes and goes
  /// would otherwise start rigs in between.
  private mutating func isSiteMeterGood() -> Bool {
    guard let meter = self.siteMeter, self.meters[meter].isFresh(at: self.now, within: self.timing.staleAfter)
    else {
      self.meterGoodSince = nil
      return false
    }
    guard self.meterOutage.since != nil else { return true }
    let since = self.meterGoodSince ?? self.now
    self.meterGoodSince = since
    return self.now.millisecondsSince(since) >= ControlLimits.contradictionTime
  }

  /// When the site meter went stale: its last value outlived its time, unless it was found to lie just now.
  private var staleSince: MonotonicInstant {
    guard let meter = self.siteMeter, self.meters[meter].lie == nil, let takenAt = self.meters[meter].takenAt
    else {
      return self.now
    }
    return min(self.now, takenAt.advanced(byMilliseconds: self.timing.staleAfter))
  }

  private mutating func recordLie(_ lie: MeterWatch.Lie?, of meter: Int, into effects: inout [ControlEffect])
  {
    let name = self.site.meters[meter].name
    guard let lie else {
      return self.record(.meterFresh, nil, "meter \(name) is believed again", into: &effects)
    }
    self.record(.meterFault, nil, "meter \(name): \(lie.rawValue)", into: &effects)
    if meter == self.siteMeter {
      self.importGuard.forget()
      self.room.forget()
    }
  }

  private mutating func balanceMeters() {
    guard self.isBalanced, let siteMeter = self.siteMeter else { return }
    var banks = 0.0
    var generation = 0.0
    for meter in self.meters.indices {
      let takenAt = self.meters[meter].takenAt
      // Powers of different seconds cannot be held against each other.
      guard let takenAt, self.now.millisecondsSince(takenAt) <= ControlLimits.openingEffect else { return }
      switch self.site.meters[meter].subject {
      case .grid: break
      case .bank:
        guard self.meters[meter].lie == nil else { return }
        banks += self.meters[meter].power
      case .generation:
        guard self.meters[meter].lie == nil else { return }
        generation += self.meters[meter].power
      }
    }
    let watch = self.meters[siteMeter]
    self.meters[siteMeter].balance.observe(
      imported: watch.power, banks: banks, generation: generation, at: self.now)
    self.meters[siteMeter].standstill.observe(
      imported: watch.power, expected: banks - generation, canRest: !watch.countsExport, at: self.now)
  }

  private static func text(for refusal: MeterWatch.Refusal, _ reading: MeterReading) -> String {
    switch refusal {
    case .fromTheFuture: "a reading taken after now"
    case .absurd: "\(reading.power.value) kW is more than the site can move"
    }
  }
}
