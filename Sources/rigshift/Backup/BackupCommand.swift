import Certificates
import Cryptography
import Glibc
import LinuxHost
import Ports
import SQLiteStore

/// `rigshift backup` and `rigshift restore`.
enum BackupCommand {
  static func backup(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let target = arguments.words.first else {
      throw .init(message: "backup needs the name of a new file")
    }
    let wantsKey = arguments.has("with-key")
    guard !wantsKey || arguments["passphrase-file"] != nil else {
      throw .init(message: "--with-key needs --passphrase-file: the key is never written in the clear")
    }
    guard let site = loadSite(arguments["site"] ?? defaultSitePath) else { return 1 }
    let paths = SitePaths(site: site, data: arguments["data"])
    return Self.told {
      guard access(target, F_OK) != 0 else {
        throw BackupError("\(target) is already there; name a new file")
      }
      let copy = target + ".copy"
      defer { removeFile(copy) }
      try RecordBackup.copy(paths.database, to: copy)
      if let passphrase = try Self.passphrase(arguments) {
        let key = wantsKey ? try SiteKey.load(SiteKey.path(paths))?.pem : nil
        if wantsKey && key == nil { throw BackupError("there is no key at \(SiteKey.path(paths))") }
        let sealed = target + ".partial"
        removeFile(sealed)
        defer { removeFile(sealed) }
        try SealedBackup.write(database: copy, key: key, passphrase: passphrase, to: sealed)
        try publishFile(sealed, as: target)
      } else {
        try publishFile(copy, as: target)
      }
      print("\(paths.database) is in \(target)\(wantsKey ? ", with the site's key" : "")")
    }
  }

  static func restore(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let source = arguments.words.first else { throw .init(message: "restore needs a backup") }
    guard let site = loadSite(arguments["site"] ?? defaultSitePath) else { return 1 }
    let paths = SitePaths(site: site, data: arguments["data"])
    return Self.told {
      guard access(paths.database, F_OK) != 0 else {
        throw BackupError("\(paths.database) is already there; stop the controller and move it away first")
      }
      try createFolder(paths.folder)
      let copy = paths.database + ".restoring"
      for file in [copy, copy + ".lock", copy + "-wal", copy + "-shm"] { removeFile(file) }
      defer { for file in [copy, copy + ".lock", copy + "-wal", copy + "-shm"] { removeFile(file) } }
      let key = try Self.unpack(source, to: copy, arguments)
      let size = try Self.checked(copy, arguments)
      try RecordBackup.markRestored(copy)
      if let key, access(paths.key, F_OK) != 0 { try SecretFile.create(paths.key, key) }
      try publishFile(copy, as: paths.database)
      print("\(paths.database) is back, with \(size) certificates; the next entry of its log will say so")
    }
  }

  /// The database of a backup, plain or sealed, as a file of its own; returns the key's text if it was in it.
  private static func unpack(_ source: String, to copy: String, _ arguments: Arguments) throws -> String? {
    let start = try PieceFile(reading: source).read(SealedBackup.magic.count)
    guard start == SealedBackup.magic else {
      try RecordBackup.copy(source, to: copy)
      return nil
    }
    guard let passphrase = try Self.passphrase(arguments) else {
      throw BackupError("\(source) is sealed; name the file with its passphrase with --passphrase-file")
    }
    return try SealedBackup.read(source, passphrase: passphrase, database: copy)
  }

  /// Verifies the log in the copy; returns its size. A log that somebody has seen a newer checkpoint of is not continued.
  private static func checked(_ copy: String, _ arguments: Arguments) throws -> Int64 {
    let log = try SQLiteLog(path: copy)
    guard let genesis = try log.certificate(1).flatMap({ Genesis($0.data) }) else { return try log.size() }
    var anchors: [LogCheckpoint] = []
    for path in arguments.all("checkpoint") {
      let anchor = try LogVerification.anchor(path, key: genesis.key, witnesses: [])
      guard anchor.size <= (try log.size()) else {
        throw BackupError(
          "\(path) covers \(anchor.size) certificates and the backup has \(try log.size()): to go on from it would fork "
            + "the log; find a newer backup, or begin a new record")
      }
      anchors.append(anchor)
    }
    switch try LogVerification.verify(log, trusted: nil, anchors: anchors) {
    case .success: return try log.size()
    case .failure(let finding):
      throw BackupError(
        "the log in the backup is not valid: certificate \(finding.sequence): \(finding.sentence)")
    }
  }

  /// The first line of the passphrase's file; nil when none is named.
  private static func passphrase(_ arguments: Arguments) throws -> String? {
    guard let path = arguments["passphrase-file"] else { return nil }
    var lines = try TextLines(path: path)
    guard let line = try lines.next(), !line.isEmpty else { throw BackupError("\(path) holds no passphrase") }
    return String(decoding: line, as: UTF8.self)
  }

  private static func told(_ work: () throws -> Void) -> Int32 {
    do {
      try work()
      return 0
    } catch let error as StoreError {
      tell(error.text(path: "the record"))
    } catch {
      tell("\(error)")
    }
    return 1
  }
}
