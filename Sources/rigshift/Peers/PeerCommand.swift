import Certificates
import Control
import Cryptography
import Glibc
import HTTPClient
import JSONText
import LinuxHost
import PeerProtocol
import Ports
import Quantities
import SQLiteStore
import SiteModel

/// `rigshift peer`: who this site's peers are.
enum PeerCommand {
  static let options: Set<String> = ["site", "data", "valid", "until", "name"]

  static func run(_ arguments: Arguments) async throws(Arguments.UsageError) -> Int32 {
    guard let word = arguments.words.first,
      ["id", "invite", "accept", "list", "remove", "status", "forks", "cosigned"].contains(word)
    else {
      throw .init(message: "say peer id, invite, accept LINE, list, remove NAME, status, forks or cosigned")
    }
    guard let site = loadSite(arguments["site"] ?? defaultSitePath) else { return 1 }
    if word == "status" { return self.status(site, arguments) }
    let paths = SitePaths(site: site, data: arguments["data"])
    do {
      try createFolder(paths.folder)
      let key = try Self.key(paths)
      if word == "id" {
        print(NodeID(key.publicKey).text)
        return 0
      }
      guard let settings = site.peers else {
        tell("the site file has no [peers]; add it first (docs/peers.md)")
        return 1
      }
      let store = try SQLitePeerStore(path: PeerPaths(paths).database)
      switch word {
      case "invite": return try Self.invite(site, settings, key, store, arguments)
      case "accept": return try await Self.accept(site, settings, key, store, arguments)
      case "list": return try Self.list(store, arguments)
      case "forks": return try Self.forks(store, arguments)
      case "cosigned":
        guard let note = try store.newestCosigned() else {
          throw SiteKeyError(description: "no peer has cosigned a checkpoint of this site yet")
        }
        print(note.text, terminator: "")
        return 0
      case _: return try Self.remove(store, arguments)
      }
    } catch let error as Arguments.UsageError {
      throw error
    } catch let error as StoreError {
      tell(error.text(path: PeerPaths(paths).database))
    } catch {
      tell("\(error)")
    }
    return 1
  }

  private static var wall: UTCInstant { SystemClock().now().moment.wall }

  /// The site's key; made here when the site has not run yet.
  private static func key(_ paths: SitePaths) throws -> Ed25519PrivateKey {
    let path = SiteKey.path(paths)
    if let key = try SiteKey.load(path) { return key }
    guard access(paths.database, F_OK) != 0 else {
      throw SiteKeyError(
        description: "\(path) is missing, and the record in \(paths.database) was signed with it")
    }
    let made = Ed25519PrivateKey.generate()
    try SecretFile.create(path, made.pem)
    return made
  }

  private static func invite(
    _ site: Site, _ settings: PeerSettings, _ key: Ed25519PrivateKey, _ store: SQLitePeerStore,
    _ arguments: Arguments
  ) throws -> Int32 {
    guard let address = settings.address ?? settings.listen else {
      throw Arguments.UsageError(
        message: "this site listens nowhere; let the other one invite, or add 'listen' to [peers]")
    }
    guard let valid = arguments["valid"].map({ DurationText.duration($0) }) ?? .hours(24), valid > .zero,
      valid <= .hours(24 * 30)
    else { throw Arguments.UsageError(message: "--valid is a length of time up to 30 d, such as 24h") }
    let until = try arguments.instant("until", zone: site.zone)
    let invitation = Invitation(
      inviter: NodeID(key.publicKey), name: String(site.name.prefix(40)), address: "\(address)",
      expires: self.wall + valid)
    try store.add(
      OpenInvitation(
        key: NodeID(invitation.key.publicKey), expires: invitation.expires, enrolledUntil: until))
    print(invitation.text)
    Terminal.writeError(
      "Whoever has this line can enrol one site, once, until \(ISO8601.string(invitation.expires)). "
        + "Over there: rigshift peer accept LINE\n")
    return 0
  }

  private static func accept(
    _ site: Site, _ settings: PeerSettings, _ key: Ed25519PrivateKey, _ store: SQLitePeerStore,
    _ arguments: Arguments
  ) async throws -> Int32 {
    guard arguments.words.count == 2 else {
      throw Arguments.UsageError(message: "peer accept needs the line")
    }
    let invitation: Invitation
    do throws(WireError) { invitation = try Invitation(arguments.words[1]) } catch {
      throw Arguments.UsageError(message: "this is no invitation: \(error)")
    }
    guard self.wall < invitation.expires else {
      throw SiteKeyError(
        description: "the invitation was valid until \(ISO8601.string(invitation.expires)); ask for a new one"
      )
    }
    let node = NodeID(key.publicKey)
    guard invitation.inviter != node else {
      throw SiteKeyError(description: "this is this site's own invitation")
    }
    let own = (settings.address ?? settings.listen).map { "\($0)" } ?? ""
    let enrolment = Enrolment(
      key: key, name: arguments["name"] ?? String(site.name.prefix(40)), address: own,
      invitation: invitation.key.publicKey, inviter: invitation.inviter)
    let client = HTTPClient(
      identity: .init(
        certificatePEM: SelfSignedCertificate.pem(for: invitation.key, name: "invited"),
        keyPEM: invitation.key.pem)
    ) { startThread(name: "enrolment", $0) }
    defer { client.stop() }
    let request = HTTPRequest(
      .post, "https://\(invitation.address)/rigshift/v1/enrol", body: enrolment.encoded,
      trust: .pinned(invitation.inviter.pin), timeout: .seconds(20), maximumBytes: 4096)
    let answer: HTTPResponse
    do throws(HTTPFailure) { answer = try await Self.fetch(request, client) } catch {
      throw SiteKeyError(
        description:
          "\(invitation.name) at \(invitation.address): \(error). Does it run, and was the line not used?")
    }
    guard answer.status == 200 else {
      throw SiteKeyError(
        description: "\(invitation.name) refuses: \(String(decoding: answer.body, as: UTF8.self))")
    }
    try store.put(
      EnrolledPeer(
        node: invitation.inviter, name: invitation.name, address: invitation.address, enrolledAt: self.wall))
    print("enrolled with \(invitation.name) at \(invitation.address), key \(invitation.inviter.text)")
    return 0
  }

