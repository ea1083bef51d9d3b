import JSONText
import Quantities

/// A snapshot as Prometheus metrics, in base units: watts, seconds, counts. What the site does not know has no sample.
struct SiteMetrics {
  private let status: JSONValue
  private let alarms: JSONValue
  private let version: String
  private let process: JSONValue
  private let age: Duration

  init(_ snapshot: SiteSnapshot, version: String) {
    self.status = snapshot.status
    self.alarms = snapshot.alarms
    self.version = version
    self.process = snapshot.process
    self.age = snapshot.age
  }

  var text: String { self.families.map(\.text).joined() }

  private var families: [MetricFamily] {
    self.control + self.banks + self.grid + self.feeds + self.record + self.use
  }

  private var control: [MetricFamily] {
    [
      self.gauge(
        "rigshift_build_info", "The version of the program.",
        [.init(labels: [("version", self.version)], value: 1)]),
      self.gauge(
        "rigshift_snapshot_age_seconds", "Age of everything else here.",
        [.init(value: Self.seconds(self.age))]),
      self.counter("rigshift_ticks_total", "Seconds in which the control loop decided.", of: "ticks"),
      self.counter(
        "rigshift_ticks_missed_total", "Seconds in which it should have and did not.", of: "ticks_missed"),
      self.gauge("rigshift_clock_trusted", "Whether the clock is trusted.", of: "clock_trusted"),
      self.gauge("rigshift_site_meter_fresh", "Whether the site meter is believed.", of: "site_meter_fresh"),
      self.gauge("rigshift_emergency_stop", "Whether the emergency stop is pressed.", of: "emergency_stop"),
      self.gauge(
        "rigshift_plan_in_force", "Whether there is a plan to follow.",
        [.init(value: self.status["plan"]?.isNull ?? true ? 0 : 1)]),
      self.gauge(
        "rigshift_overrides", "Rigs and banks that people hold.",
        [.init(value: Double(self.status["overrides"]?.array?.count ?? 0))]),
      self.gauge(
        "rigshift_alarms", "Alarms that last, by kind.",
        Self.counted((self.status["alarms"]?.array ?? []).compactMap { $0["kind"]?.string }).map {
          .init(labels: [("kind", $0.name)], value: Double($0.count))
        }),
      self.gauge("rigshift_alarms_open", "Alarms that people are told of, by severity.", self.openAlarms),
    ]
  }

  /// A sample for every severity, so that an alert can be made of one that has not come yet.
  private var openAlarms: [MetricFamily.Sample] {
    guard let open = self.alarms["open"]?.array else { return [] }
    return ["act", "wait", "note"].map { severity in
      .init(
        labels: [("severity", severity)],
        value: Double(open.count { $0["severity"]?.string == severity }))
    }
  }

  private var banks: [MetricFamily] {
    let fields = [
      ("rigshift_rigs", "Rigs of a bank.", "rigs"),
      ("rigshift_rigs_running", "Rigs whose relays are told to be closed.", "running"),
      ("rigshift_rigs_wanted", "Rigs that should run now.", "wanted"),
      ("rigshift_rigs_available", "Rigs that may run at all.", "available"),
      ("rigshift_rigs_shed", "Rigs held off to keep import under the cap.", "shed"),
      ("rigshift_rig_starts_today", "Starts since midnight, local time.", "starts_today"),
    ]
    return fields.map { name, help, field in
      self.gauge(
        name, help,
        (self.status["banks"]?.array ?? []).compactMap { bank in
          guard let label = bank["name"]?.string, let value = bank[field]?.double else { return nil }
          return .init(labels: [("bank", label)], value: value)
        })
    } + [
      self.gauge(
        "rigshift_rig_time_today_seconds", "Time that rigs ran since midnight, local time, all together.",
        self.scaled("rig_hours_today", by: 3600))
    ]
  }

