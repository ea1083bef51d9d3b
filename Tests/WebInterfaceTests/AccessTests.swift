import Cryptography
import JSONText
import Quantities
import Testing
import WebInterface

/// Passwords, tokens and sessions.
@Suite struct AccessTests {
  private static func at(_ seconds: Int64) -> MonotonicInstant {
    MonotonicInstant(milliseconds: seconds * 1000)
  }

  @Test func `what is kept of a password knows it again and no other`() throws {
    let hash = try #require(PasswordHash(of: "correct horse"))
    let kept = try #require(PasswordHash(text: hash.text))
    #expect(kept.matches("correct horse"))
    #expect(!kept.matches("correct horsf") && !kept.matches("") && !kept.matches("correct horse "))
    let another = try #require(PasswordHash(of: "correct horse"))
    #expect(another.text != hash.text, "the salt differs")
  }

  @Test(arguments: [
    "", "scrypt", "scrypt$16384$8$1$00$00", "scrypt$1$8$1$" + String(repeating: "0", count: 32) + "$00",
    "bcrypt$16384$8$1$" + String(repeating: "0", count: 32) + "$" + String(repeating: "0", count: 64),
  ])
  func `a hash of another kind or cost is none`(_ text: String) { #expect(PasswordHash(text: text) == nil) }

  @Test func `tokens are known by their hash, survive the file, and end when removed`() throws {
    var access = WebAccess()
    let added = access.addToken("prometheus")
    let token = try #require(added)
    for name in ["prometheus", "", "line\nbreak"] {
      let none = access.addToken(name)
      #expect(none == nil, "\(name)")
    }
    #expect(!access.json.text().contains(token))
    var kept = try #require(WebAccess(json: try JSONValue.parse(Array(access.json.text().utf8))))
    #expect(kept == access)
    #expect(kept.caller(withToken: token) == .program("prometheus"))
    #expect(kept.caller(withToken: token + "0") == .stranger && kept.caller(withToken: "rst_") == .stranger)
    let removed = [kept.removeToken("prometheus"), kept.removeToken("prometheus")]
    #expect(removed == [true, false])
    #expect(kept.caller(withToken: token) == .stranger)
  }

  @Test(arguments: [
    "[]", "{}", "{\"tokens\":[{}]}", "{\"tokens\":[{\"name\":\"a\",\"sha256\":\"00\"}]}",
    "{\"password\":\"x\",\"tokens\":[]}",
  ])
  func `a file of another form lets nobody in`(_ text: String) throws {
    #expect(WebAccess(json: try JSONValue.parse(Array(text.utf8))) == nil)
  }

  @Test func `a session ends after an hour without use, after twelve in any case, and when signed out`()
    throws
  {
    var book = SessionBook()
    let cookie = book.begin("Eva", at: Self.at(0))
    #expect(book.session(cookie, at: Self.at(3599))?.name == "Eva")
    #expect(book.session(cookie, at: Self.at(3599 + 3600)) == nil)
    let busy = book.begin("Eva", at: Self.at(0))
    for second in stride(from: Int64(0), to: 12 * 3600, by: 1800) {
      #expect(book.session(busy, at: Self.at(second)) != nil)
    }
    #expect(book.session(busy, at: Self.at(12 * 3600)) == nil)
    let gone = book.begin("Eva", at: Self.at(0))
    book.end(gone)
    #expect(book.session(gone, at: Self.at(1)) == nil)
    #expect(book.session("", at: Self.at(1)) == nil)
  }

  @Test func `more people than there is room for sign out the one unused for the longest`() {
    var book = SessionBook()
    let cookies = (0..<17).map { book.begin("person \($0)", at: Self.at($0)) }
    #expect(book.session(cookies[0], at: Self.at(20)) == nil)
    for cookie in cookies.dropFirst() { #expect(book.session(cookie, at: Self.at(20)) != nil) }
  }

  @Test func `guessing has to wait, and is let in again in time`() {
    var book = SessionBook()
    for _ in 0..<5 {
      #expect(book.wait(at: Self.at(0)) == nil)
      book.guessFailed(at: Self.at(0))
    }
    #expect(book.wait(at: Self.at(40)) == .seconds(60))
    #expect(book.wait(at: Self.at(100)) == nil)
  }
}
