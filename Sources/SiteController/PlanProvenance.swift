public import JSONText

/// What a plan rests on, in sentences: where its courses of generation come from, and what was estimated.
public struct PlanProvenance: Sendable, Hashable {
  public var generation: String
  public var notes: [String]

  public init(generation: String, notes: [String]) {
    self.generation = generation
    self.notes = notes
  }

  public var json: JSONValue {
    .object([
      .init("generation", .string(self.generation)),
      .init("notes", .array(self.notes.map { .string($0) })),
    ])
  }

  /// The plan's JSON with what it rests on as its member `outlook`.
  public func added(to plan: JSONValue) -> JSONValue {
    guard let members = plan.object else { return plan }
    return .object(members + [.init("outlook", self.json)])
  }
}
