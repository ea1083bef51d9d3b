import JSONText
import MarketFormats
public import Ports
public import Quantities

/// What came of a call, in terms of what to do about it.
public enum FeedReply: Sendable, Hashable {
  /// To be read; `age` is how long it lay in caches on the way.
  case body([UInt8], validator: String?, age: Duration)
  /// What is at hand is still right.
  case notModified
  case failed(FeedSchedule.Outcome, why: String)

  /// Longer than this nothing lies in a cache that is fit for forecasts.
  private static let longestAge = 7 * 86_400

  /// `now` is the site's time, against which a date to come back at is held where the service does not say its own.
  public init(_ result: Result<HTTPResponse, HTTPFailure>, asksIfModified: Bool, at now: UTCInstant) {
    switch result {
    case .failure(let failure):
      switch failure {
      case .unreachable, .timedOut, .tooLarge, .busy: self = .failed(.failed, why: "\(failure)")
      case .untrusted, .redirected, .invalid: self = .failed(.needsPerson, why: "\(failure)")
      }
    case .success(let response): self.init(response, asksIfModified: asksIfModified, at: now)
    }
  }

  private init(_ response: HTTPResponse, asksIfModified: Bool, at now: UTCInstant) {
    switch response.status {
    case 200:
      let age = response.header("age").flatMap { Int($0) } ?? 0
      let validator = response.header("etag").flatMap { $0.utf8.count <= 200 ? $0 : nil }
      self = .body(
        response.body, validator: validator, age: .seconds(Int64(min(max(0, age), Self.longestAge))))
    case 304 where asksIfModified: self = .notModified
    case 429, 503:
      self = .failed(.limited(Self.patience(response, at: now)), why: Self.why(response))
    case 400..<500 where response.status != 408 && response.status != 425:
      self = .failed(.needsPerson, why: Self.why(response))
    case _: self = .failed(.failed, why: Self.why(response))
    }
  }

  /// `Retry-After` in seconds or as a date, up to a day; nil without one.
  private static func patience(_ response: HTTPResponse, at now: UTCInstant) -> Duration? {
    guard let text = response.header("retry-after") else { return nil }
    if let seconds = Int(text) { return .seconds(Int64(min(max(0, seconds), 86_400))) }
    // Two dates of one answer are of one clock, whatever it shows.
    let its = response.header("date").flatMap { HTTPDate.instant($0) } ?? now
    return HTTPDate.instant(text).map { min(max(.zero, $0 - its), .hours(24)) }
  }

  /// The status with the service's own words, where it has some.
  private static func why(_ response: HTTPResponse) -> String {
    let status = "status \(response.status)"
    guard response.body.count <= 65_536 else { return status }
    if response.body.first == UInt8(ascii: "<") {
      return ENTSOEPrices.refusal(in: response.body).map { "\(status): \"\($0)\"" } ?? status
    }
    do throws(JSONError) {
      let body = try JSONValue.parse(response.body, limits: JSONLimits(maximumBytes: 65_536, maximumDepth: 8))
      let words =
        ["reason", "detail", "message"].compactMap { body[$0]?.string }.first
        ?? body["error"]?["message"]?.string ?? body["errors"]?.array?.first?["message"]?.string
      let printable = words.map {
        String(String.UnicodeScalarView($0.unicodeScalars.filter { $0.value >= 0x20 }.prefix(120)))
      }
      return printable.map { "\(status): \"\($0)\"" } ?? status
    } catch {
      return status
    }
  }
}
