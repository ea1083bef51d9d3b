import Certificates
import Cryptography
import Foundation
import JSONText
import ProgramTesting
import Testing

/// Evidence files, in the eyes of `rigshift verify` and of the page of Python in `docs/evidence.md`.
struct EvidenceFileTests {
  private static func exported(_ shared: SimulatedRecord, in folder: TemporaryFolder, more: [String] = [])
    async throws
    -> String
  {
    let path = "\(folder.path)/evidence.jsonl"
    let run = try await Program.run(
      [
        "certificates", "export", "--database", shared.database, "--from", "2025-06-02T02:00:00Z", "--to",
        "2025-06-03", "--output", path,
      ] + more)
    #expect(run.status == .exited(0), "\(run.errorText)")
    return path
  }

  /// What `rigshift verify` answers.
  private static func verdict(_ path: String, key: String, more: [String] = []) async throws -> JSONValue {
    let run = try await Program.run(["verify", path, "--key", key, "--json"] + more)
    let value = try JSONValue.parse(run.output)
    #expect((run.status == .exited(0)) == (value["valid"] == true))
    return value
  }

  @Test func `a file proves energy, period, share and who signed and saw it`() async throws {
    let shared = try await SimulatedRecord.shared()
    let folder = try TemporaryFolder()
    let witness = Ed25519PrivateKey.generate()
    let witnessKey = try #require(
      NoteKey(name: "neighbour", algorithm: .cosignature, publicKey: witness.publicKey))
    var note = try SignedNote(
      try await Program.run(["certificates", "checkpoint", "--database", shared.database]).text)
    note.add(Cosignature.make(for: note, name: witnessKey.name, key: witness, time: 1_750_000_000))
    let kept = try folder.write(note.text, to: "cosigned.note")
    let path = try await Self.exported(shared, in: folder, more: ["--checkpoint", kept])
    let proof = try await Self.verdict(path, key: shared.key, more: ["--witness", witnessKey.text])
    #expect(proof["valid"] == true)
    #expect(proof["sums"]?["from"]?.string == "2025-06-02T02:00:00Z")
    #expect(proof["sums"]?["to"]?.string == "2025-06-02T15:00:00Z")
    #expect(proof["witnesses"]?.array?.first?["time"]?.string == "2025-06-15T15:06:40Z")
    let record = try shared.copy()
    let rigs = try record.rows(
      """
      SELECT printf('%.6f', sum(json_extract(data_json, '$.rigs_kwh'))) FROM certificates
      WHERE kind = 'interval' AND slot_start_ms >= 1748829600000 AND slot_start_ms < 1748876400000
      """)[0][0]
    #expect(abs((proof["sums"]?["rigs_kwh"]?.double ?? 0) - (Double(rigs) ?? -1)) < 1e-5)
    // In words, on a terminal.
    let words = try await Program.run(["verify", path, "--key", shared.key, "--witness", witnessKey.text])
      .text
    for word in [
      "VALID", "kWh", "matched slot by slot", "Seen by neighbour at 2025-06-15T15:06:40Z", "Yokohama",
    ] {
      #expect(words.contains(word))
    }
    // Nobody else saw it.
    let stranger = try #require(
      NoteKey(name: "other", algorithm: .cosignature, publicKey: Ed25519PrivateKey.generate().publicKey))
    #expect(
      try await Self.verdict(path, key: shared.key, more: ["--witness", stranger.text])["valid"] == false)
    #expect(try await Self.verdict(path, key: try await SimulatedRecord.stranger().key)["valid"] == false)
  }

  /// Changes to the lines of a file, none of which may pass.
  static let changes: [@Sendable ([String]) -> [String]] = [
    { $0.enumerated().filter { $0.offset != 5 }.map(\.element) },
    { Array($0.dropLast()) },
    { [$0[0]] + $0.dropFirst(2) },
    { lines in [lines[0]] + lines.dropFirst().reversed() },
    { lines in lines.map { $0.replacingOccurrences(of: "\\\"rigs_kwh\\\":", with: "\\\"rigs_kwh\\\":1") } },
    { lines in lines + [lines[lines.count - 1]] },
    { lines in lines.map { $0.replacingOccurrences(of: "\"last\":", with: "\"last\":1") } },
    { lines in lines.map { $0.replacingOccurrences(of: "Yokohama", with: "Yokosuka") } },
    { lines in lines.map { $0.replacingOccurrences(of: "\"prev_hash\":\"", with: "\"prev_hash\":\"0") } },
    { lines in
      [lines[0].replacingOccurrences(of: "\"left\":[", with: "\"left\":[\"\(MerkleHash.empty.base64)\",")]
        + lines.dropFirst()
    },
    { lines in
      [lines[0].replacingOccurrences(of: "\"right\":[", with: "\"right\":[\"\(MerkleHash.empty.base64)\",")]
        + lines.dropFirst()
    },
  ]

  @Test(arguments: changes.indices)
  func `an altered file proves nothing, to us or to a page of Python`(index: Int) async throws {
    let shared = try await SimulatedRecord.shared()
    let folder = try TemporaryFolder()
    let path = try await Self.exported(shared, in: folder)
    let lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n").dropLast()
    let altered = Self.changes[index](Array(lines))
    try #require(altered != Array(lines))
    let alteredPath = try folder.write(altered.joined(separator: "\n") + "\n", to: "altered.jsonl")
    #expect(try await Self.verdict(alteredPath, key: shared.key)["valid"] == false)
    // The page takes no interest in the log's first entry.
    if index == 7 { return }
    #expect(try await Self.page(alteredPath, shared.key, in: folder).end != .exited(0))
  }

  @Test func `the page of Python in the documentation reaches the same sum`() async throws {
    let shared = try await SimulatedRecord.shared()
    let folder = try TemporaryFolder()
    let path = try await Self.exported(shared, in: folder)
    let page = try await Self.page(path, shared.key, in: folder)
    #expect(page.end == .exited(0), "\(page.errors)")
    let ours = try await Self.verdict(path, key: shared.key)["sums"]?["renewable_rigs_kwh"]?.double ?? -1
    #expect(page.text.contains(String(format: "%.2f kWh", ours)), "\(page.text)")
    #expect(try await Self.page(path, try await SimulatedRecord.stranger().key, in: folder).end != .exited(0))
  }

  /// Runs the code block of `docs/evidence.md`.
  private static func page(_ path: String, _ key: String, in folder: TemporaryFolder) async throws
    -> (end: ChildProcess.End, text: String, errors: String)
  {
    let text = try String(contentsOfFile: "\(PackageFiles.root)/docs/evidence.md", encoding: .utf8)
    let code = try #require(
      text.components(separatedBy: "```python\n").dropFirst().first?.components(separatedBy: "```").first)
    let script = try folder.write(code, to: "check.py")
    return try await Program.session {
      let python = try ChildProcess("/usr/bin/env", ["python3", script, path, key])
      let end = try python.waitForEnd()
      return (end, String(decoding: python.output, as: UTF8.self), python.errorText)
    }
  }

  @Test func `GridShift's own chain is imported, and a broken one is not`() async throws {
    guard let folder = SharedData.folder else { return }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/golden/gridshift_cert_chain.json"))
    let golden = try JSONValue.parse(Array(bytes), limits: JSONLimits(keepsBigIntegers: true))
    let place = try TemporaryFolder()
    func file(_ rows: JSONValue?) throws -> String {
      try place.write(
        (rows?.array ?? []).map { $0.text() + "\n" }.joined(), to: "\(UInt64.random(in: 0 ... .max)).jsonl")
    }
    let good = try await Program.run(["certificates", "import", try file(golden["chain"])])
    #expect(good.status == .exited(0))
    #expect(good.text.contains("total_cost_jpy 8904.0"))
    for tampered in golden["tampered"]?.array ?? [] {
      let run = try await Program.run(["certificates", "import", try file(tampered["chain"]), "--json"])
      let value = try JSONValue.parse(run.output)
      #expect(value["valid"] == tampered["valid"])
      #expect(value["broken_at_seq"] == tampered["broken_at_seq"])
    }
  }
}
