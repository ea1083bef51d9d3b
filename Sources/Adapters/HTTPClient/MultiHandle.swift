internal import CCurl
import Ports

/// libcurl's set of exchanges.
final class MultiHandle: @unchecked Sendable {
  // Safe to share: only the client's thread uses it, apart from `curl_multi_wakeup`, which is made for other threads.
  let handle: UnsafeMutableRawPointer

  /// libcurl wants one call before all others, made when no other thread uses it.
  static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  init(mostConnections: Int) {
    guard Self.isReady, let handle = curl_multi_init() else { preconditionFailure("no memory for libcurl") }
    self.handle = handle
    _ = ccurl_multi_set_long(handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, mostConnections)
    _ = ccurl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, mostConnections)
  }

  deinit { curl_multi_cleanup(self.handle) }

  func wake() { curl_multi_wakeup(self.handle) }

  /// Until something happens on a connection, a time-out is due, or somebody wakes.
  func wait() { curl_multi_poll(self.handle, nil, 0, 60_000, nil) }
}

/// The exchanges that libcurl works on. Owned by the client's thread.
struct ActiveTransfers: ~Copyable {
  private let multi: MultiHandle
  private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]

  init(_ multi: MultiHandle) { self.multi = multi }

  /// False when the exchange has ended already, for it cannot be sent.
  mutating func begin(_ transfer: Transfer, identity: HTTPClient.Identity?) -> Bool {
    guard let easy = transfer.prepare(identity: identity) else { return false }
    guard curl_multi_add_handle(self.multi.handle, easy) == CURLM_OK else {
      curl_easy_cleanup(easy)
      transfer.end(.failure(.busy))
      return false
    }
    self.transfers[easy] = transfer
    return true
  }

  /// Moves every exchange as far as it goes without waiting; returns how many have ended.
  mutating func perform() -> Int {
    var running: Int32 = 0
    curl_multi_perform(self.multi.handle, &running)
    var ended = 0
    var left: Int32 = 0
    while let message = curl_multi_info_read(self.multi.handle, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
        let transfer = self.transfers.removeValue(forKey: easy)
      else { continue }
      transfer.finish(easy, message.pointee.data.result)
      self.release(easy)
      ended += 1
    }
    return ended
  }

  mutating func endAll(_ failure: HTTPFailure) {
    for (easy, transfer) in self.transfers {
      self.release(easy)
      transfer.end(.failure(failure))
    }
    self.transfers = [:]
  }

  private func release(_ easy: UnsafeMutableRawPointer) {
    curl_multi_remove_handle(self.multi.handle, easy)
    curl_easy_cleanup(easy)
  }
}
