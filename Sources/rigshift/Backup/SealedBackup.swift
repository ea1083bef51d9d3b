import Cryptography
import LinuxHost

/// A backup under a passphrase: the site's key, if it is to be in it, and its database.
///
/// Eight bytes of name, sixteen of salt, then pieces sealed one by one. Inside: the length of the key's text in four
/// bytes, the key's text, the database.
enum SealedBackup {
  static let magic = Array("RIGSBAK1".utf8)
  private static let pieceBytes = 1 << 18
  /// A key file has about 120 bytes.
  private static let longestKey = 4096

  static func write(database: String, key: String?, passphrase: String, to path: String) throws {
    let salt = secureRandomBytes(SealedPieces.saltByteCount)
    let sealing = SealedPieces(passphrase: passphrase, salt: salt)
    let source = try PieceFile(reading: database)
    let target = try PieceFile(creating: path)
    try target.write(Self.magic + salt)
    let text = Array((key ?? "").utf8)
    var piece = (0..<4).map { UInt8(truncatingIfNeeded: text.count >> (24 - 8 * $0)) } + text
    var number: UInt32 = 0
    while true {
      piece += try source.read(Self.pieceBytes - piece.count)
      let next = try source.read(Self.pieceBytes)
      try target.write(sealing.seal(piece, number: number, isLast: next.isEmpty))
      if next.isEmpty { break }
      piece = next
      number += 1
    }
    try target.sync()
  }

  /// Opens a backup: the database goes to a new file at `database`, the key's text is returned, nil when there is none.
  static func read(_ path: String, passphrase: String, database: String) throws -> String? {
    let source = try PieceFile(reading: path)
    guard try source.read(Self.magic.count) == Self.magic else {
      throw BackupError("\(path) is no backup of RigShift")
    }
    let salt = try source.read(SealedPieces.saltByteCount)
    guard salt.count == SealedPieces.saltByteCount else { throw BackupError("\(path) is cut off") }
    let sealing = SealedPieces(passphrase: passphrase, salt: salt)
    let target = try PieceFile(creating: database)
    var key: String?
    var number: UInt32 = 0
    var sealed = try source.read(Self.pieceBytes + SealedPieces.overhead)
    while true {
      let next = try source.read(Self.pieceBytes + SealedPieces.overhead)
      guard var piece = sealing.open(sealed, number: number, isLast: next.isEmpty) else {
        throw BackupError(
          number == 0
            ? "the passphrase is not that of \(path), or the file is damaged"
            : "\(path) is damaged or cut off after \(number) pieces")
      }
      if number == 0 { key = try Self.takeKey(from: &piece) }
      try target.write(piece)
      if next.isEmpty { break }
      sealed = next
      number += 1
    }
    try target.sync()
    return key
  }

  private static func takeKey(from piece: inout [UInt8]) throws -> String? {
    let count = piece.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    guard piece.count >= 4 + count, count <= Self.longestKey else {
      throw BackupError("the backup holds no database")
    }
    let text = String(decoding: piece[4..<(4 + count)], as: UTF8.self)
    piece.removeFirst(4 + count)
    return text.isEmpty ? nil : text
  }
}

struct BackupError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
