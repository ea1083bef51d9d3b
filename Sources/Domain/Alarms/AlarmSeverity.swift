/// How soon a person has to care. The larger, the sooner.
public enum AlarmSeverity: String, Sendable, Hashable, CaseIterable, Comparable {
  /// Shown, never sent.
  case note
  /// It can wait till morning; sent outside quiet hours.
  case wait
  /// Somebody must get up; sent at any hour, and again until somebody acknowledges.
  case act

  private var rank: Int {
    switch self {
    case .note: 0
    case .wait: 1
    case .act: 2
    }
  }

  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
}
