import JSONText
import LinuxHost
import Ports
import Quantities
import SiteController
import SiteModel
import Synchronization

/// A service that answers as it is told, and a disk.
final class PlayedService: HTTPFetching {
  struct State {
    var answer: Result<HTTPResponse, HTTPFailure> = .failure(.timedOut)
    var requests: [HTTPRequest] = []
    /// Instead of `answer` where an address has this in it.
    var answers: [String: Result<HTTPResponse, HTTPFailure>] = [:]
    var kept: [FeedRole: [UInt8]] = [:]
    var budgets: [FeedRole: [UInt8]] = [:]
    var notices: [FeedService.Notice] = []
    var wall = ISO8601.instant("2026-03-11T12:10Z")!  // a constant
    var monotonic = MonotonicInstant(milliseconds: 0)
  }
  let state = Mutex(State())

  func fetch(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    try self.state.withLock { state in
      state.requests.append(request)
      return state.answers.first { request.url.contains($0.key) }?.value ?? state.answer
    }.get()
  }

  func service() -> FeedService {
    FeedService(
      FeedService.Parts(
        executor: DedicatedThreadExecutor(name: "test feeds"), seed: 1, client: { self },
        clock: { self.state.withLock { ($0.monotonic, $0.wall) } },
        key: { (_) throws(FeedService.KeyProblem) in "s3cret key" },
        load: { role in self.state.withLock { $0.kept[role] }.flatMap { KeptFeed($0) } },
        keep: { kept in
          self.state.withLock { $0.kept[kept.role] = kept.bytes }
          return nil
        }, loadBudget: { role in self.state.withLock { $0.budgets[role] }.flatMap { FeedBudget($0) } },
        keepBudget: { role, budget in
          self.state.withLock { $0.budgets[role] = budget.bytes }
          return nil
        }, notice: { notice, _ in self.state.withLock { $0.notices.append(notice) } }))
  }

  func give(_ status: Int, _ body: String, _ headers: [HTTPHeader] = []) {
    self.state.withLock {
      $0.answer = .success(HTTPResponse(status: status, headers: headers, body: Array(body.utf8)))
    }
  }

  func pass(_ time: Duration) {
    self.state.withLock {
      $0.wall = $0.wall + time
      $0.monotonic = $0.monotonic + time
    }
  }

  /// The process ends, and another one begins on the same disk.
  func restart(after time: Duration) {
    self.state.withLock {
      $0.wall = $0.wall + time
      $0.monotonic = MonotonicInstant(milliseconds: 5)
    }
  }
}
