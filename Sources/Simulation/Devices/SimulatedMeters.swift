import Control
public import Quantities
import SiteModel

/// What a poll delivered for the grid meter, as an observer who knows the truth sees it.
public enum GridEvidence: Sendable, Hashable {
  /// Nothing came.
  case nothing
  /// A value that was true when it was taken, `ageMilliseconds` ago.
  case truthful(Kilowatts, ageMilliseconds: Int64)
  /// A value the meter made up: stuck, wrong sign, phantom.
  case lie(Kilowatts)
}

/// The meters of the simulated site on their bus, with everything that can go wrong between register and reading.
struct SimulatedMeters {
  private(set) var gridEvidence = GridEvidence.nothing
  /// World time, in milliseconds, of the newest true grid sample that was delivered.
  private(set) var newestGridSample: Int64 = 0

  private let gridIndex: Int
  private var faces: [MeterFace]
  private var generator: SplitMix64
  /// What a stuck meter keeps showing, and what a slow one shows until its next sample.
  private var frozen: [MeterReading?]
  private var delayed: [(reading: MeterReading, sampledAt: Int64)?]

  init(site: Site, seed: UInt64, rollsOver: Bool) {
    self.gridIndex = site.meters.firstIndex { $0.subject == .grid } ?? 0
    let streams = SplitMix64(seed: seed, stream: .meters)
    // About a day of the connection at full power.
    let soon = rollsOver ? max(1, site.grid.importCap.value * 24) : nil
    self.faces = site.meters.enumerated().map { index, meter in
      MeterFace(meter: meter, index: index, rollsOverWithin: soon, generator: streams.stream(UInt64(index)))
    }
    self.generator = SplitMix64(seed: seed, stream: .bus)
    self.frozen = Array(repeating: nil, count: site.meters.count)
    self.delayed = Array(repeating: nil, count: site.meters.count)
  }

  /// One poll of all meters, at whose places `truths` hold. `now` is the world's time, `host` the same instant on the board's monotonic clock.
  mutating func poll(
    at now: MonotonicInstant, host: MonotonicInstant, truths: [MeterFace.Truth], ledger: inout EnergyLedger,
    faults: inout FaultSchedule, tally: inout FaultTally
  ) -> [Result<MeterReading, MeterFault>] {
    var answers: [Result<MeterReading, MeterFault>] = []
    answers.reserveCapacity(self.faces.count)
    let isDisturbed = faults.present.intersects(.disturbsPolls)
    for index in self.faces.indices {
      let truth = truths[index]
      if isDisturbed, self.isHit(index, by: faults.episode(.meterCounterReset)) {
        self.faces[index].reset(truth)
        tally.strike(.meterCounterReset)
        faults.finish(.meterCounterReset, at: now)
      }
      var (reading, rolledOver) = self.faces[index].read(truth, at: host)
      if rolledOver {
        tally.begin(.meterRollOver)
        tally.strike(.meterRollOver)
      }
      var sampledAt = now.milliseconds
      if isDisturbed {
        if let fault = self.busFault(index, faults: faults, tally: &tally) {
          answers.append(.failure(fault))
          if index == self.gridIndex { self.gridEvidence = .nothing }
          continue
        }
        self.delay(&reading, sampledAt: &sampledAt, index: index, at: now, faults: faults, tally: &tally)
        if self.falsify(&reading, index: index, faults: faults, tally: &tally) {
          answers.append(.success(reading))
          ledger.noteLie(index)
          if index == self.gridIndex { self.gridEvidence = .lie(reading.power) }
          continue
        }
      }
      answers.append(.success(reading))
      ledger.noteSample(index, at: sampledAt, kilowatts: truth.kilowatts)
      if index == self.gridIndex {
        self.newestGridSample = sampledAt
        self.gridEvidence = .truthful(reading.power, ageMilliseconds: now.milliseconds - sampledAt)
      }
    }
    return answers
  }

  /// Time moves on: what the last poll delivered is no longer news.
  @inline(__always) mutating func forgetEvidence() { self.gridEvidence = .nothing }

