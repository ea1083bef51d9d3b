/// Times and bounds of the controller that no site file sets, each with its reason. Times are in
/// milliseconds.
public enum ControlLimits {
  // MARK: Import guard
  /// Seconds of overload dose at which the guard trips: 10 % over the cap for 10 s.
  public static let tripDose = 1.0
  /// From this multiple of the cap the next reading trips, whatever the dose.
  public static let instantTrip = 1.5
  /// Least dose that drains in a second at or below the cap, so that an overload is forgotten 10 s after it
  /// ended.
  public static let doseDrain = 0.1
  /// The guard's ratio is taken to at least this cap in kW: with a cap of zero every watt would be an
  /// overload.
  public static let leastCap = 1.0
  /// From a command to open until a reading must show it: relay and contact, then the meter's own averaging
  /// over a second. A reading taken earlier does not shed again.
  public static let openingEffect: Int64 = 2_000

  // MARK: Rigs and relays
  /// A rig's way from power-on to full draw; large miners take two to three minutes.
  public static let startUp: Int64 = 180_000
  /// How long a read-back may differ from the command: relay delay plus a poll.
  public static let readBackWindow: Int64 = 2_000
  /// How long a rig rests after its relay did not show a close, and after a close was refused.
  public static let relayRest: Int64 = 600_000
  public static let refusalRest: Int64 = 60_000
  /// A proof in watts that finds no calm for this long is given up; the next switch starts a new one.
  public static let proofPatience: Int64 = 1_800_000

  // MARK: Meters: how a lie is found
  /// No plausible power is beyond this multiple of what is installed behind the meter.
  public static let powerBoundFactor = 2.0
  /// Readings further apart than this are not integrated.
  public static let readingGap: Int64 = 5_000
  /// Counter and power are compared each time power has added up to this many counter steps, over at
  /// least `counterWindow`. Counters that did not move at all make the meter a liar at once, counters that
  /// moved otherwise after two windows in a row.
  public static let counterSteps = 4.0
  public static let counterWindow: Int64 = 10_000
  /// Without a judgement for this long a lie is forgotten; the next disagreement brings it back, for twice as long each
  /// time up to an hour.
  public static let counterProbation: Int64 = 300_000
  public static let longestProbation: Int64 = 3_600_000
  /// Openings in a row that move the import the wrong way, or not by one bit, before the site meter is a
  /// liar.
  public static let responseStrikes = 2
  /// After this long without another strike the site meter is believed again, until the next strike.
  public static let responseProbation: Int64 = 300_000
  /// How long the site meter may contradict the other meters, and how long a site meter that was out for any
  /// reason must be good before it is believed again.
  public static let contradictionTime: Int64 = 10_000
  /// How long the site meter may show the very same power while the others move: longer than any meter takes for an average.
  public static let standstill: Int64 = 300_000

  // MARK: Lifelines
  /// A lifeline that is lost again this soon after it came back goes on where its last outage stopped.
  public static let relapse: Int64 = 300_000

  // MARK: Clock
  /// A wall clock that moves this much against the monotonic clock has stepped.
  public static let clockStep: Int64 = 1_000
  /// Slowest drift that counts as a step, as a divisor: 1/2000 is the 500 ppm a kernel slews at most.
  public static let clockDriftDivisor: Int64 = 2_000
  /// No wall clock at or after 2200-01-01 is believed, in milliseconds since 1970: it is a register gone wrong.
  public static let clockEnd: Int64 = 7_258_118_400_000
  /// After an unexplained step a synchronised clock must stay steady this long to be believed again.
  public static let clockSteady: Int64 = 60_000

  // MARK: Input
  /// Demand-response events at a time: several a day for a year.
  public static let demandEvents = 2_000
  /// Steps of a plan: two years of hours, far beyond any horizon.
  public static let planSteps = 17_520
  /// Characters kept of a name or reason given by a person.
  public static let textLength = 200
  /// Refused events are recorded at most this often, with a count.
  public static let refusalInterval: Int64 = 60_000
}
