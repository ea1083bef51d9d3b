public import Cryptography
public import JSONText

/// Why an evidence file proves nothing.
public struct EvidenceError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}

/// The first line of an evidence file; each further line is a certificate, without a gap from `first` to `last`.
///
/// The certificates' leaves, with the complete subtrees to the left of them and to the right of them up to the
/// checkpoint's size, make the root that the checkpoint signs: one proof for the whole run, read in one pass.
public struct EvidenceHeader: Sendable, Hashable {
  static let format = "rigshift-evidence-v1"

  public var first: Int64
  public var last: Int64
  /// Subtrees of the leaves before the run, left to right.
  public var left: [Digest]
  /// Subtrees of the leaves after it, left to right.
  public var right: [Digest]
  public var checkpoint: SignedNote
  /// The log's first entry and the proof that it is in the same tree: whose log it is.
  public var genesis: [UInt8]
  public var genesisProof: [Digest]

  /// Where the hashes of `left` and `right` stand in a tree of `size` leaves.
  static func leftPlaces(first: Int64) -> [TreeNode.Place] { TreeRange.places(from: 0, to: first - 1) }
  static func rightPlaces(last: Int64, size: Int64) -> [TreeNode.Place] {
    TreeRange.places(from: last, to: size)
  }

  /// Collects the proof from the nodes of a log. `checkpoint` must cover `last`.
  public static func make<Failure: Error>(
    run: ClosedRange<Int64>, checkpoint: SignedNote, size: Int64, genesis: [UInt8],
    node: (TreeNode.Place) throws(Failure) -> Digest
  ) throws(Failure) -> EvidenceHeader {
    var left: [Digest] = []
    for place in Self.leftPlaces(first: run.lowerBound) { left.append(try node(place)) }
    var right: [Digest] = []
    for place in Self.rightPlaces(last: run.upperBound, size: size) { right.append(try node(place)) }
    return EvidenceHeader(
      first: run.lowerBound, last: run.upperBound, left: left, right: right, checkpoint: checkpoint,
      genesis: genesis, genesisProof: try MerkleProof.inclusion(index: 0, size: size, node: node))
  }

  public var json: JSONValue {
    .object([
      .init("format", .string(Self.format)), .init("first", .integer(self.first)),
      .init("last", .integer(self.last)),
      .init("left", Self.list(self.left)), .init("right", Self.list(self.right)),
      .init("checkpoint", .string(self.checkpoint.text)),
      .init("genesis", .string(String(decoding: self.genesis, as: UTF8.self))),
      .init("genesis_proof", Self.list(self.genesisProof)),
    ])
  }

  private static func list(_ hashes: [Digest]) -> JSONValue { .array(hashes.map { .string($0.base64) }) }
}

extension EvidenceHeader {
  /// Whether a file that begins with this line is meant as evidence.
  public static func isHeader(_ value: JSONValue) -> Bool { value["format"]?.string == Self.format }

  /// Reads the first line; nothing is verified.
  public init(_ value: JSONValue) throws(EvidenceError) {
    guard Self.isHeader(value) else { throw EvidenceError("the first line is no header of \(Self.format)") }
    guard case .integer(let first)? = value["first"], case .integer(let last)? = value["last"], first >= 1,
      first <= last, last < 1 << 62, let note = value["checkpoint"]?.string,
      let genesis = value["genesis"]?.string
    else { throw EvidenceError("the header lacks first, last, checkpoint or genesis") }
    self.first = first
    self.last = last
    self.left = try Self.hashes(value["left"])
    self.right = try Self.hashes(value["right"])
    self.genesis = Array(genesis.utf8)
    self.genesisProof = try Self.hashes(value["genesis_proof"])
    do throws(NoteError) { self.checkpoint = try SignedNote(note) } catch {
      throw EvidenceError("the checkpoint \(error)")
    }
  }

  private static func hashes(_ value: JSONValue?) throws(EvidenceError) -> [Digest] {
    guard let list = value?.array, list.count <= 130 else {
      throw EvidenceError("the header lacks a list of hashes")
    }
    var hashes: [Digest] = []
    for element in list {
      guard let hash = element.string.flatMap({ Digest(base64: $0) }) else {
        throw EvidenceError("the header has a hash that is none")
      }
      hashes.append(hash)
    }
    return hashes
  }
}
