import Certificates
import PeerProtocol
import Ports
import Quantities

// Checkpoints, cosignatures and mirrors.
extension PeerService {
  static let syncInterval = Duration.seconds(10)
  /// A peer that has come by itself within this time need not be asked.
  private static let recently = Duration.seconds(45)
  /// Batches of a mirror that one turn fetches.
  private static let batchesAtOnce = 64

  /// One turn with a peer that can be reached: each side's log is cosigned and mirrored by the other.
  func sync(_ node: NodeID) async {
    await self.pushCheckpoint(node)
    await self.pullCheckpoint(node)
    await self.pullEntries(node)
    await self.pushEntries(node)
    self.links[node]?.isSyncing = false
    self.links[node]?.nextSync = self.now + Self.syncInterval
  }

  private func ownLog() -> (any LogReader)? {
    do throws(StoreError) { return try self.parts.openLog() } catch {
      self.parts.notice(.storeProblem(error))
      return nil
    }
  }

  // MARK: Witness for a peer

  /// Answers `add-checkpoint` by the book.
  func witness(_ text: String, for node: NodeID) -> HTTPResponse {
    switch self.decide(text, for: node) {
    case .success(let signature):
      return HTTPResponse(
        status: 200, headers: [HTTPHeader("Content-Type", "text/plain; charset=utf-8")],
        body: Array(signature.line.utf8))
    case .failure(let refusal): return refusal.answer
    }
  }

  struct Refusal: Error {
    var answer: HTTPResponse
  }

  /// Judges a checkpoint of a peer's log; cosigns it once it is durable.
  private func decide(_ text: String, for node: NodeID) -> Result<SignedNote.Signature, Refusal> {
    var isStoreBroken = false
    let decision = Witness.decide(
      text,
      keys: { origin in
        // A peer has one log, and its key signs it.
        NoteKey(name: origin, algorithm: .ed25519, publicKey: node.publicKey).map { [$0] } ?? []
      },
      seen: { origin in
        do throws(StoreError) {
          guard let note = try self.store?.witnessed(origin) else { return nil }
          do throws(NoteError) { return try Witness.Seen(note) } catch {
            throw .failed("checkpoint: \(error)")
          }
        } catch {
          // Without its memory a witness must not sign.
          isStoreBroken = true
          self.parts.notice(.storeProblem(error))
          return nil
        }
      })
    guard !isStoreBroken else { return .failure(Refusal(answer: Self.text(503, "no memory at hand"))) }
    switch decision {
    case .refuse(let answer):
      if answer.status == 422 { self.suspect(text, of: node) }
      return .failure(Refusal(answer: Self.text(answer.status, answer.body, type: answer.contentType)))
    case .fork(let evidence, let answer):
      self.keep(evidence, of: node, isProof: true)
      return .failure(Refusal(answer: Self.text(answer.status, answer.body, type: answer.contentType)))
    case .cosign(let seen):
      do throws(StoreError) {
        try self.store?.keepWitnessed(seen.note, origin: seen.checkpoint.origin)
      } catch {
        self.parts.notice(.storeProblem(error))
        return .failure(Refusal(answer: Self.text(503, "cannot remember it now")))
      }
      self.links[node]?.witnessedSize = seen.checkpoint.size
      let seconds = self.parts.clock().wall.milliseconds / 1000
      return .success(
        Witness.cosignature(of: seen, name: self.node.witnessName, key: self.parts.key, time: seconds))
    }
  }

  private func keep(_ evidence: ForkEvidence, of node: NodeID, isProof: Bool) {
    self.told { () throws(StoreError) in
      try self.store?.keep(
        KeptFork(node: node, foundAt: self.parts.clock().wall, evidence: evidence, isProof: isProof))
    }
    if self.links[node]?.forkFound == false {
      self.links[node]?.forkFound = true
      self.parts.notice(.forked(self.links[node]?.peer.name ?? node.hint, isProof: isProof))
    }
  }

