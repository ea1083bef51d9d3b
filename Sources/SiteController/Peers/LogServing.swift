import Certificates
import PeerProtocol
import Ports

// What a site tells its peers of a log, its own or a mirror.
extension LogReader {
  /// Entries from number `first` on, as many as one exchange carries, up to a checkpoint; nil when there are none.
  func batch(from first: Int64) throws(StoreError) -> EntryBatch? {
    guard first > 0 else { return nil }
    var entries: [[UInt8]] = []
    var bytes = 0
    var end: (count: Int, note: String)?
    try self.forEach(from: first) { certificate, note in
      entries.append(certificate.data)
      bytes += certificate.data.count
      if let note { end = (entries.count, note) }
      let isFull = bytes >= EntryBatch.maximumBytes || entries.count >= EntryBatch.mostEntries
      return !(isFull && end != nil) && bytes < EntryBatch.largestEntry
    }
    guard let end else { return nil }
    do throws(NoteError) {
      return EntryBatch(
        first: first, entries: Array(entries.prefix(end.count)), note: try SignedNote(end.note))
    } catch {
      throw .failed("checkpoint: \(error)")
    }
  }

  /// What asks a witness that has seen `old` entries to cosign the newest checkpoint; nil for a log without one, or one
  /// that is shorter than what the witness has seen.
  func witnessRequest(from old: Int64) throws(StoreError) -> WitnessRequest? {
    guard let text = try self.newestNote() else { return nil }
    let note: SignedNote
    let checkpoint: LogCheckpoint
    do throws(NoteError) {
      note = try SignedNote(text)
      checkpoint = try LogCheckpoint(body: note.body)
    } catch {
      throw .failed("checkpoint: \(error)")
    }
    guard old >= 0, old <= checkpoint.size else { return nil }
    let proof = try MerkleProof.consistency(first: old, second: checkpoint.size) {
      (place) throws(StoreError) in try self.hash(at: place)
    }
    return WitnessRequest(oldSize: old, consistency: proof, checkpoint: note)
  }
}
