import Certificates
import JSONText
import LinuxHost
import Quantities

/// `rigshift verify FILE`: what a proof or an evidence file proves, with nothing but keys.
enum VerifyCommand {
  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let path = arguments.words.first else { throw .init(message: "verify needs a file") }
    guard let key = try arguments.noteKeys("key").first else {
      throw .init(
        message: "verify needs --key: the site's key, which you got from the site and not with the file")
    }
    let witnesses = try arguments.noteKeys("witness")
    do {
      var lines = try TextLines(path: path)
      guard let first = try lines.next() else { throw EvidenceError("the file is empty") }
      if TlogProof.isProof(String(decoding: first, as: UTF8.self) + "\n") {
        var text = first
        while let line = try lines.next() { text += [0x0a] + line }
        try Self.verify(TlogProof(String(decoding: text + [0x0a], as: UTF8.self)), key, witnesses, arguments)
      } else {
        var verifier = try EvidenceVerifier(
          EvidenceHeader(try JSONValue.parse(first)), key: key, witnesses: witnesses)
        while let line = try lines.next() {
          if line.isEmpty { continue }
          guard let certificate = Certificate(row: try JSONValue.parse(line)) else {
            throw EvidenceError("a line is no certificate")
          }
          try verifier.take(certificate)
        }
        let proof = try verifier.finish()
        print(
          arguments.has("json")
            ? EvidenceText.json(proof, key).text(pretty: true) : EvidenceText.text(proof, key))
      }
      return 0
    } catch {
      if arguments.has("json") {
        print(JSONValue.object([.init("valid", false), .init("message", .string("\(error)"))]).text())
      } else {
        print("NOT VALID: \(error)")
      }
      return 1
    }
  }

  private static func verify(
    _ proof: TlogProof, _ key: NoteKey, _ witnesses: [NoteKey], _ arguments: Arguments
  ) throws {
    let checkpoint = try LogCheckpoint(body: proof.checkpoint.body)
    let seen = try EvidenceVerifier.seen(proof.checkpoint, checkpoint, key: key, witnesses: witnesses)
    guard let data = proof.extra else {
      throw EvidenceError("the proof does not bring the entry it is about")
    }
    guard
      MerkleProof.isInclusion(
        proof.hashes, of: MerkleHash.leaf(data), index: proof.index, size: checkpoint.size,
        root: checkpoint.root)
    else { throw EvidenceError("the entry is not number \(proof.index + 1) of what the site signed") }
    let entry = try JSONValue.parse(data, limits: JSONLimits(keepsBigIntegers: true))
    if arguments.has("json") {
      print(
        JSONValue.object([
          .init("valid", true), .init("seq", .integer(proof.index + 1)),
          .init("log_size", .integer(checkpoint.size)),
          .init("signed_by", .string(key.text)), .init("witnesses", EvidenceText.json(seen)),
          .init("entry", entry),
        ]).text(pretty: true))
      return
    }
    print("VALID: certificate \(proof.index + 1) of the \(checkpoint.size) that \(key.name) signed")
    print(EvidenceText.text(seen))
    print(entry.text(pretty: true))
  }
}
