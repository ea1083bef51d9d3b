import Certificates
import Cryptography
import JSONText
import LinuxHost
import Ports
import Quantities
import SQLiteStore
import SiteFiles

/// `rigshift certificates prove` and `export`: files that prove entries to somebody who has neither the database nor the
/// site.
enum ProofExport {
  static func prove(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    let sequence = try arguments.sequence()
    guard let open = OpenLog(arguments), let checkpoint = Self.checkpoint(arguments, open) else { return 1 }
    return answering(open.path) { () throws(StoreError) in
      guard sequence <= checkpoint.size, let certificate = try open.log.certificate(sequence) else {
        tell("the checkpoint covers \(checkpoint.size) certificates, and \(sequence) is none of them")
        return 1
      }
      let hashes = try MerkleProof.inclusion(index: sequence - 1, size: checkpoint.size) {
        (place) throws(StoreError) in try open.log.hash(at: place)
      }
      let proof = TlogProof(
        extra: certificate.data, index: sequence - 1, hashes: hashes, checkpoint: checkpoint.note)
      print(
        arguments.has("json")
          ? JSONValue.object([.init("tlog_proof", .string(proof.text))]).text() : proof.text,
        terminator: arguments.has("json") ? "\n" : "")
      return 0
    }
  }

  static func export(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let open = OpenLog(arguments), let checkpoint = Self.checkpoint(arguments, open) else { return 1 }
    let genesis: Genesis?
    do throws(StoreError) { genesis = try open.genesis() } catch {
      tell(error.text(path: open.path))
      return 1
    }
    guard let genesis, let zone = NamedZones.rules(named: genesis.timeZone) else {
      tell("\(open.path) has no log whose time zone is known")
      return 1
    }
    let from = try arguments.instant("from", zone: zone) ?? UTCInstant(milliseconds: .min)
    let to = try arguments.instant("to", zone: zone) ?? UTCInstant(milliseconds: .max)
    return answering(open.path) { () throws(StoreError) in
      guard let run = try open.log.intervals(from: from, to: to), run.upperBound <= checkpoint.size else {
        tell("no interval of the log begins in this time, or the checkpoint does not cover them")
        return 1
      }
      return try Self.write(run, open, checkpoint, to: arguments["output"])
    }
  }

  private static func write(
    _ run: ClosedRange<Int64>, _ open: OpenLog, _ checkpoint: (note: SignedNote, size: Int64),
    to path: String?
  ) throws(StoreError) -> Int32 {
    guard let first = try open.log.certificate(1) else { return 1 }
    let header = try EvidenceHeader.make(
      run: run, checkpoint: checkpoint.note, size: checkpoint.size, genesis: first.data
    ) { (place) throws(StoreError) in try open.log.hash(at: place) }
    do {
      let sink = try LineSink(path)
      try sink.put(header.json.text())
      var failure: (any Error)?
      try open.log.forEach(from: run.lowerBound) { certificate, _ in
        do { try sink.put(certificate.row.text()) } catch { failure = error }
        return failure == nil && certificate.sequence < run.upperBound
      }
      if let failure { throw failure }
    } catch {
      tell("\(error)")
      return 1
    }
    return 0
  }

  /// The newest checkpoint, or the one a person names: a cosigned one, perhaps.
  private static func checkpoint(_ arguments: Arguments, _ open: OpenLog) -> (note: SignedNote, size: Int64)?
  {
    do {
      let text: String
      if let path = arguments["checkpoint"] {
        text = String(decoding: try readFile(path, limit: SignedNote.maximumBytes), as: UTF8.self)
      } else {
        guard let newest = try open.log.newestNote() else {
          tell("\(open.path) has no checkpoint yet")
          return nil
        }
        text = newest
      }
      let note = try SignedNote(text)
      let size = try LogCheckpoint(body: note.body).size
      guard size <= (try open.log.size()) else {
        tell("the checkpoint covers \(size) certificates, more than \(open.path) has")
        return nil
      }
      return (note, size)
    } catch {
      tell("no usable checkpoint: \(error)")
      return nil
    }
  }
}

/// Lines to a new file, or to standard output.
private final class LineSink {
  private let file: AppendedFile?

  init(_ path: String?) throws(SystemError) {
    if let path { self.file = try AppendedFile(creating: path) } else { self.file = nil }
  }

  func put(_ line: String) throws(SystemError) {
    switch self.file {
    case .some(let file): try file.write(line + "\n")
    case .none: print(line)
    }
  }
}
