/// A contact on a pin of the computer that stops all rigs at once. The pin is pulled up and the contact pulls it down.
public struct EmergencyStop: Sendable, Hashable {
  public var pin: GPIOPin
  /// The contact is closed until somebody presses: a broken wire then stops the rigs too.
  public var isNormallyClosed: Bool

  public init(pin: GPIOPin, isNormallyClosed: Bool = true) {
    self.pin = pin
    self.isNormallyClosed = isNormallyClosed
  }

  /// Whether it counts as pressed; what cannot be read does.
  public func isPressed(isHigh: Bool?) -> Bool { isHigh != !self.isNormallyClosed }
}
