import Quantities

/// What every kind of alarm says: what is wrong, how soon a person has to care, what the site does by itself, and what the
/// person can do. The only place where these words stand.
public enum AlarmCatalogue {
  public struct Entry: Sendable, Hashable {
    public var severity: AlarmSeverity
    /// How long the cause must last before it is an alarm; what mends itself sooner is none.
    public var patience: Duration
    /// What is wrong, in one sentence.
    public var sentence: String
    public var siteDoes: String
    /// The first thing is the first action.
    public var personCan: String
  }

  public static func entry(of kind: AlarmKind) -> Entry {
    switch kind {
    case .importGuardExhausted:
      Entry(
        // A main fuse stands a small overload for minutes; a blip wakes nobody.
        severity: .act, patience: .seconds(15),
        sentence: "More is drawn from the grid than its connection allows, and no rig is left to switch off.",
        siteDoes: "It keeps rigs off and starts none until import fits again.",
        personCan: "Switch off other load before the main fuse does, then find out what draws so much.")
    case .contactWelded:
      Entry(
        severity: .act, patience: .zero,
        sentence: "Power flows where a relay is open: a contact may be welded.",
        siteDoes: "It cannot stop that power; it sheds other rigs to stay under the import cap.",
        personCan:
          "Switch the rig off at its breaker, replace the relay, and then run `rigshift lockout RIG clear`."
      )
    case .emergencyStop:
      Entry(
        severity: .act, patience: .zero, sentence: "The emergency stop is pressed.",
        siteDoes: "It has opened every relay and closes none while the stop is pressed.",
        personCan: "Find out who pressed it and why before anybody releases it.")
    case .storeFailed:
      Entry(
        severity: .act, patience: .seconds(30), sentence: "The record cannot be written.",
        siteDoes:
          "It puts rigs in their fallback, keeps what happens in memory for a while, and tries again.",
        personCan:
          "Make room on the disk or replace it; the journal (journalctl -u rigshift) says what failed.")
    case .controlSilent:
      Entry(
        severity: .act, patience: .seconds(10), sentence: "The control loop does not answer.",
        siteDoes: "The relay holder opens the relays without it, and systemd starts the controller again.",
        personCan: "Look at the site and its rigs; if it stays so, run `systemctl restart rigshift`.")
    case .siteMeterStale:
      Entry(
        severity: .wait, patience: .seconds(30),
        sentence: "The site meter gives no reading that can be believed.",
        siteDoes: "It starts nothing, holds rigs for a short while and then puts them in their fallback.",
        personCan: "Ask the meter with `rigshift meters read`; check its supply, its bus and its address.")
    case .clockUntrusted:
      Entry(
        severity: .wait, patience: .minutes(1), sentence: "The clock is not trusted.",
        siteDoes: "It follows no plan and puts rigs in their fallback until the clock is right.",
        personCan: "Check the network and the time service with `timedatectl`.")
    case .rigSilent:
      Entry(
        severity: .wait, patience: .zero, sentence: "A relay is closed and no power flows.",
        siteDoes: "It leaves the relay as the plan wants it and knows that this rig delivers nothing.",
        personCan: "Check the rig, its supply and its breaker; the alarm ends when the relay next opens.")
    case .relayMismatch:
      Entry(
        severity: .wait, patience: .zero, sentence: "A relay does not follow its command.",
        siteDoes: "It commands a relay that did not open again, and goes by what it reads back.",
        personCan: "Check the wiring and supply of the relay board, then `rigshift why RIG`.")
    case .planMissing:
      Entry(
        severity: .wait, patience: .minutes(10), sentence: "No plan is in force.",
        siteDoes: "It keeps rigs in their fallback and tries to plan again.",
        personCan: "Read why with `rigshift status`; prices or weather may be missing, or limits may not fit."
      )
    case .feedRefused:
      Entry(
        severity: .wait, patience: .minutes(5), sentence: "A service refuses what is asked of it.",
        siteDoes: "It plans with the last good answer or an estimate and asks again seldom.",
        personCan: "Read why with `rigshift feeds`; a key or an address needs to be changed.")
    case .peerForked:
      Entry(
        severity: .wait, patience: .zero,
        sentence: "A peer has shown two histories that contradict each other.",
        siteDoes: "It keeps both signed notes as proof and vouches no more for that peer.",
        personCan: "See both notes with `rigshift peer forks` and talk to the peer's operator.")
    case .diskLow:
      Entry(
        severity: .wait, patience: .minutes(1), sentence: "The disk with the record is almost full.",
        siteDoes: "It goes on; when the disk is full the record fails and rigs go to their fallback.",
        personCan: "Make room: remove old files or move the record to a larger disk.")
    case .channelFailing:
      Entry(
        severity: .wait, patience: .zero, sentence: "Alarms do not get through.",
        siteDoes: "It keeps them and tries again, at least every quarter of an hour.",
        personCan: "Try it with `rigshift alarms test`, and correct the address, the password or the network."
      )
    case .meterSilent:
      Entry(
        severity: .note, patience: .minutes(10), sentence: "A meter beside the site meter gives no reading.",
        siteDoes: "It goes on without it; what this meter would show is not known.",
        personCan: "Ask it with `rigshift meters read`; check its supply, its bus and its address.")
    case .feedFallback:
      Entry(
        severity: .note, patience: .minutes(30), sentence: "A feed has nothing fresh to give.",
        siteDoes: "It plans with the last good answer or an estimate.",
        personCan: "Read why with `rigshift feeds`; most services come back by themselves.")
    case .peerSilent:
      Entry(
        severity: .note, patience: .minutes(15), sentence: "A peer is not heard.",
        siteDoes: "It does not count the peer's net output and keeps trying to reach it.",
        personCan: "Ask the peer's operator; `rigshift peer status` says what the connection meets.")
    }
  }
}
