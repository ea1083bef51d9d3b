public import Quantities

/// Hourly price and carbon of a week of weekdays drawn from a seed, in GBP/kWh and g/kWh.
///
/// Prices have the ranges of GridFlex's own simulated market: 0.08 to 0.15 from 7 to 10 and from 17 to 21 o'clock, 0.03
/// to 0.06 before 6, else 0.05 to 0.09. Its carbon is live data; here it has a day's shape whose ranges make GridFlex's
/// rule defer and save as much as it was recorded to (37 % of all jobs; 2.8 % of cost, 2.9 % of carbon) and leave as much
/// to be saved (13.7 % and 10.6 %): 70 to 160 before 7, 130 to 230 until 10, 100 to 220 until 17, 165 to 290 until 21,
/// then 120 to 230.
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
      carbon.append(random.uniform(clean, dirty).rounded())
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
    case 0...6: (70, 160)
    case 7...9: (130, 230)
    case 10...16: (100, 220)
    case 17...20: (165, 290)
    default: (120, 230)
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
