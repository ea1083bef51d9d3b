import Certificates
public import PeerProtocol
public import Ports
import Quantities

// Requests that peers make.
extension PeerService {
  /// Answers a request of the holder of `key`, who has proved to have it. Waits for up to `longestWait` seconds when the
  /// request is an exchange that asks for it.
  public func answer(_ request: HTTPRequestReader.Request, from key: [UInt8]) async -> HTTPResponse {
    guard let node = NodeID(bytes: key) else { return Self.text(403, "no key") }
    let isEnrolment = request.method == "POST" && request.path == "/rigshift/v1/enrol"
    if self.gate.entrance(of: key) == .invitation {
      return isEnrolment ? self.enrol(request.body, invitation: node) : Self.text(403, "an invitation enrols")
    }
    guard self.links[node] != nil else { return Self.text(403, "not enrolled") }
    let now = self.now
    guard self.links[node]?.requests.take(1, at: now) == true,
      self.links[node]?.allowance.take(Int64(request.body.count), at: now) == true
    else { return Self.text(429, "more than a peer may ask") }
    self.links[node]?.heardAt = now
    // A peer that could not be reached and comes by itself may be tried again at once.
    switch (request.method, request.path) {
    case ("POST", "/rigshift/v1/exchange"): return await self.exchanged(request, with: node)
    case ("POST", "/add-checkpoint"):
      return self.witness(String(decoding: request.body, as: UTF8.self), for: node)
    case ("GET", "/rigshift/v1/checkpoint"): return self.checkpoint(request)
    case ("POST", "/rigshift/v1/cosignatures"): return self.takeCosignatures(request.body, of: node)
    case ("GET", "/rigshift/v1/entries"):
      self.links[node]?.pulledAt = now
      return self.entries(request, of: nil)
    case ("POST", "/rigshift/v1/entries"): return self.takeEntries(request.body, of: node)
    case ("GET", "/rigshift/v1/mirror"): return self.entries(request, of: node)
    case ("GET", "/rigshift/v1/cosigned"): return self.cosigned(of: node)
    case _: return Self.text(404, "not here")
    }
  }

  static func text(_ status: Int, _ text: String, type: String = "text/plain; charset=utf-8") -> HTTPResponse
  {
    HTTPResponse(
      status: status, headers: [HTTPHeader("Content-Type", type)],
      body: Array((text.hasSuffix("\n") ? text : text + "\n").utf8))
  }

  static func bytes(_ body: [UInt8]) -> HTTPResponse {
    HTTPResponse(status: 200, headers: [HTTPHeader("Content-Type", "application/octet-stream")], body: body)
  }

  // MARK: Enrolment

  private func enrol(_ body: [UInt8], invitation: NodeID) -> HTTPResponse {
    let wall = self.parts.clock().wall
    do throws(WireError) {
      guard body.count <= Enrolment.maximumBytes else { throw WireError.tooLong }
      let enrolment = try Enrolment(encoded: body, invitation: invitation.publicKey, inviter: self.node)
      do throws(StoreError) {
        let open = try self.store?.invitations().first { $0.key == invitation && wall < $0.expires }
        guard let open, let store = self.store else {
          return Self.text(410, "the invitation is used or over")
        }
        let peer = EnrolledPeer(
          node: enrolment.node, name: enrolment.name, address: enrolment.address, enrolledAt: wall,
          expires: open.enrolledUntil)
        guard try store.enrol(peer, by: invitation) else {
          return Self.text(410, "the invitation is used or over")
        }
        self.refreshSoon()
        return Self.text(200, self.settings.name)
      } catch {
        if case .refused = error { return Self.text(409, "another peer has the name \(enrolment.name)") }
        self.parts.notice(.storeProblem(error))
        return Self.text(503, "cannot remember a peer now")
      }
    } catch {
      return Self.text(400, "\(error)")
    }
  }

  // MARK: Net output

  private func exchanged(_ request: HTTPRequestReader.Request, with node: NodeID) async -> HTTPResponse {
    do throws(WireError) {
      self.receive(try Framing.split(request.body), from: node)
    } catch {
      return Self.text(400, "\(error)")
    }
    var messages = self.links[node]?.takeOutbox() ?? []
    let wait = min(request.query("wait").flatMap { Int($0) } ?? 0, Self.longestWait)
    if messages.isEmpty, wait > 0 { messages = await self.park(node, seconds: wait) }
    return Self.bytes(Framing.join(messages))
  }

  /// Waits until there is something for the peer, or the time is over. A newer exchange takes the place of an older one.
  private func park(_ node: NodeID, seconds: Int) async -> [[UInt8]] {
    self.unpark(node, with: [])
    self.parkNumber += 1
    let number = self.parkNumber
    return await withTaskGroup(of: Void.self) { group in
      group.addTask {
        do { try await Task.sleep(for: .seconds(seconds)) } catch { return }
        await self.unpark(node, number: number)
      }
      let messages = await withCheckedContinuation { (continuation: CheckedContinuation<[[UInt8]], Never>) in
        if self.links[node] == nil {
          continuation.resume(returning: [])
        } else {
          self.links[node]?.parked = (number, continuation)
        }
      }
      group.cancelAll()
      return messages
    }
  }

  private func unpark(_ node: NodeID, number: UInt64) {
    if self.links[node]?.parked?.number == number { self.unpark(node, with: []) }
  }
}

extension WireError {
  static let tooLong = WireError(saying: "more than a request may have")
}
