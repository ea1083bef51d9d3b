import Glibc
import Testing

/// Consecutive seeds that one test case goes through. `RIGSHIFT_SEEDS` sets how many there are in all.
struct SeedBlock: Sendable, CustomTestStringConvertible {
  static let size: UInt64 = 25
  let seeds: Range<UInt64>

  var testDescription: String { "seeds \(self.seeds.lowerBound)..<\(self.seeds.upperBound)" }

  static func all(_ usual: UInt64) -> [SeedBlock] {
    let wanted = getenv("RIGSHIFT_SEEDS").flatMap { UInt64(String(cString: $0)) } ?? usual
    return stride(from: 0, to: wanted, by: Int(Self.size)).map { first in
      SeedBlock(seeds: first..<min(first + Self.size, wanted))
    }
  }
}