  /// A running site learns of its new invitation within a few seconds.
  private static func fetch(_ request: HTTPRequest, _ client: HTTPClient) async throws(HTTPFailure)
    -> HTTPResponse
  {
    for _ in 0..<5 {
      do throws(HTTPFailure) { return try await client.fetch(request) } catch {
        do { try await Task.sleep(for: .seconds(1)) } catch { throw .busy }
      }
    }
    return try await client.fetch(request)
  }

  private static func list(_ store: SQLitePeerStore, _ arguments: Arguments) throws -> Int32 {
    let peers = try store.peers()
    if arguments.has("json") {
      print(
        JSONValue.array(
          peers.map { peer in
            .object([
              .init("name", .string(peer.name)), .init("key", .string(peer.node.text)),
              .init("witness_key", .string(peer.node.witnessKey.text)),
              .init("address", .string(peer.address)),
              .init("enrolled_at", .string(ISO8601.string(peer.enrolledAt))),
              .init("expires", peer.expires.map { .string(ISO8601.string($0)) } ?? .null),
            ])
          }
        ).text(pretty: true))
      return 0
    }
    for peer in peers {
      let end = peer.expires.map { " until \(ISO8601.string($0))" } ?? ""
      print(
        "\(peer.name)  \(peer.address.isEmpty ? "(connects by itself)" : peer.address)  \(peer.node.text)\(end)"
      )
    }
    return 0
  }

  private static func remove(_ store: SQLitePeerStore, _ arguments: Arguments) throws -> Int32 {
    guard arguments.words.count == 2 else { throw Arguments.UsageError(message: "peer remove needs a name") }
    guard let peer = try store.peers().first(where: { $0.name == arguments.words[1] }) else {
      throw SiteKeyError(
        description: "no peer is called '\(arguments.words[1])'; `rigshift peer list` lists them")
    }
    try store.remove(peer.node)
    print("\(peer.name) is a peer no longer; its mirror stays")
    return 0
  }

  private static func forks(_ store: SQLitePeerStore, _ arguments: Arguments) throws -> Int32 {
    let names = Dictionary(
      try store.peers().map { ($0.node, $0.name) }, uniquingKeysWith: { first, _ in first })
    let forks = try store.forks()
    if arguments.has("json") {
      print(
        JSONValue.array(
          forks.map { fork in
            .object([
              .init("name", .string(names[fork.node] ?? fork.node.hint)),
              .init("key", .string(fork.node.text)),
              .init("found_at", .string(ISO8601.string(fork.foundAt))), .init("proof", .bool(fork.isProof)),
              .init("cosigned", .string(fork.evidence.cosigned.text)),
              .init("offered", .string(fork.evidence.offered.text)),
            ])
          }
        ).text(pretty: true))
      return forks.isEmpty ? 0 : 1
    }
    for fork in forks {
      print(
        "\(names[fork.node] ?? fork.node.hint), found \(ISO8601.string(fork.foundAt)): "
          + (fork.isProof ? "two roots for one size, both signed" : "no proof that one continues the other"))
      print("first:\n\(fork.evidence.cosigned.text)then:\n\(fork.evidence.offered.text)")
    }
    return forks.isEmpty ? 0 : 1
  }

  private static func status(_ site: Site, _ arguments: Arguments) -> Int32 {
    guard let answer = AskCommand.ask(site, arguments, ["peers"]) else { return 1 }
    if arguments.has("json") {
      print(answer.text(pretty: true))
      return 0
    }
    for peer in answer.array ?? [] {
      func size(_ name: String) -> String { "\(peer[name]?.int ?? 0)" }
      let reached =
        peer["reached_s_ago"]?.double.map { "reached \(Int(min($0, 1e9))) s ago" } ?? "not reached"
      let heard = peer["heard_s_ago"]?.double.map { "came \(Int(min($0, 1e9))) s ago" } ?? "never came"
      print(
        "\(peer["name"]?.string ?? ""): \(reached), \(heard); has cosigned \(size("cosigned_size")) of ours; "
          + "\(size("witnessed_size")) of its own cosigned and \(size("mirrored_size")) mirrored here")
      if let failure = peer["failure"]?.string { print("  last failure: \(failure)") }
      if let problem = peer["mirror_problem"]?.string { print("  mirror: \(problem)") }
      if peer["forked"]?.bool == true { print("  ITS LOG HAS FORKED: rigshift peer forks") }
    }
    return 0
  }
}
