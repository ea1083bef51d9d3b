import Certificates
import Cryptography
import JSONText
import LinuxHost
import Ports
import Quantities
import SQLiteStore

/// `rigshift certificates list`, `show`, `checkpoint` and `key`.
enum CertificateListing {
  static func list(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    let limit = try arguments.integer("limit", in: 1...1_000_000, default: 50)
    let kind = arguments["kind"].map { EntryKind(rawValue: $0) }
    if case .some(nil) = kind {
      throw .init(message: "--kind is one of \(EntryKind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    guard let open = OpenLog(arguments) else { return 1 }
    return answering(open.path) { () throws(StoreError) in
      let size = try open.log.size()
      var shown: [Certificate] = []
      // Of one kind there may be few: then the whole log is looked through.
      let from = kind == nil ? max(1, size - Int64(limit) + 1) : 1
      try open.log.forEach(from: from) { certificate, _ in
        guard kind == nil || Self.value(certificate)["kind"]?.string == kind??.rawValue else { return true }
        shown.append(certificate)
        if shown.count > limit { shown.removeFirst() }
        return true
      }
      if arguments.has("json") {
        print(JSONValue.array(shown.reversed().map(\.row)).text(pretty: true))
      } else {
        for certificate in shown.reversed() { print(Self.line(certificate)) }
        print("\(size) certificates in \(open.path)")
      }
      return 0
    }
  }

  static func show(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    let sequence = try arguments.sequence()
    guard let open = OpenLog(arguments) else { return 1 }
    return answering(open.path) { () throws(StoreError) in
      guard let certificate = try open.log.certificate(sequence) else {
        tell("there is no certificate \(sequence) in \(open.path); it has \(try open.log.size())")
        return 1
      }
      if arguments.has("json") {
        print(certificate.row.text())
      } else {
        print(Self.value(certificate).text(pretty: true))
        print("payload  \(certificate.payloadHash)\nhash     \(certificate.certificateHash)")
        print(
          "after    \(certificate.previousHash)\nleaf     \(MerkleHash.leaf(certificate.data).hexadecimal)")
      }
      return 0
    }
  }

  /// The newest signed checkpoint, to be kept somewhere else.
  static func checkpoint(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let open = OpenLog(arguments) else { return 1 }
    return answering(open.path) { () throws(StoreError) in
      guard let note = try open.log.newestNote() else {
        tell("\(open.path) has no checkpoint yet")
        return 1
      }
      print(
        arguments.has("json") ? JSONValue.object([.init("checkpoint", .string(note))]).text() : note,
        terminator: "")
      if arguments.has("json") { print() }
      return 0
    }
  }

  /// The key that others verify the log with, as the log names it.
  static func key(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let open = OpenLog(arguments) else { return 1 }
    return answering(open.path) { () throws(StoreError) in
      guard let genesis = try open.genesis() else {
        tell("\(open.path) has no log yet")
        return 1
      }
      print(
        arguments.has("json")
          ? JSONValue.object([.init("key", .string(genesis.key.text))]).text() : genesis.key.text)
      return 0
    }
  }

  /// The data as JSON; `null` for what cannot be read.
  static func value(_ certificate: Certificate) -> JSONValue {
    (try? JSONValue.parse(certificate.data, limits: JSONLimits(keepsBigIntegers: true))) ?? .null
  }

  /// One line: number, time, kind, and what matters most of the rest.
  static func line(_ certificate: Certificate) -> String {
    let value = Self.value(certificate)
    let kind = value["kind"]?.string ?? "certificate"
    return "\(certificate.sequence)".leftPadded(to: 7) + "  "
      + (value["issued_at"]?.string ?? certificate.issuedAt).padded(to: 24) + "  " + kind.padded(to: 10)
      + "  "
      + Self.gist(value, EntryKind(rawValue: kind))
  }

  private static func gist(_ value: JSONValue, _ kind: EntryKind?) -> String {
    func figure(_ name: String, _ unit: String) -> String {
      "\(value[name]?.double.map { $0.text(places: 2) } ?? "-") \(unit)"
    }
    switch kind {
    case .interval:
      guard value["quality"]?.string != "unmetered" else {
        return "\(value["slot_start"]?.string ?? "") to \(value["slot_end"]?.string ?? ""): not metered"
      }
      return "\(value["slot_start"]?.string ?? "")  import \(figure("import_kwh", "kWh")), "
        + "rigs \(figure("rigs_kwh", "kWh")), renewable \(figure("renewable_rigs_kwh", "kWh"))"
    case .schedule: return "plan \(value["plan_id"]?.int ?? 0), \(value["rung"]?.string ?? "")"
    case .event: return "\(value["event"]?.string ?? "") \(value["text"]?.string ?? "")"
    case .genesis: return value["origin"]?.string ?? ""
    case .settlement, nil: return certificate(value)
    }
  }

  /// GridShift's own certificates state a day's plan.
  private static func certificate(_ value: JSONValue) -> String {
    guard let date = value["date"]?.string else { return "" }
    return "\(date)  "
      + (value.object ?? []).filter { $0.value.double != nil }
      .map { "\($0.name) \($0.value.canonicalText)" }.joined(separator: ", ")
  }
}

extension Arguments {
  /// The number after the subcommand's word.
  func sequence() throws(UsageError) -> Int64 {
    guard self.words.count == 2, let sequence = Int64(self.words[1]), sequence >= 1 else {
      throw UsageError(message: "certificates \(self.words[0]) needs a number, such as 17")
    }
    return sequence
  }
}
