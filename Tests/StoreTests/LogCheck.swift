import Certificates
import Ports
import SQLiteStore

/// Recomputes the whole log of a database.
enum LogCheck {
  /// What is wrong with it, nil when it is whole, signed, and holds just what `batches` brought.
  static func fault(in path: String, vfs: String? = nil, holding batches: [RecordBatch]) -> String? {
    do throws(StoreError) {
      let log = try SQLiteLog(path: path, vfs: vfs)
      let entries = batches.compactMap(\.log).flatMap(\.entries).map(\.certificate)
      var verifier = LogVerifier(trusted: nil, checksEverySignature: true)
      var found: [Certificate] = []
      var fault: LogFinding?
      try log.forEach { certificate, note in
        found.append(certificate)
        do throws(LogFinding) { try verifier.take(certificate, note: note) } catch { fault = error }
        return fault == nil
      }
      if let fault { return "certificate \(fault.sequence): \(fault.sentence)" }
      do throws(LogFinding) { _ = try verifier.finish(beyond: nil) } catch { return error.sentence }
      return found == entries
        ? nil : "the log has \(found.count) entries and not the \(entries.count) written"
    } catch {
      return "the log cannot be read: \(error)"
    }
  }
}