  private var grid: [MetricFamily] {
    [
      self.gauge(
        "rigshift_grid_import_watts", "Power from the grid; below zero what goes out.",
        self.scaled("import_kw", by: 1000)),
      self.gauge(
        "rigshift_grid_import_cap_watts", "The grid connection's limit.",
        self.scaled("import_cap_kw", by: 1000)),
      self.gauge(
        "rigshift_overload_seconds", "Time over the cap that the import guard has added up.",
        self.scaled("overload_dose_s", by: 1)),
    ]
  }

  private var feeds: [MetricFamily] {
    let feeds = (self.status["feeds"]?.array ?? []).compactMap { feed in
      feed["feed"]?.string.map { (name: $0, feed: feed) }
    }
    return [
      self.gauge(
        "rigshift_feed_fresh", "Whether a feed is what it should be and not a fallback.",
        feeds.map {
          .init(labels: [("feed", $0.name)], value: $0.feed["rung"]?.string == "fresh" ? 1 : 0)
        }),
      self.gauge(
        "rigshift_feed_age_seconds", "Age of what is used of a feed.",
        feeds.compactMap { feed in
          feed.feed["age_s"]?.double.map { .init(labels: [("feed", feed.name)], value: $0) }
        }),
    ]
  }

  private var record: [MetricFamily] {
    [
      self.gauge("rigshift_record_failed", "Whether the record cannot be written.", of: "store_failed"),
      self.gauge("rigshift_record_waiting", "Whether there is something to write.", of: "records_waiting"),
      self.counter(
        "rigshift_records_lost_total", "Records given up because the store failed for too long.",
        of: "records_lost"),
    ]
  }

  private var use: [MetricFamily] {
    func samples(_ value: Double?) -> [MetricFamily.Sample] { value.map { [.init(value: $0)] } ?? [] }
    let tick = self.status["tick_ms"]?["p99"]?.double
    let started = self.process["started_at"]?.string.flatMap { ISO8601.instant($0) }
    return [
      self.gauge(
        "rigshift_tick_p99_seconds", "What 99 of 100 ticks of the last five minutes took at most.",
        samples(tick.map { $0 / 1000 })),
      self.gauge(
        "rigshift_record_size_bytes", "The record's files.", samples(self.process["record_bytes"]?.double)),
      self.gauge(
        "rigshift_record_free_bytes", "What may still be written beside the record.",
        samples(self.process["free_bytes"]?.double)),
      self.gauge(
        "process_resident_memory_bytes", "Memory of the program that is in RAM.",
        samples(self.process["resident_bytes"]?.double)),
      MetricFamily(
        name: "process_cpu_seconds_total", kind: .counter, help: "Processor time of the program.",
        samples: samples(self.process["cpu_s"]?.double)),
      self.gauge(
        "process_start_time_seconds", "When the program was started, since 1970.",
        samples(started.map { Double($0.milliseconds) / 1000 })),
    ]
  }

  // MARK: Making families

  private func gauge(_ name: String, _ help: String, _ samples: [MetricFamily.Sample]) -> MetricFamily {
    MetricFamily(name: name, kind: .gauge, help: help, samples: samples)
  }

  /// A truth value of the status.
  private func gauge(_ name: String, _ help: String, of field: String) -> MetricFamily {
    self.gauge(name, help, self.status[field]?.bool.map { [.init(value: $0 ? 1 : 0)] } ?? [])
  }

  private func counter(_ name: String, _ help: String, of field: String) -> MetricFamily {
    MetricFamily(name: name, kind: .counter, help: help, samples: self.scaled(field, by: 1))
  }

  private func scaled(_ field: String, by factor: Double) -> [MetricFamily.Sample] {
    self.status[field]?.double.map { [.init(value: $0 * factor)] } ?? []
  }

  private static func counted(_ names: [String]) -> [(name: String, count: Int)] {
    Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }.map {
      ($0.key, $0.value)
    }
  }

  private static func seconds(_ time: Duration) -> Double {
    Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
  }
}