  /// Forgets what an ended fault left behind.
  mutating func end(_ kind: FaultKind) {
    if kind == .meterStuck {
      for index in self.frozen.indices { self.frozen[index] = nil }
    }
    if kind == .busSlow {
      for index in self.delayed.indices { self.delayed[index] = nil }
    }
  }

  /// Every second episode hits the grid meter, the others any meter.
  private func isHit(_ index: Int, by episode: FaultEpisode?) -> Bool {
    guard let episode else { return false }
    let count = UInt64(self.faces.count)
    return episode.target % 2 == 0 ? index == self.gridIndex : UInt64(index) == episode.target / 2 % count
  }

  private mutating func busFault(_ index: Int, faults: FaultSchedule, tally: inout FaultTally) -> MeterFault?
  {
    if faults.present.contains(.busUnplugged) {
      tally.strike(.busUnplugged)
      return .busDown
    }
    if self.fails(index, .busTimeout, faults, &tally) { return .timeout }
    if self.fails(index, .busChecksum, faults, &tally) { return .checksum }
    if self.fails(index, .busException, faults, &tally) { return .exception }
    if self.fails(index, .busWrongUnit, faults, &tally) { return .wrongUnit }
    if self.fails(index, .meterNotANumber, faults, &tally) { return .notANumber }
    return nil
  }

  /// Half of the episodes are solid, the others intermittent.
  private mutating func fails(
    _ index: Int, _ kind: FaultKind, _ faults: FaultSchedule, _ tally: inout FaultTally
  ) -> Bool {
    guard faults.present.contains(kind), let episode = faults.episode(kind), self.isHit(index, by: episode)
    else {
      return false
    }
    guard episode.severity < 0.5 || self.generator.chance(episode.severity) else { return false }
    tally.strike(kind)
    return true
  }

  /// A slow device hands out a sample that is up to eight seconds old.
  private mutating func delay(
    _ reading: inout MeterReading, sampledAt: inout Int64, index: Int, at now: MonotonicInstant,
    faults: FaultSchedule, tally: inout FaultTally
  ) {
    guard faults.present.contains(.busSlow), let episode = faults.episode(.busSlow),
      self.isHit(index, by: episode)
    else { return }
    let longest = 2000 + Int64(6000 * episode.severity)
    if let old = self.delayed[index], now.milliseconds - old.sampledAt <= longest {
      if old.sampledAt < sampledAt { tally.strike(.busSlow) }
      reading = old.reading
      sampledAt = old.sampledAt
    } else {
      self.delayed[index] = (reading, sampledAt)
    }
  }

  /// True when the reading is now a lie.
  private mutating func falsify(
    _ reading: inout MeterReading, index: Int, faults: FaultSchedule, tally: inout FaultTally
  ) -> Bool {
    var isLie = false
    if faults.present.contains(.meterStuck), self.isHit(index, by: faults.episode(.meterStuck)) {
      if let frozen = self.frozen[index] {
        let takenAt = reading.takenAt
        isLie = frozen.power != reading.power || frozen.forward != reading.forward
        reading = frozen
        reading.takenAt = takenAt
      } else {
        self.frozen[index] = reading
      }
      if isLie { tally.strike(.meterStuck) }
    }
    if faults.present.contains(.meterSwappedSign), self.isHit(index, by: faults.episode(.meterSwappedSign)),
      reading.power != .zero
    {
      reading.power = -reading.power
      tally.strike(.meterSwappedSign)
      isLie = true
    }
    if faults.present.contains(.busPhantom), let episode = faults.episode(.busPhantom),
      self.isHit(index, by: episode), self.generator.chance(0.02 + 0.1 * episode.severity)
    {
      self.invent(&reading)
      tally.strike(.busPhantom)
      isLie = true
    }
    return isLie
  }

  /// Registers of another quantity, a bit gone wrong: any value a frame can carry.
  private mutating func invent(_ reading: inout MeterReading) {
    let wild = self.generator.uniform(-40, 40)
    switch self.generator.below(3) {
    case 0: reading.power = Kilowatts(wild * max(1, reading.power.magnitude.value))
    case 1: reading.forward = reading.forward.map { KilowattHours(abs($0.value * wild)) }
    default:
      reading.power = Kilowatts(wild * 1e6)
      reading.forward = KilowattHours(abs(wild) * 1e9)
    }
  }
}
