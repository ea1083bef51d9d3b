import Certificates
import JSONText
import ProgramTesting
import Testing

/// GridShift's chain, in `golden/gridshift_cert_chain.json`.
@Suite(.enabled(if: SharedData.isPresent, "no shared/data beside the repository"))
struct GoldenChainTests {
  private let golden: JSONValue

  init() throws { self.golden = try SharedData.json("golden/gridshift_cert_chain.json") }

  private static func chain(_ value: JSONValue?) throws -> [Certificate] {
    try (value?.array ?? []).map { row in
      Certificate(
        sequence: Int64(try #require(row["seq"]?.int)), issuedAt: "",
        previousHash: try #require(row["prev_hash"]?.string),
        payloadHash: try #require(row["payload_hash"]?.string),
        certificateHash: try #require(row["cert_hash"]?.string),
        data: Array(try #require(row["data_json"]?.string).utf8))
    }
  }

  @Test func `payloads, hashes and links come out as GridShift makes them`() throws {
    let chain = try Self.chain(self.golden["chain"])
    let payloads = try #require(self.golden["payloads"]?.array)
    try #require(chain.count == 4 && payloads.count == 4)
    var previous = CertificateChain.firstPrevious
    for (payload, expected) in zip(payloads, chain) {
      // The third payload has a note whose escapes the chain's data spell out, DEL among them.
      let data = payload.canonicalBytes
      let made = CertificateChain.link(
        sequence: expected.sequence, previousHash: previous, issuedAt: "", data: data)
      #expect(made == expected)
      previous = made.certificateHash
    }
    #expect(CertificateChain.firstFault(in: chain) == nil)
  }

  @Test func `data read and written again are the same bytes`() throws {
    for certificate in try Self.chain(self.golden["chain"]) {
      let value = try JSONValue.parse(certificate.data, limits: JSONLimits(keepsBigIntegers: true))
      #expect(value.canonicalBytes == certificate.data)
    }
  }

  @Test func `each tampering breaks at the number where GridShift says it breaks`() throws {
    let cases = try #require(self.golden["tampered"]?.array)
    try #require(cases.count == 5)
    for tampered in cases {
      let fault = CertificateChain.firstFault(in: try Self.chain(tampered["chain"]))
      #expect((fault == nil) == tampered["valid"]?.bool)
      #expect(
        fault?.sequence == tampered["broken_at_seq"]?.int.map(Int64.init), "\(tampered["name"]?.string ?? "")"
      )
    }
  }
}
