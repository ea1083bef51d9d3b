public import Quantities

/// Hourly price and carbon drawn from a seed, in GBP/kWh and g/kWh, in the ranges that GridFlex itself draws them from.
///
/// Prices are those of its simulated market: 0.08 to 0.15 from 7 to 10 and from 17 to 21 o'clock, 0.03 to 0.06 before 6,
/// else 0.05 to 0.09. Carbon is that of its hourly chart: 80 to 120 from 2 to 6, 180 to 240 from 7 to 10, 200 to 260
/// from 17 to 21, else 120 to 180. Over ten markets of 96 hours they give what was recorded of its rule (37 % of jobs
/// put off, 2.8 % of cost and 2.9 % of carbon saved) and of the best starts (13.7 % and 10.6 %) to within a few tenths.
public struct JobMarket: Sendable {
  public let price: [Double]
  public let carbon: [Double]
  private let priceSum: [Double]
  private let carbonSum: [Double]

  public init(hours: Int, random: inout SplitMix64) {
    var price: [Double] = []
    var carbon: [Double] = []
    for hour in 0..<hours {
      let (low, high) = Self.priceRange(hour % 24)
      price.append((random.uniform(low, high) * 10_000).rounded() / 10_000)
      let (clean, dirty) = Self.carbonRange(hour % 24)
      carbon.append((random.uniform(clean, dirty) * 10).rounded() / 10)
    }
    self.price = price
    self.carbon = carbon
    self.priceSum = Self.sums(price)
    self.carbonSum = Self.sums(carbon)
  }

  private static func priceRange(_ hour: Int) -> (Double, Double) {
    switch hour {
    case 7...9, 17...20: (0.08, 0.15)
    case 0...5: (0.03, 0.06)
    default: (0.05, 0.09)
    }
  }

  private static func carbonRange(_ hour: Int) -> (Double, Double) {
    switch hour {
    case 2...5: (80, 120)
    case 7...9: (180, 240)
    case 17...20: (200, 260)
    default: (120, 180)
    }
  }

  private static func sums(_ values: [Double]) -> [Double] {
    values.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
  }

  /// Mean price and carbon over `hours` from `start`, both in hours since the market began.
  public func mean(from start: Double, hours: Double) -> (price: Double, carbon: Double) {
    (
      (Self.integral(self.priceSum, start + hours) - Self.integral(self.priceSum, start)) / hours,
      (Self.integral(self.carbonSum, start + hours) - Self.integral(self.carbonSum, start)) / hours
    )
  }

  private static func integral(_ sums: [Double], _ time: Double) -> Double {
    let hour = min(max(0, Int(time)), sums.count - 2)
    return sums[hour] + (time - Double(hour)) * (sums[hour + 1] - sums[hour])
  }
}
