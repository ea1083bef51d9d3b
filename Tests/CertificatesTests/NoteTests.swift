import Certificates
import Cryptography
import Testing

private let signature = "\u{2014} a.example AAAAAAAA\n"

@Test(arguments: [
  "", "text\n", "text\n\n", "\n" + signature, "text\n" + signature, "text\n\n" + signature.dropLast(),
  "text\n\n\u{2014} a.example AAAA\n", "text\n\n\u{2014} a+b AAAAAAAA\n", "text\n\n- a.example AAAAAAAA\n",
  "te\u{1}xt\n\n" + signature, "te\txt\n\n" + signature, "text\n\n\u{2014} a.example AAAAAAA\n",
  "text\n\n" + String(repeating: signature, count: 101),
])
func `refuses what is no note`(text: String) { #expect(throws: NoteError.self) { try SignedNote(text) } }

@Test func `a body may hold blank lines, and the last one ends it`() throws {
  let note = try SignedNote("one\n\ntwo\n\n" + signature)
  #expect(note.body == "one\n\ntwo\n")
  #expect(note.text == "one\n\ntwo\n\n" + signature)
}

@Test(arguments: [
  "", "a.example", "a.example+00000000+AAAA", "a.example+zz+AAAA", "a b+00000000+AAAA",
  "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
])
func `refuses what is no key`(text: String) { #expect(NoteKey(text) == nil) }

@Test(arguments: ["", "a\n1\n", "a\n01\nA\n", "a\n-1\nA\n", "a\n1\nAAAA\n", "\n1\nAAAA\n", "a\n+1\nAAAA\n"])
func `refuses what is no checkpoint`(body: String) {
  #expect(throws: NoteError.self) { try LogCheckpoint(body: body) }
}

@Test func `a proof file comes back as it was written`() throws {
  var note = SignedNote(body: LogCheckpoint(origin: "o", size: 3, root: MerkleHash.empty).body)
  note.sign(name: "o", key: .generate())
  for extra in [nil, Array("{}".utf8)] {
    let proof = TlogProof(
      extra: extra, index: 1, hashes: [MerkleHash.empty, MerkleHash.leaf([])], checkpoint: note)
    #expect(try TlogProof(proof.text) == proof)
  }
}

@Test(arguments: [
  "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v2\nindex 0\n\n", "c2sp.org/tlog-proof@v1\nindex 01\n\n",
  "c2sp.org/tlog-proof@v1\nextra x\nindex 0\n\n", "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n",
  "c2sp.org/tlog-proof@v1\nindex 0\n",
])
func `refuses what is no proof file`(text: String) { #expect(throws: NoteError.self) { try TlogProof(text) } }
