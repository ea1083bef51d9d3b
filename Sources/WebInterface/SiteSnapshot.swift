public import JSONText

/// What the site looked like at one moment: all that the web interface knows. It is made between two ticks and read from
/// then on without the control loop.
public struct SiteSnapshot: Sendable, Hashable {
  /// As `rigshift status --json` says it.
  public var status: JSONValue
  public var age: Duration

  public init(status: JSONValue, age: Duration) {
    self.status = status
    self.age = age
  }
}
