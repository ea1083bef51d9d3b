import Certificates
import Cryptography
import JSONText
import ProgramTesting
import Testing

/// Published vectors of the transparency-log formats, in `tlog/vectors.json`.
@Suite(.enabled(if: SharedData.isPresent, "no shared/data beside the repository"))
struct TlogVectorTests {
  private let vectors: JSONValue
  private let leaves: [Digest]
  private let roots: [Digest]

  init() throws {
    self.vectors = try SharedData.json("tlog/vectors.json")
    let tree = self.vectors["rfc6962"]
    self.leaves = try Self.hashes(tree?["leaf_hashes_hex"])
    self.roots = try Self.hashes(tree?["roots_hex_size_0_to_8"])
  }

  private static func hashes(_ value: JSONValue?) throws -> [Digest] {
    try #require(value?.array).map { try #require(Digest(hexadecimal: $0.string ?? "")) }
  }

  private static func text(_ value: JSONValue?) throws -> String { try #require(value?.string) }

  private func node(_ place: TreeNode.Place) -> Digest {
    var tree = TreeFrontier()
    let first = Int(place.index) << place.level
    for leaf in self.leaves[first..<(first + 1 << place.level)] { _ = tree.append(leaf: leaf) }
    return tree.root
  }

  @Test func `leaves, nodes and roots`() throws {
    let tree = try #require(self.vectors["rfc6962"])
    #expect(MerkleHash.empty.hexadecimal == tree["empty_root"]?.string)
    #expect(MerkleHash.leaf([]).hexadecimal == tree["empty_leaf_hash"]?.string)
    #expect(MerkleHash.leaf(Array("L123456".utf8)).hexadecimal == tree["leaf_L123456"]?.string)
    let inputs = try #require(tree["leaf_inputs_hex"]?.array).map {
      Hexadecimal.bytes($0.string ?? "x") ?? [1]
    }
    #expect(inputs.map { MerkleHash.leaf($0) } == self.leaves)
    var frontier = TreeFrontier()
    #expect(frontier.root == self.roots[0])
    for (index, leaf) in self.leaves.enumerated() {
      _ = frontier.append(leaf: leaf)
      #expect(frontier.root == self.roots[index + 1])
    }
  }

