public import Planning
public import Quantities
public import SiteModel

/// What a plan's flexibility earns as one product at the rate the site file names.
public struct FlexibilityRevenue: Sendable, Hashable {
  /// One sale. Sales of energy are alternatives, since each offer was planned alone; blocks of availability add up,
  /// since holding power ready changes nothing.
  public struct Sale: Sendable, Hashable {
    public var window: Slot
    public var power: Kilowatts
    /// What the buyer pays: energy times price, or power times hours times rate.
    public var revenue: Money
    /// What the site gives up: the cost of the other plan. Nothing for power held ready and not called.
    public var cost: Money
    public var gain: Money { self.revenue - self.cost }
  }

  public var product: FlexibilityProduct
  /// Those that are at least the product's minimum, in order.
  public var sales: [Sale]

  public init(_ product: FlexibilityProduct, of plan: FlexiblePlan, zone: ZoneRules) {
    self.product = product
    switch product.rate {
    case .energy(let price): self.sales = Self.energy(product, price, plan)
    case .availability(let rate): self.sales = Self.availability(product, rate, plan, zone)
    }
    self.sales.removeAll { $0.power < product.minimum || $0.power.value <= 1e-6 }
  }

  /// Of sales of energy the one that gains most; nil when none gains anything.
  public var best: Sale? { self.sales.max { $0.gain < $1.gain }.flatMap { $0.gain > .zero ? $0 : nil } }

  /// Sum over the blocks of availability, or the best sale of energy.
  public var total: Money {
    switch self.product.rate {
    case .energy: self.best?.gain ?? .zero
    case .availability: self.sales.reduce(.zero) { $0 + $1.gain }
    }
  }

  private static func energy(_ product: FlexibilityProduct, _ price: EnergyPrice, _ plan: FlexiblePlan)
    -> [Sale]
  {
    plan.windows.compactMap { window in
      (product.direction == .down ? window.down : window.up).map { offer in
        Sale(window: window.slot, power: offer.power, revenue: price * offer.energy, cost: offer.cost)
      }
    }
  }

  /// Whole blocks from local midnight on: the power every half-hour of a block can switch at once.
  private static func availability(
    _ product: FlexibilityProduct, _ rate: Double, _ plan: FlexiblePlan, _ zone: ZoneRules
  ) -> [Sale] {
    let block = max(1, product.block.wholeMilliseconds)
    var blocks: [(key: Int64, windows: [FlexibilityWindow])] = []
    for window in plan.windows {
      let midnight = zone.day(zone.date(of: window.slot.start)).start
      let key = window.slot.start.millisecondsSince(midnight) / block + midnight.milliseconds
      if blocks.last?.key == key {
        blocks[blocks.count - 1].windows.append(window)
      } else {
        blocks.append((key, [window]))
      }
    }
    return blocks.compactMap { _, windows in
      guard let first = windows.first, let last = windows.last,
        let whole = Slot(start: first.slot.start, end: last.slot.end), whole.length >= product.block,
        let power = windows.map({ product.direction == .down ? $0.callableDown : $0.callableUp }).min()
      else { return nil }
      return Sale(
        window: whole, power: power, revenue: Money(rate * power.value * whole.hours), cost: .zero)
    }
  }
}
