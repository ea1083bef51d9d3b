public import Quantities

/// Deferrable compute, as somebody asked for it: so many rig-hours on one bank between two instants.
public struct Job: Sendable, Hashable, Codable {
  /// What whoever asks calls it; asking again under the same name asks for the same job.
  public var id: String
  /// Name of the bank whose rigs it needs.
  public var bank: String
  /// Work to be done, more than 0.
  public var rigHours: Double
  /// The most rigs that can work on it at once, at least 1.
  public var maximumRigs: Int
  /// Not before.
  public var release: UTCInstant
  /// Done by.
  public var deadline: UTCInstant
  /// False: one block of `maximumRigs` rigs from its first minute to its last.
  public var isInterruptible: Bool
  /// True: starts at its release with all the rigs it may have, whatever energy costs.
  public var isCritical: Bool
  public var priority: JobPriority

  public init(
    id: String, bank: String, rigHours: Double, maximumRigs: Int, release: UTCInstant, deadline: UTCInstant,
    isInterruptible: Bool = true, isCritical: Bool = false, priority: JobPriority = .normal
  ) {
    self.id = id
    self.bank = bank
    self.rigHours = rigHours
    self.maximumRigs = maximumRigs
    self.release = release
    self.deadline = deadline
    self.isInterruptible = isInterruptible
    self.isCritical = isCritical
    self.priority = priority
  }

  /// The work in milliseconds of one rig, the unit in which relays are counted.
  public var workMilliseconds: Int64 { Int64((self.rigHours * 3_600_000).rounded()) }
}

/// Who is served first where not everybody can be.
public enum JobPriority: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  case low, normal, high

  private var rank: Int {
    switch self {
    case .low: 0
    case .normal: 1
    case .high: 2
    }
  }

  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
}

/// What a site takes on at most.
public enum JobLimits {
  /// Jobs neither done nor cancelled. Every replan solves for all of them; the record and the planner could hold more.
  public static let open = 200
  /// Jobs done or cancelled that are kept at hand, for answers and so that a repeated request finds its job.
  public static let ended = 1000
  /// Characters of a name.
  public static let name = 64
  /// Rig-hours: a thousand rigs for six weeks. Bounds all later arithmetic.
  public static let rigHours = 1e6
  /// How far ahead a deadline may lie.
  public static let reach = Duration.hours(24 * 366)
}
