import Glibc
import Quantities

/// The independent streams of one run's seed.
enum RandomStream: UInt64 {
  case faults = 1, weather, load, meters, bus, clock, store, processes
}

extension SplitMix64 {
  init(seed: UInt64, stream: RandomStream) { self = SplitMix64(seed: seed).stream(stream.rawValue) }

  /// A nearly normal number with mean 0 and standard deviation 1, never beyond 3.47: the sum of four uniform ones
  /// (Irwin-Hall), which costs one draw and no logarithm.
  @inline(__always) mutating func nearlyNormal() -> Double {
    let word = self.next()
    let sum = (word & 0xffff) &+ (word >> 16 & 0xffff) &+ (word >> 32 & 0xffff) &+ (word >> 48)
    return (Double(sum) - 131_070) * (1 / 37_837.2)
  }
}

/// A first-order autoregressive process with mean 0 and standard deviation 1 (Ornstein-Uhlenbeck, sampled).
struct Autoregressive {
  private(set) var value = 0.0
  private let memory: Double
  private let innovation: Double

  /// `timeConstant` and `step` in seconds.
  init(timeConstant: Double, step: Double) {
    self.memory = exp(-step / timeConstant)
    self.innovation = (1 - self.memory * self.memory).squareRoot()
  }

  @inline(__always) mutating func advance(_ generator: inout SplitMix64) {
    self.value = self.memory * self.value + self.innovation * generator.nearlyNormal()
  }
}
