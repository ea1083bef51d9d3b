@preconcurrency import Glibc
import LinuxHost

let usage = """
  rigshift - decides when rigs run, and switches them

    check     [--site FILE]                     the site as understood, or all that is wrong with its file
    plan      [--site FILE] [--weather F] [--prices F] [--date D] [--data D] [--json]
                                                the plan of a day
    plan      --problem FILE [--json]           the plan of a self-contained problem (docs/plan-problem.md)
    plan      --explain ...                     why the plan runs what it runs, slot by slot
    plan      --pareto N ...                    N plans from the cheapest to the one with the least CO2
    flexibility [--site FILE] [--weather F] [--prices F] [--date D] | --problem FILE   [--json]
                                                what the plan could draw less or more in each half-hour, in kW, and
                                                what that would earn
    simulate  [--site FILE] [--days N] [--seed S] [--faults none|some|many] [--planner milp|lp]
              [--start D] [--weather F] [--prices F] [--jobs FILE|seeded] [--journal FILE]
              [--record DB] [--compare-forecasts] [--json]
                                                the real controller on a simulated site, as fast as it goes
    demo      [--site FILE] [--listen HOST:PORT] [--data DIR] [--seed S]
                                                a simulated site in real time behind its dashboard, with faults
    doctor    [--site FILE] [--data DIR] [--json] what would fail on this computer, and how to mend it
    setup     [--site FILE] [--listen HOST:PORT]  a page that says what is wrong with a site file, until it is right
    run       [--site FILE] [--data DIR] [--hold-relays] [--simulated [--seed S] [--world SOCKET]]
                                                the long-running controller
    relays    hold | list [--site FILE] [--data DIR]
                                                the small process that owns the relays (docs/hardware.md); what it owns
    status    [--watch] [--site FILE] [--data DIR] [--json]
    feeds     [--site FILE] [--data DIR] [--json] where each live feed stands; what was kept when nobody asks
    feeds     serve --replay FOLDER [--listen 127.0.0.1:0]
                                                answers as services did, and as they should not (docs/feeds.md)
    alarms    [--site FILE] [--data DIR] [--json] what is wrong, since when, what to do first (docs/alarms.md)
    alarms    ack NUMBER|all [--until TIME] [--by NAME] | test
                                                says that somebody knows; tries whether messages arrive
    why RIG   [--at TIME] [--site FILE] [--data DIR] [--json]
                                                ask the running controller; why also of a past or a coming TIME,
                                                16:30 today or 2024-09-19T16:30, local or with an offset
    override  RIG on|off --for LENGTH | BANK COUNT --for LENGTH | RIG|BANK clear
                                                a person's will over the plan, until LENGTH (2h) is over
    lockout   RIG [--reason TEXT] | RIG clear   open a rig at once and keep it so until cleared
                                                both take [--site FILE] [--data DIR] [--by NAME]
    web       password [--password-file F] | token add NAME | token list | token remove NAME
              | certificate [--site FILE] [--data DIR]
                                                who may switch rigs over the web interface (docs/web.md)
    clock     confirm [--by NAME] [--site FILE] [--data DIR]
                                                the site's time is right, where nothing else vouches for it
    event     add NAME --from TIME --to TIME [--cap KW] [--price PER_KWH] | cancel NAME | list [--json]
                                                demand response: a cap or a price for a time to come
    job       add ID --rig-hours H --deadline T [--bank B] [--rigs N] [--release T] [--uninterruptible]
              [--critical] [--priority low|normal|high] | list | show ID | cancel ID   [--json]
                                                deferrable compute for the running controller (docs/jobs.md)
    support   [--output FILE] [--site FILE] [--data DIR]
                                                one file to send to somebody who helps, without secrets
    world     --socket PATH [--site FILE] [--seed S] [--start D] [--edges FILE]
                                                a simulated site for a controller in another process;
                                                FILE gets a line for every relay line that switches
    meters    list | read [NAME] [--site FILE] [--json]
                                                the meter templates; what a site's meters show now
    devices   serve [--site FILE] | serve --meter TEMPLATE --tcp HOST:PORT|--pty PATH [--unit N]
              [--seed S] [--faults none|some|many] [--edges FILE]
                                                plays a site's meters and relay boards on real wires
    certificates list|show SEQ|verify|prove SEQ|export [--peer NAME]  of this site's log, or of a peer's mirrored here
    certificates restore --from-peer NAME|KEY@HOST:PORT [--output FILE]
                                                the site's own log from a peer's mirror
    certificates list|show SEQ|verify|prove SEQ|export|import FILE|checkpoint|key
              [--site FILE] [--data DIR] [--database DB] [--from T] [--to T] [--kind K] [--limit N]
              [--key VKEY] [--checkpoint NOTE]... [--witness VKEY]... [--output FILE] [--json]
                                                the site's log: read it, recompute it, prove from it
    verify FILE --key VKEY [--witness VKEY]... [--json]
                                                what a proof or evidence file proves, offline (docs/evidence.md)
    history   import --from D --to D [--weather F] [--prices F] [--dry-run] | list | remove --from D --to D
              [--site FILE] [--data DIR] [--json]
                                                past days, computed of their weather and prices (docs/record.md)
    report    [--from T] [--to T] [--site FILE] [--data DIR] [--csv|--json]
                                                planned beside metered, day by day, with the certificates behind it
    backup FILE  [--passphrase-file F [--with-key]] [--site FILE] [--data DIR]
    restore FILE [--passphrase-file F] [--checkpoint NOTE]... [--site FILE] [--data DIR]
                                                the record as one file, and back (docs/record.md)
    peer      id | invite [--valid 24h] [--until TIME] | accept LINE | list | remove NAME | status | forks
              | cosigned
              [--site FILE] [--data DIR] [--json]
                                                other sites to exchange net output and certificates with (docs/peers.md)
    grid      [--watch] [--json] [--site FILE] [--data DIR]
                                                every site's production, consumption and net, and the sum
    grid-node -s HOST -p PORT -n NAME -i ID [-t TOKEN] [--print-ms N]
                                                a node of the older Grid protocol, without a site
    version

  FILE is \(defaultSitePath) unless given.
  """

