import Cryptography
import Testing

@Test func `hashes what FIPS 180-4 hashes, whole and in pieces`() {
  let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
  #expect(SHA256.hash("abc").hexadecimal == expected)
  var sha = SHA256()
  sha.update("a")
  sha.update(UInt8(ascii: "b"))
  sha.update([UInt8(ascii: "c")])
  let inPieces = sha.finish()
  #expect(inPieces.hexadecimal == expected)
  // Ready for the next message.
  let empty = sha.finish()
  #expect(empty.hexadecimal == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
}

@Test func `a digest comes back from its texts, and from nothing else`() throws {
  let digest = SHA256.hash("abc")
  #expect(Digest(hexadecimal: digest.hexadecimal) == digest)
  #expect(Digest(base64: digest.base64) == digest)
  #expect(Digest(bytes: digest.bytes) == digest)
  #expect(Digest(hexadecimal: digest.hexadecimal.uppercased()) == nil)
  #expect(Digest(hexadecimal: digest.hexadecimal.dropLast()) == nil)
  #expect(Digest(bytes: digest.bytes + [0]) == nil)
}

/// RFC 8032, 7.1: seed, public key, message, signature.
private let vectors = [
  (
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
      + "d25bf5f0595bbe24655141438e7a100b"
  ),
  (
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
      + "387b2eaeb4302aeeb00d291612bb0c00"
  ),
]

@Test(arguments: vectors)
func `signs and verifies as RFC 8032 does`(
  seed: String, publicKey: String, message: String, signature: String
)
  throws
{
  let key = try #require(Ed25519PrivateKey(seed: Hexadecimal.bytes(seed) ?? []))
  let text = try #require(Hexadecimal.bytes(message))
  #expect(Hexadecimal.text(key.publicKey.bytes) == publicKey)
  #expect(Hexadecimal.text(key.signature(over: text)) == signature)
  #expect(key.publicKey.isSignature(key.signature(over: text), over: text))
}

@Test func `no altered signature, message or key passes`() throws {
  let key = try #require(Ed25519PrivateKey(seed: Array(0..<32)))
  let message = Array("evidence".utf8)
  let signature = key.signature(over: message)
  for index in signature.indices {
    var altered = signature
    altered[index] ^= 1
    #expect(!key.publicKey.isSignature(altered, over: message))
  }
  #expect(!key.publicKey.isSignature(signature, over: message + [0]))
  #expect(!key.publicKey.isSignature(Array(signature.dropLast()), over: message))
  #expect(!Ed25519PrivateKey.generate().publicKey.isSignature(signature, over: message))
  #expect(Ed25519PrivateKey(seed: Array(0..<31)) == nil)
  #expect(Ed25519PrivateKey.generate().seed != Ed25519PrivateKey.generate().seed)
}

@Test(arguments: 0..<40)
func `bytes have one Base64 text`(count: Int) throws {
  let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 7) }
  let text = Base64.text(bytes)
  #expect(Base64.bytes(text) == bytes)
  #expect(text.utf8.count == (count + 2) / 3 * 4)
}

@Test(arguments: ["Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "Z===", "====", "Zm 9", "Zm9v\n", "Zm9-"])
func `refuses Base64 that is not of one kind`(text: String) { #expect(Base64.bytes(text) == nil) }

@Test func `writes the Base64 of RFC 4648`() {
  let texts = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]
  for (count, text) in texts.enumerated() { #expect(Base64.text(Array("foobar".utf8.prefix(count))) == text) }
}

@Test(arguments: ["0", "0g", "AB", " 1"])
func `refuses what is not hexadecimal`(text: String) { #expect(Hexadecimal.bytes(text) == nil) }

/// RFC 4231, test cases 1, 2 and 6, and an empty key.
@Test(
  arguments: [
    (
      [UInt8](repeating: 0x0b, count: 20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    ([], "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
  ])
func `HMAC with SHA-256 gives what others give`(_ key: [UInt8], _ message: String, _ code: String) {
  #expect(HMAC.sha256(Array(message.utf8), key: key).hexadecimal == code)
}
