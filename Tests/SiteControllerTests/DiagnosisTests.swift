import Quantities
import SiteController
import Testing

/// What an examination of a computer means.
struct DiagnosisTests {
  /// A computer on which nothing is wrong.
  private static func healthy(_ change: (inout Examination) -> Void = { _ in }) -> Examination {
    var examination = Examination(
      isSimulated: false, wall: ISO8601.instant("2026-03-01T12:00:00Z")!,  // a valid constant
      isSynchronised: true, trustsBatteryClock: false,
      ports: [
        .init(
          bus: "hall", path: "/dev/serial/by-id/usb-1", state: .ready, lastingName: "/dev/serial/by-id/usb-1")
      ],
      pins: [.init(use: "rig s19-1", state: .free)],
      secrets: [.init(use: "broker password", path: "/etc/rigshift/mqtt", state: .good)],
      folder: "/var/lib/rigshift", folderExists: true, folderIsWritable: true, freeBytes: 8 << 30,
      controllerRuns: true, holderRuns: true, needsHolder: true, certificateDays: 400)
    change(&examination)
    return examination
  }

  @Test func `a healthy computer has nothing to mend`() {
    let diagnosis = Diagnosis(Self.healthy())
    #expect(!diagnosis.willFail)
    #expect(diagnosis.findings.allSatisfy { $0.severity == .ok && $0.remedy.isEmpty })
    #expect(diagnosis.findings.count == 8)
  }

  struct Trouble: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let change: @Sendable (inout Examination) -> Void
    let severity: Diagnosis.Severity
    /// What stands in the finding or its remedy.
    let words: String

    init(
      _ name: String, _ severity: Diagnosis.Severity, _ words: String,
      _ change: @escaping @Sendable (inout Examination) -> Void
    ) {
      self.testDescription = name
      self.change = change
      self.severity = severity
      self.words = words
    }
  }

  static let troubles: [Trouble] = [
    Trouble("a clock never set", .error, "it was never set") { $0.wall = UTCInstant(milliseconds: 0) },
    Trouble("a clock without NTP", .warning, "systemd-timesyncd") { $0.isSynchronised = false },
    Trouble("no folder yet", .warning, "the service makes it") { $0.folderExists = false },
    Trouble("a folder of somebody else", .error, "sudo -u rigshift") { $0.folderIsWritable = false },
    Trouble("a disk that is full", .error, "20 MiB are free") { $0.freeBytes = 20 << 20 },
    Trouble("a disk that fills", .warning, "make room within weeks") { $0.freeBytes = 700 << 20 },
    Trouble("a password that others read", .error, "chmod 600 /etc/rigshift/mqtt") {
      $0.secrets[0].state = .open
    },
    Trouble("a password that is missing", .error, "is not there") { $0.secrets[0].state = .missing },
    Trouble("an adapter that is unplugged", .error, "plug the adapter in") { $0.ports[0].state = .missing },
    Trouble("an adapter of root alone", .error, "group dialout") { $0.ports[0].state = .noPermission },
    Trouble("an adapter by its number", .warning, "name it /dev/serial/by-id/usb-1") {
      $0.ports[0].path = "/dev/ttyUSB0"
    },
    Trouble("a pin that another program has", .error, "held by \"lcd\"") {
      $0.pins[0].state = .held(by: "lcd")
    },
    Trouble("a pin held by a stray process", .error, "held by \"rigshift\"") {
      $0.pins[0].state = .held(by: "rigshift")
      $0.holderRuns = false
    },
    Trouble("another computer", .error, "no GPIO chip is labelled") {
      $0.pins[0].state = .unusable("no GPIO chip is labelled \"x\"")
    },
    Trouble("no relay holder", .warning, "start rigshift-relays") { $0.holderRuns = false },
    Trouble("no controller", .warning, "systemctl start rigshift") { $0.controllerRuns = false },
    Trouble("a certificate that ended", .error, "ended") { $0.certificateDays = -1 },
    Trouble("a certificate that ends", .warning, "ends in 5 days") { $0.certificateDays = 5 },
  ]

  @Test(arguments: Self.troubles)
  func `what is wrong is found, and how to mend it said`(_ trouble: Trouble) {
    let diagnosis = Diagnosis(Self.healthy(trouble.change))
    #expect(diagnosis.willFail == (trouble.severity == .error))
    #expect(
      diagnosis.findings.contains {
        $0.severity == trouble.severity && ($0.text + " " + $0.remedy).contains(trouble.words)
      }, "\(diagnosis.findings)")
  }

  @Test func `the relay holder's own pins are as they should be`() {
    let diagnosis = Diagnosis(Self.healthy { $0.pins[0].state = .held(by: "rigshift") })
    #expect(!diagnosis.willFail)
  }

  @Test func `a simulated site needs no hardware`() {
    let diagnosis = Diagnosis(
      Self.healthy {
        $0.isSimulated = true
        $0.ports[0].state = .missing
        $0.holderRuns = false
      })
    #expect(!diagnosis.willFail && diagnosis.findings.allSatisfy { $0.severity == .ok })
  }
}
