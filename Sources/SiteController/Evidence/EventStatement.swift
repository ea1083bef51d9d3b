import Certificates
import Control
import JSONText
import Ports
import SiteModel

/// What the log says of something that happened.
enum EventStatement {
  /// What is only the working of plan and guards: it changes nothing about the numbers, and the record has it.
  private static let workings: Set<EventKind> = [
    .planAccepted, .planRefused, .planWithdrawn, .guardTripped, .guardExhausted, .guardCleared, .fallback,
    .fallbackEnded,
  ]

  /// Nil for an event that is no evidence. Every other kind, also one that joins later, may make somebody doubt a number.
  static func draft(_ event: EventRecord, site: Site, isClockTrusted: Bool) -> EntryDraft? {
    guard !Self.workings.contains(event.kind) else { return nil }
    var body: [JSONValue.Member] = [
      .init("event", .string(event.kind.rawValue)), .init("text", .string(event.text)),
      .init("clock_trusted", .bool(isClockTrusted)),
    ]
    if let rig = event.rig { body.append(.init("rig", .string(site.name(of: rig)))) }
    if let change = event.siteFile {
      body.append(.init("old_site_file_sha256", .optional(change.old)))
      body.append(.init("new_site_file_sha256", .optional(change.new)))
    }
    return EntryDraft(kind: .event, issuedAt: event.at, body: body)
  }
}
