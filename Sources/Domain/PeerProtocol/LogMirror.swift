public import Certificates
public import Cryptography
import JSONText
import Quantities

/// Continues a copy of another site's log, and takes nothing that the site has not signed.
public enum LogMirror {
  /// Why a batch does not continue the copy.
  public enum Refusal: Error, Sendable, Hashable {
    /// It begins elsewhere; the copy wants this number next.
    case notNext(Int64)
    /// An entry is none.
    case malformed(sequence: Int64, String)
    /// The checkpoint is not signed by the log's key.
    case unsigned
    /// The entries are not those of the checkpoint, or what is here already is not. With a signed note over what is here
    /// this proves a fork.
    case notAsSigned
  }

  /// What the copy gains. `head` is its present end, nil for an empty one; `publicKey` the site's.
  public static func extend(
    _ head: LogHead?, by batch: EntryBatch, publicKey: Ed25519PublicKey
  ) throws(Refusal) -> LogAppend {
    let next = (head?.size ?? 0) + 1
    guard batch.first == next else { throw .notNext(next) }
    let checkpoint: LogCheckpoint
    do throws(NoteError) { checkpoint = try LogCheckpoint(body: batch.note.body) } catch { throw .unsigned }
    var copy: LogHead
    if let head {
      copy = head
    } else {
      copy = LogHead(
        origin: checkpoint.origin, publicKey: publicKey, frontier: TreeFrontier(),
        lastHash: CertificateChain.firstPrevious, lastIssued: UTCInstant(milliseconds: .min),
        settledUntil: nil, plans: [])
    }
    guard let key = NoteKey(name: copy.origin, algorithm: .ed25519, publicKey: publicKey),
      batch.note.verdict(key) == .signed(time: nil)
    else { throw .unsigned }
    var entries: [LogEntry] = []
    var nodes: [TreeNode] = []
    for data in batch.entries { entries.append(try Self.append(data, &copy, &nodes)) }
    guard checkpoint.origin == copy.origin, checkpoint.size == copy.size,
      checkpoint.root == copy.frontier.root
    else { throw .notAsSigned }
    return LogAppend(entries: entries, nodes: nodes, checkpoint: batch.note, head: copy)
  }

  private static func append(
    _ data: [UInt8], _ head: inout LogHead, _ nodes: inout [TreeNode]
  ) throws(Refusal) -> LogEntry {
    let sequence = head.size + 1
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue.parse(data) } catch {
      throw .malformed(sequence: sequence, "\(error)")
    }
    guard value.canonicalBytes == data, value["seq"] == .integer(sequence),
      let kind = value["kind"]?.string.flatMap({ EntryKind(rawValue: $0) }),
      let issuedAt = value["issued_at"]?.string
    else { throw .malformed(sequence: sequence, "no canonical entry with kind, number and time") }
    let slot = kind == .interval ? Self.slot(value) : nil
    var plan: Int64?
    if kind == .schedule, case .integer(let id)? = value["plan_id"] { plan = id }
    let certificate = CertificateChain.link(
      sequence: sequence, previousHash: head.lastHash, issuedAt: issuedAt, data: data)
    nodes += head.frontier.append(leaf: MerkleHash.leaf(data))
    head.lastHash = certificate.certificateHash
    head.lastIssued = ISO8601.instant(issuedAt) ?? head.lastIssued
    head.settledUntil = slot?.end ?? head.settledUntil
    if let plan { head.plans.append(LogHead.PlanPlace(planID: plan, sequence: sequence)) }
    if head.plans.count > LogHead.mostPlans { head.plans.removeFirst() }
    return LogEntry(certificate: certificate, kind: kind, slot: slot, planID: plan)
  }

  private static func slot(_ value: JSONValue) -> Slot? {
    guard let start = value["slot_start"]?.string.flatMap({ ISO8601.instant($0) }),
      let end = value["slot_end"]?.string.flatMap({ ISO8601.instant($0) })
    else { return nil }
    return Slot(start: start, end: end)
  }
}
