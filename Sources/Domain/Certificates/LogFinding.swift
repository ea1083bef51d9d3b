public import Quantities

/// The first thing that is wrong with a log, and where.
public struct LogFinding: Error, Sendable, Hashable {
  public enum Fault: Sendable, Hashable {
    /// The data are not those that were hashed.
    case payload
    /// The certificate's hash does not fit its number, predecessor and payload.
    case hash
    /// It names another predecessor than the one before it.
    case link
    /// There is no certificate of this number.
    case missing
    /// The data are not canonical JSON of an entry.
    case malformed(String)
    /// The data belong to another number.
    case renumbered
    /// The row shows another time than the entry, or the entry is older than the one before it without saying so.
    case backdated
    /// Settlement slots without an entry.
    case slotMissing(Slot)
    /// A slot that another entry already covers.
    case slotDoubled(Slot)
    /// The log is another one's: its key, as it says itself.
    case otherLog(key: String)
    /// What is signed is not what is here. Certificates up to `through` may be meant.
    case notAsSigned(through: Int64)
    /// The checkpoint over the certificates up to `through` is not signed by the log's key.
    case badSignature(through: Int64)
    /// No checkpoint covers the certificates from here on.
    case unsigned
    /// A checkpoint covers more certificates than there are.
    case shorterThanCheckpoint(size: Int64)
  }

  /// The first bad certificate.
  public let sequence: Int64
  public let fault: Fault

  public init(sequence: Int64, fault: Fault) {
    self.sequence = sequence
    self.fault = fault
  }

  /// What is wrong, in one sentence.
  public var sentence: String {
    switch self.fault {
    case .payload: "its data are not those that were hashed"
    case .hash: "its hash is not that of its number, predecessor and data"
    case .link: "it does not link to the certificate before it"
    case .missing: "it is missing"
    case .malformed(let why): "its data are no entry of a site's log: \(why)"
    case .renumbered: "its data belong to another number"
    case .backdated:
      "it is dated before the certificate it follows, or its row shows another time than its data"
    case .slotMissing(let slot): "no entry covers \(Self.text(slot))"
    case .slotDoubled(let slot): "another entry already covers \(Self.text(slot))"
    case .otherLog(let key):
      "the log is not signed by the key expected but names \(key): another site's log, or a replaced one"
    case .notAsSigned(let last):
      self.sequence == last
        ? "it is not what the site signed"
        : "certificates \(self.sequence) to \(last) are not what the site signed"
    case .badSignature(let last): "the checkpoint over \(last) certificates is not signed by the site's key"
    case .unsigned: "no signed checkpoint covers it"
    case .shorterThanCheckpoint(let size): "it is missing: a checkpoint covers \(size) certificates"
    }
  }

  /// One word for programs.
  public var word: String {
    switch self.fault {
    case .payload: "payload"
    case .hash: "hash"
    case .link: "link"
    case .missing: "missing"
    case .malformed: "malformed"
    case .renumbered: "renumbered"
    case .backdated: "backdated"
    case .slotMissing: "slot-missing"
    case .slotDoubled: "slot-doubled"
    case .otherLog: "other-log"
    case .notAsSigned: "not-as-signed"
    case .badSignature: "bad-signature"
    case .unsigned: "unsigned"
    case .shorterThanCheckpoint: "shorter-than-checkpoint"
    }
  }

  private static func text(_ slot: Slot) -> String {
    "\(ISO8601.string(slot.start)) to \(ISO8601.string(slot.end))"
  }
}
