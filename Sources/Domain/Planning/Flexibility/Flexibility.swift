public import Quantities

/// What a site could draw less or more in one stretch of time than its plan does, and what that is worth.
///
/// Power is in kW at the grid connection and energy in kWh; a product of the two is never called either.
public struct FlexibilityWindow: Sendable, Hashable {
  /// Another level in this window, with the whole horizon planned again around it and every limit kept.
  public struct Offer: Sendable, Hashable {
    /// Mean change of import less export over the window, positive.
    public var power: Kilowatts
    /// What the plan would cost more over the whole horizon, energy bought and sold at the problem's prices.
    public var cost: Money
    /// By how much the two plans' proved gaps leave `cost` uncertain.
    public var uncertainty: Money
    public var energy: KilowattHours

    /// What a kWh must earn at least for the offer to be worth while.
    public var price: EnergyPrice { EnergyPrice(self.cost.value / self.energy.value) }
  }

  public var slot: Slot
  /// The plan's own level: its mean import less export, expected over the scenarios.
  public var baseline: Kilowatts
  /// Nil where the plan can go no lower.
  public var down: Offer?
  public var up: Offer?
  /// What switching rigs at once shows at the grid connection, held through the window with the plan as it is: rigs past
  /// their dwell times, down to what must run, up to what fits.
  public var callableDown: Kilowatts
  public var callableUp: Kilowatts
}

/// A plan with the flexibility around it.
public struct FlexiblePlan: Sendable, Hashable {
  public var plan: Plan
  public var windows: [FlexibilityWindow]
}

public enum FlexibilityOutcome: Sendable, Hashable {
  case planned(FlexiblePlan)
  case infeasible(Infeasibility)
}
