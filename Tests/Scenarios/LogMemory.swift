import Certificates
import Ports
import SQLiteStore

/// Somebody outside who looks at a site's log from time to time and keeps the newest checkpoint: what was once
/// acknowledged must be there ever after, unchanged.
struct LogMemory {
  private var seen: LogCheckpoint?
  private var key: NoteKey?
  private(set) var size: Int64 = 0

  /// Recomputes the log in the database at `path`; what is wrong with it, nil when nothing is.
  mutating func loss(in path: String) -> String? {
    do throws(StoreError) {
      let log = try SQLiteLog(path: path)
      var verifier = LogVerifier(
        trusted: self.key, anchors: self.seen.map { [$0] } ?? [], checksEverySignature: true)
      var fault: LogFinding?
      try log.forEach { certificate, note in
        do throws(LogFinding) { try verifier.take(certificate, note: note) } catch { fault = error }
        return fault == nil
      }
      if let fault { return "certificate \(fault.sequence): \(fault.sentence)" }
      do throws(LogFinding) {
        guard let summary = try verifier.finish(beyond: try? log.largestCheckpoint()) else { return nil }
        self.seen = LogCheckpoint(origin: summary.origin, size: summary.size, root: summary.root)
        self.key = summary.key
        self.size = summary.size
      } catch {
        return "certificate \(error.sequence): \(error.sentence)"
      }
      return nil
    } catch {
      // Killed before it had made its database.
      return self.seen == nil ? nil : "the log cannot be read: \(error)"
    }
  }
}
