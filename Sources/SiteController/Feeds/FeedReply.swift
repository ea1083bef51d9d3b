import JSONText
public import Ports
import Quantities

/// What came of a call, in terms of what to do about it.
public enum FeedReply: Sendable, Hashable {
  /// To be read; `age` is how long it lay in caches on the way.
  case body([UInt8], validator: String?, age: Duration)
  /// What is at hand is still right.
  case notModified
  case failed(FeedSchedule.Outcome, why: String)

  /// Longer than this nothing lies in a cache that is fit for forecasts.
  private static let longestAge = 7 * 86_400

  public init(_ result: Result<HTTPResponse, HTTPFailure>, asksIfModified: Bool) {
    switch result {
    case .failure(let failure):
      switch failure {
      case .unreachable, .timedOut, .tooLarge, .busy: self = .failed(.failed, why: "\(failure)")
      case .untrusted, .redirected, .invalid: self = .failed(.needsPerson, why: "\(failure)")
      }
    case .success(let response): self.init(response, asksIfModified: asksIfModified)
    }
  }

  private init(_ response: HTTPResponse, asksIfModified: Bool) {
    switch response.status {
    case 200:
      let age = response.header("age").flatMap { Int($0) } ?? 0
      let validator = response.header("etag").flatMap { $0.utf8.count <= 200 ? $0 : nil }
      self = .body(
        response.body, validator: validator, age: .seconds(Int64(min(max(0, age), Self.longestAge))))
    case 304 where asksIfModified: self = .notModified
    case 429, 503:
      let patience = response.header("retry-after").flatMap { Int($0) }.map {
        Duration.seconds(Int64(min(max(0, $0), 86_400)))
      }
      self = .failed(.limited(patience), why: Self.why(response))
    case 400..<500 where response.status != 408 && response.status != 425:
      self = .failed(.needsPerson, why: Self.why(response))
    case _: self = .failed(.failed, why: Self.why(response))
    }
  }

  /// The status with the service's own words, where it has some.
  private static func why(_ response: HTTPResponse) -> String {
    let status = "status \(response.status)"
    guard response.body.count <= 65_536 else { return status }
    do throws(JSONError) {
      let body = try JSONValue.parse(response.body, limits: JSONLimits(maximumBytes: 65_536, maximumDepth: 8))
      let words =
        ["reason", "detail", "message"].compactMap { body[$0]?.string }.first
        ?? body["error"]?["message"]?.string
      let printable = words.map {
        String(String.UnicodeScalarView($0.unicodeScalars.filter { $0.value >= 0x20 }.prefix(120)))
      }
      return printable.map { "\(status): \"\($0)\"" } ?? status
    } catch {
      return status
    }
  }
}