  /// A signed checkpoint that its log could not prove to continue what was cosigned: both notes are kept.
  private func suspect(_ text: String, of node: NodeID) {
    do {
      let offered = try WitnessRequest(text).checkpoint
      let origin = try LogCheckpoint(body: offered.body).origin
      guard let cosigned = try self.store?.witnessed(origin) else { return }
      self.keep(ForkEvidence(cosigned: cosigned, offered: offered), of: node, isProof: false)
    } catch {
      return
    }
  }

  // MARK: Checkpoints

  private func pushCheckpoint(_ node: NodeID) async {
    for _ in 0..<2 {
      guard let known = self.links[node]?.cosignedSize, let log = self.ownLog() else { return }
      var request: WitnessRequest?
      self.told { () throws(StoreError) in request = try log.witnessRequest(from: known) }
      guard let request else { return }
      let size = Self.size(of: request.checkpoint)
      guard size > known,
        let answer = await self.request(.post, "/add-checkpoint", body: Array(request.text.utf8), of: node)
      else { return }
      if answer.status == 200 {
        self.addCosignatures(answer.body, to: request.checkpoint, of: node)
        self.links[node]?.cosignedSize = size
        return
      }
      // Where the peer stands, it says itself.
      guard answer.status == 409, answer.header("content-type") == "text/x.tlog.size",
        let theirs = Int64(String(decoding: answer.body.dropLast(), as: UTF8.self)), theirs != known
      else { return }
      self.links[node]?.cosignedSize = theirs
    }
  }

  private static func size(of note: SignedNote) -> Int64 {
    do throws(NoteError) { return try LogCheckpoint(body: note.body).size } catch { return 0 }
  }

  /// Adds a peer's cosignature to the site's own checkpoint, if it is one.
  private func addCosignatures(_ lines: [UInt8], to note: SignedNote, of node: NodeID) {
    do throws(NoteError) {
      let signed = try SignedNote(note.body + "\n" + String(decoding: lines, as: UTF8.self))
      guard case .signed = signed.verdict(node.witnessKey) else { return }
      var kept = note
      self.told { () throws(StoreError) in
        if let before = try self.store?.newestCosigned(), before.body == note.body { kept = before }
      }
      for signature in signed.signatures
      where signature.name == node.witnessName && !kept.signatures.contains(signature) { kept.add(signature) }
      let size = Self.size(of: note)
      self.told { () throws(StoreError) in try self.store?.keepCosigned(kept, size: size) }
    } catch {
      self.parts.notice(.misbehaved(self.links[node]?.peer.name ?? node.hint, what: "cosignature: \(error)"))
    }
  }

  /// A cosignature that a peer brings by itself, under the checkpoint it is of.
  func takeCosignatures(_ body: [UInt8], of node: NodeID) -> HTTPResponse {
    do {
      let note = try SignedNote(String(decoding: body, as: UTF8.self))
      let size = try LogCheckpoint(body: note.body).size
      guard case .signed = note.verdict(node.witnessKey), let own = try self.ownLog()?.note(at: size) else {
        return Self.text(400, "no cosignature of yours on a checkpoint of mine")
      }
      let ownNote = try SignedNote(own)
      guard ownNote.body == note.body else { return Self.text(400, "not my checkpoint") }
      let lines = note.signatures.filter { $0.name == node.witnessName }.map(\.line).joined()
      self.addCosignatures(Array(lines.utf8), to: ownNote, of: node)
      let known = self.links[node]?.cosignedSize ?? 0
      self.links[node]?.cosignedSize = max(known, size)
      return Self.text(200, "thank you")
    } catch {
      return Self.text(400, "\(error)")
    }
  }

  /// The site's newest checkpoint with the proof that it continues the one of `from` entries; or the one over `at` entries.
  func checkpoint(_ request: HTTPRequestReader.Request) -> HTTPResponse {
    guard let log = self.ownLog() else { return Self.text(404, "no log yet") }
    do throws(StoreError) {
      if let at = request.query("at").flatMap({ Int64($0) }) {
        guard let note = try log.note(at: at) else { return Self.text(404, "no checkpoint of that size") }
        return Self.text(200, note)
      }
      let from = request.query("from").flatMap { Int64($0) } ?? 0
      guard let made = try log.witnessRequest(from: from) else { return Self.text(404, "no such checkpoint") }
      return Self.text(200, made.text)
    } catch {
      self.parts.notice(.storeProblem(error))
      return Self.text(503, "cannot read the log now")
    }
  }

