import Control
import Devices
import LinuxHost
import Quantities
import SiteModel
import Synchronization

/// Asks rigs to stop, some at a time, on threads of their own. What they answer is said in the log and decides nothing: the
/// relay opens when the meter shows it or when the drain is over.
final class StopRequests: Sendable {
  private struct Request {
    var rig: String
    var stop: SoftStop
    var number: Int
    var until: ContinuousClock.Instant
  }

  private static let threads = 8
  private static let longestReply = 4096

  private let log: Log
  private let state = Mutex((queue: [Request](), threads: 0))

  init(log: Log) { self.log = log }

  /// Returns at once.
  func ask(_ rig: RigID, of site: Site) {
    guard site.banks.indices.contains(rig.bank), let stop = site.banks[rig.bank].softStop else { return }
    let request = Request(
      rig: site.name(of: rig), stop: stop, number: rig.rig, until: ContinuousClock.now + stop.drain)
    let startsThread = self.state.withLock { state in
      state.queue.append(request)
      guard state.threads < Self.threads else { return false }
      state.threads += 1
      return true
    }
    if startsThread { startThread(name: "soft stop") { self.work() } }
  }

  private func work() {
    while let request = self.next() {
      let outcome = self.carryOut(request)
      self.log(
        outcome.isGood ? .notice : .warning, "asked to stop", ["rig": request.rig, "answer": outcome.text])
    }
  }

  /// Nil ends the thread.
  private func next() -> Request? {
    self.state.withLock { state in
      if !state.queue.isEmpty { return state.queue.removeFirst() }
      state.threads -= 1
      return nil
    }
  }

  private func carryOut(_ request: Request) -> (isGood: Bool, text: String) {
    let left = request.until - ContinuousClock.now
    guard left > .zero else { return (false, "its turn came too late") }
    do throws(SystemError) {
      switch request.stop.way {
      case .miners(let miners, let command):
        guard miners.indices.contains(request.number) else { return (false, "it has no address") }
        let miner = miners[request.number]
        let reply = try TCPExchange.ask(
          miner.host, port: miner.port, MinerReply.request(command), limit: Self.longestReply, within: left)
        switch MinerReply.isAccepted(reply) {
        case true?: return (true, "yes")
        case false?: return (false, "no")
        // A miner that quits may well say nothing.
        case nil: return (true, reply.isEmpty ? "none" : "not understood")
        }
      case .command(let words):
        switch try OtherProgram.run(words.map { $0.replacing("{rig}", with: request.rig) }, within: left) {
        case .exited(0): return (true, "the program has ended")
        case .exited(let status): return (false, "the program ended with \(status)")
        case .killed(let signal): return (false, "the program was killed by signal \(signal)")
        case .tooSlow: return (false, "the program took longer than the drain and was killed")
        }
      }
    } catch {
      return (false, "\(error)")
    }
  }
}