  @Test func `every inclusion proof`() throws {
    let proofs = try #require(self.vectors["derived_all_proofs"]?["inclusion"]?.array)
    #expect(proofs.count == 36)
    for proof in proofs {
      let (index, size) = (Int64(try #require(proof["index"]?.int)), Int64(try #require(proof["size"]?.int)))
      let expected = try Self.hashes(proof["proof_hex"])
      #expect(MerkleProof.inclusion(index: index, size: size, node: self.node) == expected)
      let (leaf, root) = (self.leaves[Int(index)], self.roots[Int(size)])
      #expect(MerkleProof.isInclusion(expected, of: leaf, index: index, size: size, root: root))
      #expect(!MerkleProof.isInclusion(expected, of: MerkleHash.empty, index: index, size: size, root: root))
      #expect(!MerkleProof.isInclusion(expected + [leaf], of: leaf, index: index, size: size, root: root))
      for other in 0..<size where other != index {
        #expect(!MerkleProof.isInclusion(expected, of: leaf, index: other, size: size, root: root))
      }
    }
  }

  @Test func `every consistency proof`() throws {
    let proofs = try #require(self.vectors["derived_all_proofs"]?["consistency"]?.array)
    #expect(proofs.count == 36)
    for proof in proofs {
      let (first, second) = (
        Int64(try #require(proof["size1"]?.int)), Int64(try #require(proof["size2"]?.int))
      )
      let expected = try Self.hashes(proof["proof_hex"])
      #expect(MerkleProof.consistency(first: first, second: second, node: self.node) == expected)
      let (old, new) = (self.roots[Int(first)], self.roots[Int(second)])
      func holds(_ proof: [Digest], _ old: Digest, _ new: Digest) -> Bool {
        MerkleProof.isConsistency(proof, first: first, second: second, firstRoot: old, secondRoot: new)
      }
      #expect(holds(expected, old, new))
      #expect(!holds(expected, old, MerkleHash.empty))
      #expect(!holds(expected, MerkleHash.empty, new))
      #expect(!holds(expected + [old], old, new))
      #expect(expected.isEmpty || !holds(Array(expected.dropLast()), old, new))
    }
  }

  @Test(arguments: ["signed_note_published", "sumdb_real_checkpoint"])
  func `published notes verify, and nothing altered does`(name: String) throws {
    let vector = try #require(self.vectors[name])
    let key = try #require(NoteKey(try Self.text(vector["vkey"])))
    let text = try Self.text(vector["note"])
    let note = try SignedNote(text)
    #expect(note.text == text)
    #expect(key.text == vector["vkey"]?.string)
    #expect(note.verdict(key) == .signed(time: nil))
    #expect(try SignedNote("X" + text).verdict(key) == .forged)
    let stranger = try #require(
      NoteKey(name: key.name, algorithm: .ed25519, publicKey: Ed25519PrivateKey.generate().publicKey))
    #expect(note.verdict(stranger) == .unsigned)
  }

  @Test func `a real checkpoint is read`() throws {
    let note = try SignedNote(try Self.text(self.vectors["sumdb_real_checkpoint"]?["note"]))
    let checkpoint = try LogCheckpoint(body: note.body)
    #expect(checkpoint.origin == "go.sum database tree")
    #expect(checkpoint.size == 20_852_163)
    #expect(checkpoint.body == note.body)
  }

  @Test func `published cosignature keys and times are read`() throws {
    let key = try #require(NoteKey(try Self.text(self.vectors["cosig_vkey_published"])))
    #expect(key.algorithm == .cosignature)
    let vector = try #require(self.vectors["cosignature_timestamp_published"])
    let blob = try #require(Base64.bytes(try Self.text(vector["sig_base64"])))
    #expect(Hexadecimal.text(blob.prefix(4)) == vector["key_id_hex"]?.string)
    #expect(blob.dropFirst(4).prefix(8).reduce(0) { $0 << 8 | Int($1) } == vector["timestamp"]?.int)
  }

  @Test func `checkpoints, cosignatures and requests come out byte for byte`() throws {
    let vector = try #require(self.vectors["derived_checkpoint"])
    let log = try #require(
      Ed25519PrivateKey(seed: Hexadecimal.bytes(try Self.text(vector["log_seed_hex"])) ?? []))
    let witness = try #require(
      Ed25519PrivateKey(seed: Hexadecimal.bytes(try Self.text(vector["witness_seed_hex"])) ?? []))
    let origin = "example.test/rig-log"
    for size in [5, 8] {
      let checkpoint = LogCheckpoint(origin: origin, size: Int64(size), root: self.roots[size])
      var note = SignedNote(body: checkpoint.body)
      note.sign(name: origin, key: log)
      #expect(note.text == vector["checkpoint_size\(size)"]?.string)
    }
    var note = try SignedNote(try Self.text(vector["checkpoint_size8"]))
    let request = WitnessRequest(
      oldSize: 5, consistency: MerkleProof.consistency(first: 5, second: 8, node: self.node), checkpoint: note
    )
    let requestText = try Self.text(vector["add_checkpoint_request_5_to_8"])
    #expect(request.text == requestText)
    #expect(try WitnessRequest(requestText) == request)

    let time = Int64(try #require(vector["cosign_timestamp"]?.int))
    let line = Cosignature.make(for: note, name: "witness.example.test/w1", key: witness, time: time)
    #expect(line.line == vector["add_checkpoint_200_body"]?.string)
    note.add(line)
    #expect(note.text == vector["cosigned_size8"]?.string)
    let logKey = try #require(NoteKey(try Self.text(vector["log_vkey"])))
    let witnessKey = try #require(NoteKey(try Self.text(vector["witness_vkey"])))
    #expect(logKey.publicKey == log.publicKey && witnessKey.publicKey == witness.publicKey)
    #expect(note.verdict(logKey) == .signed(time: nil))
    #expect(note.verdict(witnessKey) == .signed(time: time))
    // The time is signed too.
    var altered = SignedNote(body: note.body)
    var bytes = line.bytes
    bytes[11] ^= 1
    altered.add(.init(name: line.name, bytes: bytes))
    #expect(altered.verdict(witnessKey) == .forged)
  }
}
