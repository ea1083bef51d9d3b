public import JSONText
public import Quantities

/// One thing that keeps a rig as it is.
public struct WhyBinding: Sendable, Hashable {
  public enum Source: String, Sendable, Hashable {
    case plan, controller
  }
  public var source: Source
  /// A plan's reason, or the name of a controller's reason or gate.
  public var constraint: String
  public var text: String
}

/// Why a rig is, was or will be on or off: a sentence, and the same as data.
public struct WhyAnswer: Sendable, Hashable {
  public var rig: String
  public var at: UTCInstant
  /// Nil where nothing is known of it.
  public var isOn: Bool?
  public var sentence: String
  /// What binds, the strongest first.
  public var bindings: [WhyBinding]
  /// Everything else, in order.
  var details: [JSONValue.Member]

  public var json: JSONValue {
    .object(
      [
        .init("rig", .string(self.rig)), .init("at", .string(ISO8601.string(self.at))),
        .init("on", self.isOn.map { .bool($0) } ?? .null), .init("sentence", .string(self.sentence)),
        .init(
          "binding",
          .array(
            self.bindings.map {
              [
                "by": .string($0.source.rawValue), "constraint": .string($0.constraint),
                "text": .string($0.text),
              ]
            })),
      ] + self.details)
  }
}
