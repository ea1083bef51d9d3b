public import Quantities

/// A stretch of time in which the site is asked to draw less: at most so many kW, or each kWh left out is paid for.
public struct DemandEvent: Sendable, Hashable, Codable {
  public var name: String
  public var window: Slot
  /// The most to import, the planning margin still to be taken off; nil is no cap of its own.
  public var importCap: Kilowatts?
  /// Paid for each kWh less at the grid connection; nil is nothing.
  public var price: EnergyPrice?

  public init(name: String, window: Slot, importCap: Kilowatts? = nil, price: EnergyPrice? = nil) {
    self.name = name
    self.window = window
    self.importCap = importCap
    self.price = price
  }
}

extension Site {
  /// The most to import at `instant`: the connection's cap, or what an event asks for.
  public func importCap(at instant: UTCInstant) -> Kilowatts {
    self.demandEvents.reduce(self.grid.importCap) { cap, event in
      event.window.contains(instant) ? min(cap, event.importCap ?? cap) : cap
    }
  }
}

/// Something flexibility is sold as, at a rate that the site's contract names.
public struct FlexibilityProduct: Sendable, Hashable {
  public enum Direction: String, Sendable, Hashable, CaseIterable {
    /// Drawing less.
    case down
    /// Drawing more.
    case up
  }

  public enum Rate: Sendable, Hashable {
    /// For each kWh by which a settlement period's energy differs from its baseline, as under the GB code's P415.
    case energy(EnergyPrice)
    /// For each kW held ready for an hour, called or not, as frequency response is paid. Currency per kW and hour.
    case availability(Double)
  }

  public var name: String
  public var direction: Direction
  public var rate: Rate
  /// Less than this is not bought.
  public var minimum: Kilowatts
  /// Power must be held through blocks of this length, counted from local midnight; only for availability.
  public var block: Duration

  public init(
    name: String, direction: Direction, rate: Rate, minimum: Kilowatts = .zero, block: Duration = .minutes(30)
  ) {
    self.name = name
    self.direction = direction
    self.rate = rate
    self.minimum = minimum
    self.block = block
  }
}
