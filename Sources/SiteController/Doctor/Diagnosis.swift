public import JSONText
import Quantities

/// What an examination means: what is well, what may fail, what will, and how to mend it.
public struct Diagnosis: Sendable {
  public enum Severity: String, Sendable, Hashable { case ok, warning, error }

  public struct Finding: Sendable, Hashable {
    public var severity: Severity
    public var subject: String
    public var text: String
    /// Empty where nothing has to be done.
    public var remedy: String

    public var json: JSONValue {
      [
        "severity": .string(self.severity.rawValue), "subject": .string(self.subject),
        "text": .string(self.text),
        "remedy": .string(self.remedy),
      ]
    }
  }

  public private(set) var findings: [Finding] = []
  public var willFail: Bool { self.findings.contains { $0.severity == .error } }

  /// A clock before this was never set: the first version of the program is younger.
  private static let earliest = ISO8601.instant("2025-01-01T00:00:00Z") ?? UTCInstant(milliseconds: 0)
  /// Below it the record of a year may not fit, below a tenth of it not the one of a month.
  private static let roomy: UInt64 = 1 << 30

  public init(_ examination: Examination) {
    self.judgeClock(examination)
    self.judgeFolder(examination)
    for secret in examination.secrets { self.judge(secret) }
    guard !examination.isSimulated else {
      self.add(.ok, "hardware", "is simulated, so no port and no pin is needed")
      return
    }
    for port in examination.ports { self.judge(port) }
    for pin in examination.pins { self.judge(pin, isHolderUp: examination.holderRuns) }
    self.judgeProcesses(examination)
    if let days = examination.certificateDays {
      switch days {
      case ..<0:
        self.add(
          .error, "certificate", "of the web interface ended", "restart the service, or renew your own")
      case 0..<21:
        self.add(
          .warning, "certificate", "of the web interface ends in \(days) days",
          "restart the service, or renew your own")
      case _: self.add(.ok, "certificate", "of the web interface is good for \(days) days")
      }
    }
  }

  private mutating func add(_ severity: Severity, _ subject: String, _ text: String, _ remedy: String = "") {
    self.findings.append(Finding(severity: severity, subject: subject, text: text, remedy: remedy))
  }

  private mutating func judgeClock(_ examination: Examination) {
    guard examination.wall >= Self.earliest else {
      return self.add(
        .error, "clock", "shows \(ISO8601.string(examination.wall)), so it was never set",
        "set it, or let NTP do that; until then rigs keep their fallback")
    }
    guard !examination.isSynchronised else { return self.add(.ok, "clock", "is synchronised") }
    if examination.trustsBatteryClock {
      self.add(.ok, "clock", "is not synchronised, and the site file trusts its battery")
    } else {
      self.add(
        .warning, "clock", "is not synchronised",
        "start systemd-timesyncd or another NTP service; until then rigs keep their fallback, or say "
          + "`rigshift clock confirm`")
    }
  }

  private mutating func judgeFolder(_ examination: Examination) {
    guard examination.folderExists else {
      return self.add(
        .warning, "record", "\(examination.folder) is not there yet", "the service makes it when it starts")
    }
    guard examination.folderIsWritable else {
      return self.add(
        .error, "record", "\(examination.folder) cannot be written by this user",
        "run doctor as the service does: sudo -u rigshift rigshift doctor")
    }
    switch examination.freeBytes {
    case nil: self.add(.warning, "record", "how much room there is cannot be seen", "look with df")
    case let free? where free < Self.roomy / 10:
      self.add(
        .error, "record", "\(free >> 20) MiB are free in \(examination.folder)",
        "make room: a record that cannot be written puts rigs in their fallback")
    case let free? where free < Self.roomy:
      self.add(
        .warning, "record", "\(free >> 20) MiB are free in \(examination.folder)", "make room within weeks")
    case let free?: self.add(.ok, "record", "\(free >> 30) GiB are free in \(examination.folder)")
    }
  }

  private mutating func judge(_ secret: Examination.Secret) {
    switch secret.state {
    case .good: self.add(.ok, secret.use, "\(secret.path) is there and nobody else may read it")
    case .missing:
      self.add(.error, secret.use, "\(secret.path) is not there", "put the secret into it, mode 600")
    case .open:
      self.add(.error, secret.use, "\(secret.path) may be read by others", "chmod 600 \(secret.path)")
    case .noPermission:
      self.add(
        .error, secret.use, "\(secret.path) cannot be read by this user",
        "give it to the service: chown rigshift \(secret.path)")
    }
  }

  private mutating func judge(_ port: Examination.Port) {
    let subject = "bus \(port.bus)"
    switch port.state {
    case .missing:
      self.add(
        .error, subject, "\(port.path) is not there",
        "plug the adapter in; ls /dev/serial/by-id shows what there is")
    case .noPermission:
      self.add(
        .error, subject, "\(port.path) cannot be opened by this user",
        "put the user into the group dialout, or run doctor as the service does: sudo -u rigshift rigshift doctor"
      )
    case .noTerminal: self.add(.error, subject, "\(port.path) is no serial port", "name the right one")
    case .ready:
      guard !port.path.hasPrefix("/dev/serial/"), let lasting = port.lastingName else {
        return self.add(.ok, subject, "\(port.path) can be opened")
      }
      self.add(
        .warning, subject, "\(port.path) may be another adapter after the next start", "name it \(lasting)")
    }
  }

  private mutating func judge(_ pin: Examination.Pin, isHolderUp: Bool) {
    switch pin.state {
    case .free: self.add(.ok, pin.use, "its pin is free")
    case .held(let user) where user == "rigshift" && isHolderUp:
      self.add(.ok, pin.use, "its pin is held by the relay holder")
    case .held(let user):
      self.add(
        .error, pin.use, "its pin is held by \"\(user)\"",
        "stop that program, or free the pin in the board's overlays")
    case .unusable(let why): self.add(.error, pin.use, why, "")
    }
  }

  private mutating func judgeProcesses(_ examination: Examination) {
    if examination.holderRuns {
      self.add(.ok, "relay holder", "runs")
    } else if examination.needsHolder {
      self.add(.warning, "relay holder", "does not run", "systemctl start rigshift-relays")
    }
    if examination.controllerRuns {
      self.add(.ok, "controller", "runs")
    } else {
      self.add(.warning, "controller", "does not run", "systemctl start rigshift")
    }
  }
}
