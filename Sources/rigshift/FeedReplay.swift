import JSONText
import LinuxHost
import PeerProtocol
import Ports
import Quantities
import Synchronization

/// Answers from a folder: `replay.json` says which body answers which path, with what status, how late and how damaged.
/// Recorded days are moved to the present, by whole days. `docs/feeds.md` describes the folder.
final class FeedReplay: Sendable {
  struct Problem: Error, CustomStringConvertible {
    let description: String
  }

  private struct Answer: Sendable {
    /// The path begins so.
    var path: String
    var status: Int
    var body: [UInt8]
    var headers: [HTTPHeader]
    var delay: Duration
    /// How often it is given before the next one for the same path; nil is for ever.
    var times: Int?
    var recordedAt: UTCInstant?
    var etag: String?
  }

  private static let mostAnswers = 1000
  private static let longestDelay = 600_000
  private static let mostBytes = 16 << 20

  private let answers: [Answer]
  private let given: Mutex<[Int]>
  private let now: @Sendable () -> UTCInstant

  init(folder: String, now: @escaping @Sendable () -> UTCInstant) throws {
    let root = try JSONValue.parse(try readFile("\(folder)/replay.json", limit: 1 << 20))
    guard let list = root["answers"]?.array, list.count <= Self.mostAnswers else {
      throw Problem(description: "\(folder)/replay.json has no list `answers` of at most \(Self.mostAnswers)")
    }
    self.answers = try list.enumerated().map { try Self.read($1, "answers[\($0)]", folder: folder) }
    self.given = Mutex(Array(repeating: 0, count: list.count))
    self.now = now
  }

  private static func read(_ value: JSONValue, _ field: String, folder: String) throws -> Answer {
    guard let path = value["path"]?.string, path.hasPrefix("/") else {
      throw Problem(description: "\(field).path is missing or does not begin with /")
    }
    var body: [UInt8] = []
    if let name = value["body"]?.string {
      guard !name.contains("/") else {
        throw Problem(description: "\(field).body is not a name in the folder")
      }
      body = try readFile("\(folder)/\(name)", limit: Self.mostBytes)
    }
    if let count = value["truncate"]?.int { body = Array(body.prefix(max(0, count))) }
    if let count = value["rubbish"]?.int {
      var noise = SplitMix64(seed: UInt64(clamping: count))
      body = (0..<min(max(0, count), Self.mostBytes)).map { _ in UInt8(truncatingIfNeeded: noise.next()) }
    }
    var headers: [HTTPHeader] = []
    for member in value["headers"]?.object ?? [] {
      headers.append(HTTPHeader(member.name, member.value.string ?? ""))
    }
    let recorded = value["recorded_at"]?.string
    let recordedAt = recorded.flatMap { ISO8601.instant($0) }
    guard recorded == nil || recordedAt != nil else {
      throw Problem(description: "\(field).recorded_at is no time such as 2026-01-01T12:00Z")
    }
    let status = value["status"]?.int ?? 200
    guard (100...599).contains(status) else { throw Problem(description: "\(field).status is no status") }
    return Answer(
      path: path, status: status, body: body, headers: headers,
      delay: .milliseconds(Int64(min(max(0, value["delay_ms"]?.int ?? 0), Self.longestDelay))),
      times: value["times"]?.int, recordedAt: recordedAt, etag: value["etag"]?.string)
  }

  /// Called on the listener's thread.
  func answer(_ request: HTTPRequestReader.Request) -> (response: HTTPResponse, delay: Duration) {
    let index = self.given.withLock { given -> Int? in
      let index = self.answers.indices.first { index in
        request.path.hasPrefix(self.answers[index].path) && given[index] < (self.answers[index].times ?? .max)
      }
      if let index { given[index] += 1 }
      return index
    }
    guard let index else { return (HTTPResponse(status: 404, body: Array("nothing here\n".utf8)), .zero) }
    let answer = self.answers[index]
    var headers = answer.headers
    if let etag = answer.etag {
      headers.append(HTTPHeader("ETag", etag))
      if request.headers["if-none-match"] == etag {
        return (HTTPResponse(status: 304, headers: headers), answer.delay)
      }
    }
    let body = answer.recordedAt.map { MovedDays.moved(answer.body, from: $0, to: self.now()) } ?? answer.body
    return (HTTPResponse(status: answer.status, headers: headers, body: body), answer.delay)
  }
}

/// Moves every date and Unix time in a body by as many whole days as lie between its recording and the present.
enum MovedDays {
  static func moved(_ body: [UInt8], from recorded: UTCInstant, to now: UTCInstant) -> [UInt8] {
    let days = Int((Double(now.millisecondsSince(recorded)) / 86_400_000).rounded(.down))
    guard days != 0 else { return body }
    var moved: [UInt8] = []
    moved.reserveCapacity(body.count)
    var index = 0
    while index < body.count {
      guard Self.isDigit(body[index]) else {
        moved.append(body[index])
        index += 1
        continue
      }
      if let (date, separator) = Self.date(body[index...].prefix(10)) {
        let text = ISO8601.string(date.advanced(byDays: days)).utf8
        moved += text.map { $0 == UInt8(ascii: "-") ? separator : $0 }
        index += 10
        continue
      }
      let end = body[index...].firstIndex { !Self.isDigit($0) } ?? body.count
      moved += Self.movedNumber(body[index..<end], days: days)
      index = end
    }
    return moved
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func date(_ bytes: ArraySlice<UInt8>) -> (CivilDate, separator: UInt8)? {
    guard bytes.count == 10 else { return nil }
    let separator = bytes[bytes.startIndex + 4]
    guard separator == UInt8(ascii: "-") || separator == UInt8(ascii: "/") else { return nil }
    let text = String(decoding: bytes.map { $0 == separator ? UInt8(ascii: "-") : $0 }, as: UTF8.self)
    return ISO8601.date(text).map { ($0, separator) }
  }

  /// Ten digits are Unix seconds, thirteen milliseconds; anything else stays.
  private static func movedNumber(_ digits: ArraySlice<UInt8>, days: Int) -> [UInt8] {
    let unit = digits.count == 10 ? 86_400 : digits.count == 13 ? 86_400_000 : 0
    guard unit > 0, digits.first == UInt8(ascii: "1"),
      let number = Int(String(decoding: digits, as: UTF8.self))
    else { return Array(digits) }
    return Array("\(number + days * unit)".utf8)
  }
}