  private func pullCheckpoint(_ node: NodeID) async {
    guard let link = self.links[node], !link.forkFound else { return await self.askForProof(node) }
    guard
      let answer = await self.request(.get, "/rigshift/v1/checkpoint?from=\(link.witnessedSize)", of: node)
    else { return }
    if answer.status == 404, link.witnessedSize > 0 { return await self.askForProof(node) }
    guard answer.status == 200 else { return }
    let text = String(decoding: answer.body, as: UTF8.self)
    switch self.decide(text, for: node) {
    case .success(let signature):
      do throws(NoteError) {
        var note = try WitnessRequest(text).checkpoint
        note.add(signature)
        _ = await self.request(.post, "/rigshift/v1/cosignatures", body: Array(note.text.utf8), of: node)
      } catch {
        return
      }
    case .failure(let refusal):
      if refusal.answer.status == 409,
        let size = Int64(String(decoding: refusal.answer.body.dropLast(), as: UTF8.self))
      {
        // After a restart: the memory is in the store.
        self.links[node]?.witnessedSize = size
      }
      if refusal.answer.status == 422 { await self.askForProof(node) }
    }
  }

  /// Asks a site whose log does not continue for its own checkpoint of the size that was cosigned: two signed roots for one
  /// size prove the fork to anybody.
  private func askForProof(_ node: NodeID) async {
    guard let origin = self.origin(of: node) else { return }
    var cosigned: SignedNote?
    self.told { () throws(StoreError) in cosigned = try self.store?.witnessed(origin) }
    guard let cosigned, let key = NoteKey(name: origin, algorithm: .ed25519, publicKey: node.publicKey),
      let answer = await self.request(
        .get, "/rigshift/v1/checkpoint?at=\(Self.size(of: cosigned))", of: node), answer.status == 200
    else { return }
    do throws(NoteError) {
      let offered = try SignedNote(String(decoding: answer.body, as: UTF8.self))
      let evidence = ForkEvidence(cosigned: cosigned, offered: offered)
      if evidence.isProof(key: key) { self.keep(evidence, of: node, isProof: true) }
    } catch {
      return
    }
  }

  /// The name of a peer's log: as its mirror says.
  private func origin(of node: NodeID) -> String? {
    do throws(StoreError) {
      guard let first = try self.parts.readMirror(node)?.newestNote() else { return nil }
      do throws(NoteError) { return try LogCheckpoint(body: SignedNote(first).body).origin } catch {
        return nil
      }
    } catch {
      return nil
    }
  }

  /// The newest checkpoint of the asking site's log that was cosigned here: what it must not fall behind.
  func cosigned(of node: NodeID) -> HTTPResponse {
    do throws(StoreError) {
      guard let origin = self.origin(of: node), let note = try self.store?.witnessed(origin) else {
        return Self.text(404, "nothing cosigned")
      }
      return Self.text(200, note.text)
    } catch {
      self.parts.notice(.storeProblem(error))
      return Self.text(503, "no memory at hand")
    }
  }

  // MARK: Mirrors

  private func mirror(_ node: NodeID) throws(StoreError) -> any Store {
    if let open = self.mirrors[node] { return open }
    let opened = try self.parts.openMirror(node)
    self.mirrors[node] = opened
    return opened
  }

  private func pullEntries(_ node: NodeID) async {
    for _ in 0..<Self.batchesAtOnce {
      guard let link = self.links[node], !link.forkFound else { return }
      var next: Int64?
      self.told { () throws(StoreError) in next = (try self.mirror(node).recover().log?.size ?? 0) + 1 }
      guard let next else { return }
      self.links[node]?.mirroredSize = next - 1
      guard
        let answer = await self.request(
          .get, "/rigshift/v1/entries?from=\(next)", of: node, maximumBytes: EntryBatch.limit),
        answer.status == 200, self.extend(node, by: answer.body) == nil
      else { return }
    }
  }

