import Control
import Quantities
import SiteModel

/// What one meter shows: true power and energy through its resolution, its noise, and counters that began long before
/// the simulation and are full one day.
struct MeterFace {
  /// True values at the meter's place: kW, and kWh since the start of the run in both directions.
  struct Truth {
    var kilowatts: Double
    var forward: Double
    var reverse: Double?
  }

  /// The counters are full here, in kWh: six digits before the point.
  static let capacity = 1_000_000.0
  /// Noise of the power reading as a share of it.
  private static let noiseShare = 0.002

  private let meter: Meter
  private let index: Int
  private var generator: SplitMix64
  private var forwardOffset: Double
  private var reverseOffset: Double

  /// `rollsOverWithin`: the counters start this many kWh below their capacity, so that they are full within days.
  init(meter: Meter, index: Int, rollsOverWithin: Double?, generator: SplitMix64) {
    self.meter = meter
    self.index = index
    self.generator = generator
    if let energy = rollsOverWithin {
      self.forwardOffset = Self.capacity - energy * self.generator.uniform(0.02, 1)
      self.reverseOffset = Self.capacity - energy * self.generator.uniform(0.02, 1)
    } else {
      self.forwardOffset = self.generator.uniform(1000, 50_000)
      self.reverseOffset = self.generator.uniform(100, 20_000)
    }
  }

  /// What the meter shows at `now`, and whether a counter began again from 0 since the last reading.
  mutating func read(_ truth: Truth, at now: MonotonicInstant) -> (reading: MeterReading, rolledOver: Bool) {
    var rolledOver = false
    let noisy = truth.kilowatts * (1 + Self.noiseShare * self.generator.nearlyNormal())
    let step = self.meter.powerResolution.value
    let power = step > 0 ? (noisy / step).rounded() * step : noisy
    let forward = self.shown(truth.forward, offset: &self.forwardOffset, &rolledOver)
    var reverse: KilowattHours?
    if let energy = truth.reverse { reverse = self.shown(energy, offset: &self.reverseOffset, &rolledOver) }
    let reading = MeterReading(
      meter: self.index, power: Kilowatts(finite: power), forward: forward, reverse: reverse, takenAt: now)
    return (reading, rolledOver)
  }

  /// Both counters start again from 0.
  mutating func reset(_ truth: Truth) {
    self.forwardOffset = -truth.forward
    self.reverseOffset = -(truth.reverse ?? 0)
  }

  private func shown(_ energy: Double, offset: inout Double, _ rolledOver: inout Bool) -> KilowattHours {
    if energy + offset >= Self.capacity {
      offset -= Self.capacity
      rolledOver = true
    }
    let step = self.meter.counterResolution.value
    let value = energy + offset
    // A sum that falls short of a step by rounding alone has reached it.
    return KilowattHours(finite: step > 0 ? (value / step + 1e-9).rounded(.down) * step : value)
  }
}
