import Certificates
import Cryptography
import Foundation
import JSONText
import ProgramTesting
import Testing

/// A Python that has the package `cryptography`, or the one of the machine for scripts that need nothing.
enum Python {
  /// Of `.dependencies/test-venv`, which `Tests/EvidenceTests/Python/setup` makes, or the machine's own.
  static let withCryptography: String? = {
    let own = "\(PackageFiles.root)/.dependencies/test-venv/bin/python3"
    return [own, "python3"].first { python in
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [python, "-c", "import cryptography"]
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { return false }
      process.waitUntilExit()
      return process.terminationStatus == 0
    }
  }()
}

/// Our notes and proofs in the eyes of a verifier that shares no line with ours.
@Suite(
  .enabled(
    if: Python.withCryptography != nil,
    "no Python with the package cryptography; Tests/EvidenceTests/Python/setup makes one"))
struct IndependentTests {
  private struct Case {
    var value: JSONValue
    var isGood: Bool
  }

  private static func text(_ value: String) -> JSONValue { .string(value) }

  /// Runs the cases through the verifier and expects each verdict.
  private static func judge(_ cases: [Case]) async throws {
    let folder = try TemporaryFolder()
    let input = try folder.write(cases.map { $0.value.text() + "\n" }.joined(), to: "cases")
    let script = "\(PackageFiles.root)/Tests/EvidenceTests/Python/independent_verifier.py"
    let verdicts = try await Program.session {
      let python = try ChildProcess(
        "/bin/sh", ["-c", "exec \"$1\" \"$2\" < \"$3\"", "sh", Python.withCryptography ?? "", script, input])
      #expect(try python.waitForEnd() == .exited(0), "\(python.errorText)")
      return String(decoding: python.output, as: UTF8.self).split(separator: "\n").map(String.init)
    }
    try #require(verdicts.count == cases.count)
    for (one, verdict) in zip(cases, verdicts) {
      #expect((verdict == "accepted") == one.isGood, "\(verdict): \(one.value.text())")
    }
  }

  @Test func `checkpoints, cosignatures and proofs are accepted, and altered ones refused`() async throws {
    let shared = try await SimulatedRecord.shared()
    let note = try await Program.run(["certificates", "checkpoint", "--database", shared.database]).text
    let witness = Ed25519PrivateKey.generate()
    let witnessKey = try #require(
      NoteKey(name: "witness.example/w1", algorithm: .cosignature, publicKey: witness.publicKey))
    var cosigned = try SignedNote(note)
    cosigned.add(Cosignature.make(for: cosigned, name: witnessKey.name, key: witness, time: 1_750_000_000))
    let kept = try shared.folder.write(cosigned.text, to: "cosigned.note")
    let keys = JSONValue.array([.string(shared.key), .string(witnessKey.text)])
    var cases: [Case] = []
    func add(_ kind: String, _ text: String, _ isGood: Bool, _ more: [JSONValue.Member] = []) {
      cases.append(
        Case(
          value: .object(
            [.init("kind", .string(kind)), .init("text", .string(text)), .init("keys", keys)] + more),
          isGood: isGood))
    }
    add("note", cosigned.text, true)
    add("note", note, false)  // without the witness
    for altered in Self.alterations(of: cosigned.text) { add("note", altered, false) }
    for sequence in [1, 2, 17, 100] {
      let proof = try await Program.run([
        "certificates", "prove", "\(sequence)", "--database", shared.database, "--checkpoint", kept,
      ]).text
      let leaf = JSONValue.Member("leaf", .string(Base64.text(try #require(try TlogProof(proof).extra))))
      add("proof", proof, true, [leaf])
      add("proof", proof, false, [.init("leaf", .string(Base64.text(Array("{}".utf8))))])
      for altered in Self.alterations(of: proof) where !altered.contains("extra X") {
        add("proof", altered, false, [leaf])
      }
    }
    try await Self.judge(cases)
    #expect(cases.count > 40)
  }

  @Test func `consistency proofs between any two sizes are accepted, and altered ones refused`() async throws
  {
    let key = Ed25519PrivateKey.generate()
    let origin = "log.example"
    let logKey = try #require(NoteKey(name: origin, algorithm: .ed25519, publicKey: key.publicKey))
    var nodes: [TreeNode.Place: Digest] = [:]
    var tree = TreeFrontier()
    var roots = [tree.root]
    for index in 0..<40 {
      let leaf = MerkleHash.leaf([UInt8(index)])
      nodes[TreeNode.Place(level: 0, index: Int64(index))] = leaf
      for node in tree.append(leaf: leaf) { nodes[node.place] = node.hash }
      roots.append(tree.root)
    }
    var cases: [Case] = []
    for second in [1, 2, 7, 8, 31, 32, 33, 40] {
      var note = SignedNote(
        body: LogCheckpoint(origin: origin, size: Int64(second), root: roots[second]).body)
      note.sign(name: origin, key: key)
      for first in 1...second {
        let proof = MerkleProof.consistency(first: Int64(first), second: Int64(second)) {
          nodes[$0] ?? MerkleHash.empty
        }
        let request = WitnessRequest(oldSize: Int64(first), consistency: proof, checkpoint: note)
        for (old, isGood) in [(roots[first], true), (roots[first - 1], false)] {
          cases.append(
            Case(
              value: .object([
                .init("kind", "consistency"), .init("text", .string(request.text)),
                .init("keys", .array([.string(logKey.text)])),
                .init("old_root", .string(old.base64)),
              ]), isGood: isGood))
        }
      }
    }
    try await Self.judge(cases)
  }

  /// The text with each of its lines changed somehow.
  private static func alterations(of text: String) -> [String] {
    let lines = text.components(separatedBy: "\n")
    return lines.indices.filter { !lines[$0].isEmpty }.map { index in
      var lines = lines
      let line = lines[index]
      if line.hasPrefix("\u{2014}") {
        let words = line.components(separatedBy: " ")
        var bytes = Base64.bytes(words[2]) ?? []
        bytes[20] ^= 1
        lines[index] = "\(words[0]) \(words[1]) \(Base64.text(bytes))"
      } else if line.hasPrefix("extra ") {
        lines[index] = "extra X"
      } else if let bytes = Base64.bytes(line), bytes.count == 32 {
        lines[index] = Base64.text([bytes[0] ^ 1] + bytes.dropFirst())
      } else {
        lines[index] = line + "1"
      }
      return lines.joined(separator: "\n")
    }
  }
}
