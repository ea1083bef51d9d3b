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

  /// The same for the record, without what each slot comes to in each scenario: that follows from the problem and the
  /// rigs' counts, and twenty scenarios would make the record ten times as large.
  public func recorded(with plan: JSONValue) -> JSONValue {
    guard let members = self.added(to: plan).object else { return plan }
    return .object(
      members.map { member in
        guard member.name == "slots", let slots = member.value.array else { return member }
        return .init(
          "slots",
          .array(
            slots.map { slot in
              slot.object.map { .object($0.filter { $0.name != "scenarios" }) } ?? slot
            }))
      })
  }

  /// The plan's JSON with what it rests on as its member `outlook`.
  public func added(to plan: JSONValue) -> JSONValue {
    guard let members = plan.object else { return plan }
    return .object(members + [.init("outlook", self.json)])
  }
}
