public import JSONText

/// A certificate as one line of JSON with the columns of its row: what GridShift's rows look like, and what travels in an
/// evidence file.
extension Certificate {
  public var row: JSONValue {
    .object([
      .init("seq", .integer(self.sequence)), .init("issued_at", .string(self.issuedAt)),
      .init("prev_hash", .string(self.previousHash)), .init("payload_hash", .string(self.payloadHash)),
      .init("cert_hash", .string(self.certificateHash)),
      .init("data_json", .string(String(decoding: self.data, as: UTF8.self))),
    ])
  }

  /// Nil unless every column is there; `issued_at` may be missing, since nothing in GridShift's chain depends on it.
  public init?(row: JSONValue) {
    guard case .integer(let sequence)? = row["seq"], let previous = row["prev_hash"]?.string,
      let payload = row["payload_hash"]?.string, let hash = row["cert_hash"]?.string,
      let data = row["data_json"]?.string
    else { return nil }
    self.init(
      sequence: sequence, issuedAt: row["issued_at"]?.string ?? "", previousHash: previous,
      payloadHash: payload,
      certificateHash: hash, data: Array(data.utf8))
  }
}
