/// What a topic is to hold: the broker keeps the last payload and gives it to whoever comes. An empty payload removes it.
public struct RetainedTopic: Sendable, Hashable {
  public enum Pace: Sendable, Hashable {
    /// Published as soon as it changes.
    case atOnce
    /// Changes all the time; published at most once in the site's interval.
    case figure
  }

  public let name: String
  public let payload: String
  public let pace: Pace

  public init(_ name: String, _ payload: String, _ pace: Pace = .atOnce) {
    self.name = name
    self.payload = payload
    self.pace = pace
  }
}