  /// Continues a mirror; returns what is wrong.
  private func extend(_ node: NodeID, by bytes: [UInt8]) -> String? {
    guard self.parts.mirrorBytes(node) + Int64(bytes.count) <= self.settings.mirrorLimit else {
      return self.stopMirror(node, "it has reached its limit of \(self.settings.mirrorLimit >> 20) MiB")
    }
    do throws(WireError) {
      let batch = try EntryBatch(encoded: bytes)
      do throws(StoreError) {
        let mirror = try self.mirror(node)
        let recovered = try mirror.recover()
        do throws(LogMirror.Refusal) {
          var record = RecordBatch()
          record.sequence = recovered.lastSequence + 1
          let append = try LogMirror.extend(recovered.log, by: batch, publicKey: node.publicKey)
          record.log = append
          do throws(StoreError) { try mirror.commit(record) } catch {
            self.mirrors[node] = nil
            return self.stopMirror(node, "\(error)")
          }
          self.links[node]?.mirroredSize = append.head.size
          self.links[node]?.mirrorProblem = nil
          return nil
        } catch {
          switch error {
          case .notNext(let next): return "\(next)"
          case .malformed, .unsigned, .notAsSigned: return self.stopMirror(node, "\(error)")
          }
        }
      } catch {
        return self.stopMirror(node, "\(error)")
      }
    } catch {
      return self.stopMirror(node, "\(error)")
    }
  }

  private func stopMirror(_ node: NodeID, _ why: String) -> String {
    if self.links[node]?.mirrorProblem != why {
      self.links[node]?.mirrorProblem = why
      self.parts.notice(.mirrorStopped(self.links[node]?.peer.name ?? node.hint, why: why))
    }
    return why
  }

  /// Entries of the site's own log, or of the mirror of the peer who asks.
  func entries(_ request: HTTPRequestReader.Request, of node: NodeID?) -> HTTPResponse {
    let from = request.query("from").flatMap { Int64($0) } ?? 1
    do throws(StoreError) {
      let log: (any LogReader)?
      if let node { log = try self.parts.readMirror(node) } else { log = try self.parts.openLog() }
      guard let batch = try log?.batch(from: from) else { return HTTPResponse(status: 204) }
      return Self.bytes(batch.encoded)
    } catch {
      self.parts.notice(.storeProblem(error))
      return Self.text(503, "cannot read the log now")
    }
  }

  /// Entries that a peer brings of its own log; the answer says which one is wanted next.
  func takeEntries(_ body: [UInt8], of node: NodeID) -> HTTPResponse {
    guard self.links[node]?.forkFound == false else { return Self.text(409, "the log has forked") }
    var next: Int64 = 1
    if !body.isEmpty, let problem = self.extend(node, by: body), Int64(problem) == nil {
      return Self.text(422, problem)
    }
    do throws(StoreError) { next = (try self.mirror(node).recover().log?.size ?? 0) + 1 } catch {
      self.parts.notice(.storeProblem(error))
      return Self.text(503, "no mirror at hand")
    }
    return Self.text(200, "\(next)")
  }

  /// Brings the site's own entries to a peer that does not fetch them, for it cannot reach this site.
  private func pushEntries(_ node: NodeID) async {
    if let pulled = self.links[node]?.pulledAt, self.now - pulled < Self.recently { return }
    var body: [UInt8] = []
    for _ in 0..<Self.batchesAtOnce {
      guard let answer = await self.request(.post, "/rigshift/v1/entries", body: body, of: node),
        answer.status == 200, let next = Int64(String(decoding: answer.body.dropLast(), as: UTF8.self)),
        let log = self.ownLog()
      else { return }
      var batch: EntryBatch?
      self.told { () throws(StoreError) in batch = try log.batch(from: next) }
      guard let batch else { return }
      body = batch.encoded
    }
  }
}
