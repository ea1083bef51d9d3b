import Certificates
import Cryptography
import Glibc
import HTTPClient
import LinuxHost
import PeerProtocol
import Ports
import SQLiteStore
import SiteModel

/// `rigshift certificates restore --from-peer`: the log of a site that lost its record, from the mirror a peer keeps of it.
enum MirrorRestore {
  static func run(_ arguments: Arguments) async throws(Arguments.UsageError) -> Int32 {
    guard let from = arguments["from-peer"] else {
      throw .init(message: "certificates restore needs --from-peer NAME, or --from-peer KEY@HOST:PORT")
    }
    guard let site = loadSite(arguments["site"] ?? defaultSitePath) else { return 1 }
    let paths = SitePaths(site: site, data: arguments["data"])
    do {
      let target = arguments["output"] ?? paths.database
      guard access(target, F_OK) != 0 else {
        throw SiteKeyError(description: "\(target) exists; nothing is put over a record that is there")
      }
      guard let key = try SiteKey.load(SiteKey.path(paths)) else {
        throw SiteKeyError(
          description:
            "\(SiteKey.path(paths)) is missing; a peer gives a log back to the holder of its key alone. "
            + "Without it, ask the peer for `rigshift certificates export --peer \(site.name)`")
      }
      let peer = try Self.peer(from, paths)
      let certificate = SelfSignedCertificate.pem(for: key, name: "rigshift")
      let client = HTTPClient(identity: .init(certificatePEM: certificate, keyPEM: key.pem)) {
        startThread(name: "restore", $0)
      }
      defer { client.stop() }
      let cosigned = try await Self.cosigned(by: peer, client)
      let size = try await Self.fetch(from: peer, to: target, key: key, client)
      print("\(size) certificates restored to \(target)")
      if arguments["output"] == nil {
        guard cosigned <= size else {
          try Self.moveAside(target)
          throw SiteKeyError(
            description:
              "the peer has cosigned \(cosigned) certificates and mirrors \(size): to go on from there would fork the log. "
              + "It lies in \(target).incomplete; ask another peer")
        }
        try RecordBackup.markRestored(target)
        print("the next certificate will say that the log was restored")
      }
      return 0
    } catch let error as Arguments.UsageError {
      throw error
    } catch let error as StoreError {
      tell(error.text(path: paths.database))
    } catch {
      tell("\(error)")
    }
    return 1
  }

  private static func peer(_ text: String, _ paths: SitePaths) throws -> (node: NodeID, address: String) {
    if let mark = text.firstIndex(of: "@"),
      let node = Hexadecimal.bytes(text[..<mark]).flatMap({ NodeID(bytes: $0) }),
      let address = HostPort(String(text[text.index(after: mark)...]))
    {
      return (node, "\(address)")
    }
    guard access(PeerPaths(paths).database, R_OK) == 0 else {
      throw Arguments.UsageError(
        message:
          "the memory of peers is lost too; name the peer as KEY@HOST:PORT (`rigshift peer id` over there)")
    }
    let peers = try SQLitePeerStore(path: PeerPaths(paths).database).peers()
    guard let peer = peers.first(where: { $0.name == text }), !peer.address.isEmpty else {
      throw Arguments.UsageError(message: "no peer called '\(text)' can be reached from here")
    }
    return (peer.node, peer.address)
  }

  private static func get(
    _ path: String, from peer: (node: NodeID, address: String), _ client: HTTPClient
  ) async throws -> HTTPResponse {
    let request = HTTPRequest(
      .get, "https://\(peer.address)\(path)", trust: .pinned(peer.node.pin), maximumBytes: EntryBatch.limit)
    do throws(HTTPFailure) { return try await client.fetch(request) } catch {
      throw SiteKeyError(description: "\(peer.address): \(error)")
    }
  }

  private static func cosigned(
    by peer: (node: NodeID, address: String), _ client: HTTPClient
  ) async throws -> Int64 {
    let answer = try await Self.get("/rigshift/v1/cosigned", from: peer, client)
    guard answer.status == 200 else { return 0 }
    return try LogCheckpoint(body: SignedNote(String(decoding: answer.body, as: UTF8.self)).body).size
  }

  private static func fetch(
    from peer: (node: NodeID, address: String), to path: String, key: Ed25519PrivateKey, _ client: HTTPClient
  ) async throws -> Int64 {
    let store = try SQLiteStore(path: path)
    var head = try store.recover().log
    var sequence: Int64 = 0
    while true {
      let answer = try await Self.get("/rigshift/v1/mirror?from=\((head?.size ?? 0) + 1)", from: peer, client)
      if answer.status == 204 { break }
      guard answer.status == 200 else {
        throw SiteKeyError(
          description:
            "\(peer.address) answers \(answer.status): \(String(decoding: answer.body, as: UTF8.self))")
      }
      let append = try LogMirror.extend(head, by: EntryBatch(encoded: answer.body), publicKey: key.publicKey)
      sequence += 1
      var batch = RecordBatch()
      batch.sequence = sequence
      batch.log = append
      try store.commit(batch)
      head = append.head
    }
    guard let head else { throw SiteKeyError(description: "\(peer.address) mirrors nothing of this site") }
    return head.size
  }

  private static func moveAside(_ path: String) throws {
    for ending in ["", "-wal", "-shm"] {
      guard rename(path + ending, path + ".incomplete" + ending) == 0 || errno == ENOENT else {
        throw SystemError("cannot move \(path)\(ending)")
      }
    }
  }
}