/// Runs one subcommand and returns the exit status: 0 done, 1 bad input or failure, 2 no feasible plan.
@MainActor func dispatch(_ words: [String]) async -> Int32 {
  let rest = Array(words.dropFirst())
  do throws(Arguments.UsageError) {
    switch words.first {
    case "check":
      return runCheck(path: try Arguments(rest, options: ["site"])["site"] ?? defaultSitePath)
    case "plan":
      return try PlanCommand.run(
        try Arguments(rest, options: PlanCommand.options, flags: ["json", "explain"]))
    case "flexibility":
      return try FlexibilityCommand.run(
        try Arguments(rest, options: PlanSource.options, flags: ["json"]))
    case "event":
      return try EventCommand.run(
        try Arguments(
          rest, options: ["site", "data", "from", "to", "cap", "price"], flags: ["json"], words: 2))
    case "simulate":
      return try SimulateCommand.run(
        try Arguments(
          rest,
          options: [
            "site", "days", "seed", "faults", "planner", "start", "weather", "prices", "jobs", "journal",
            "record",
          ],
          flags: ["json", "compare-forecasts"]))
    case "demo":
      return try await DemoCommand.run(try Arguments(rest, options: ["site", "listen", "data", "seed"]))
    case "doctor":
      return try DoctorCommand.run(try Arguments(rest, options: ["site", "data"], flags: ["json"]))
    case "setup":
      return try await SetupCommand.run(try Arguments(rest, options: ["site", "listen"]))
    case "run":
      return try await RunCommand.run(
        try Arguments(rest, options: ["site", "data", "seed", "world"], flags: ["simulated", "hold-relays"]))
    case "status":
      return try AskCommand.status(
        try Arguments(rest, options: ["site", "data"], flags: ["json", "watch"]))
    case "feeds":
      return try FeedsCommand.run(
        try Arguments(rest, options: ["site", "data", "replay", "listen"], flags: ["json"], words: 1))
    case "alarms":
      return try AlarmsCommand.run(
        try Arguments(rest, options: ["site", "data", "until", "by"], flags: ["json"], words: 2))
    case "why":
      return try AskCommand.why(
        try Arguments(rest, options: ["site", "data", "at"], flags: ["json"], words: 1))
    case "override":
      return try WishCommand.override(
        try Arguments(rest, options: ["site", "data", "for", "by"], words: 2))
    case "lockout":
      return try WishCommand.lockOut(
        try Arguments(rest, options: ["site", "data", "reason", "by"], words: 2))
    case "web":
      return try WebCommand.run(
        try Arguments(rest, options: ["site", "data", "password-file"], words: 3))
    case "clock":
      return try WishCommand.confirmClock(
        try Arguments(rest, options: ["site", "data", "by"], words: 1))
    case "support":
      return try SupportCommand.run(try Arguments(rest, options: ["site", "data", "output"]))
    case "job": return try JobCommand.run(rest)
    case "world":
      return try WorldCommand.run(
        try Arguments(rest, options: ["site", "seed", "start", "socket", "edges"]))
    case "devices":
      return try DevicesCommand.run(try Arguments(rest, options: DevicesCommand.options, words: 1))
    case "relays":
      return try await RelaysCommand.run(try Arguments(rest, options: ["site", "data"], words: 1))
    case "meters":
      return try MetersCommand.run(try Arguments(rest, options: ["site"], flags: ["json"], words: 2))
    case "certificates":
      return try await CertificatesCommand.run(
        try Arguments(rest, options: CertificatesCommand.options, flags: ["json"], words: 2))
    case "verify":
      return try VerifyCommand.run(
        try Arguments(rest, options: ["key", "witness"], flags: ["json"], words: 1))
    case "history":
      return try HistoryCommand.run(
        try Arguments(
          rest, options: ["site", "data", "weather", "prices", "from", "to"], flags: ["dry-run", "json"],
          words: 1))
    case "report":
      return try ReportCommand.run(
        try Arguments(rest, options: ["site", "data", "database", "from", "to"], flags: ["json", "csv"]))
    case "backup":
      return try BackupCommand.backup(
        try Arguments(rest, options: ["site", "data", "passphrase-file"], flags: ["with-key"], words: 1))
    case "restore":
      return try BackupCommand.restore(
        try Arguments(rest, options: ["site", "data", "passphrase-file", "checkpoint"], words: 1))
    case "peer":
      return try await PeerCommand.run(
        try Arguments(rest, options: PeerCommand.options, flags: ["json"], words: 2))
    case "grid":
      return try GridCommand.run(
        try Arguments(rest, options: ["site", "data"], flags: ["json", "watch"]))
    case "grid-node":
      return try await GridNodeCommand.run(
        try Arguments(GridNodeCommand.spelledOut(rest), options: GridNodeCommand.options))
    case "version", "--version":
      print("rigshift \(version)")
      return 0
    case "help", "--help", nil:
      print(usage)
      return words.isEmpty ? 1 : 0
    case let unknown?:
      throw .init(message: "unknown command '\(unknown)'; `rigshift help` lists them")
    }
  } catch {
    Terminal.writeError("rigshift: \(error.message)\n")
    return 1
  }
}

exit(await dispatch(Array(CommandLine.arguments.dropFirst())))
