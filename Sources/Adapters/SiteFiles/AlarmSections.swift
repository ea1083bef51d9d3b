import Quantities
import SiteModel

/// `[alarms]`, `[alarms.webhook]` and `[alarms.mail]`.
enum AlarmSections {
  static func read(_ table: TableReader, _ folder: SiteFolder) -> AlarmSettings {
    var settings = AlarmSettings()
    if table.has("quiet_hours") { settings.quietHours = Self.quietHours(table.table("quiet_hours")) }
    if let hold = table.duration("hold", in: .seconds(10) ... .hours(4)) { settings.hold = hold }
    if let gather = table.duration("gather", in: .zero ... .minutes(10)) { settings.gather = gather }
    if let reminds = table.flag("reminders"), !reminds { settings.reminder = nil }
    if let every = table.duration("reminder", in: .minutes(1) ... .hours(24)) {
      if settings.reminder == nil {
        table.error(
          "'reminder' says when somebody is told again, and 'reminders' that nobody is", at: "reminder",
          do: "remove one of the two")
      }
      settings.reminder = every
    }
    if table.has("webhook") { settings.webhook = Self.webhook(table.table("webhook"), folder) }
    if table.has("mail") { settings.mail = Self.mail(table.table("mail"), folder) }
    table.finish()
    return settings
  }

  private static func quietHours(_ table: TableReader) -> PlannerSettings.Window? {
    let from = table.timeOfDay("from", .required(example: #"from = "22:00""#))
    let to = table.timeOfDay("to", .required(example: #"to = "07:00""#))
    table.finish()
    guard let from, let to else { return nil }
    guard from.minutes % 1440 != to.minutes % 1440 else {
      table.error(
        "quiet hours begin and end at the same time", at: "to", do: "give them a length, or remove them")
      return nil
    }
    return PlannerSettings.Window(from: from, to: to)
  }

  // MARK: Webhook

  private static func webhook(_ table: TableReader, _ folder: SiteFolder) -> AlarmSettings.Webhook? {
    let file = table.text("url_file").map(folder.resolve)
    let example = #"url = "https://alerts.example.org/rigshift""#
    let url = table.text("url", file == nil ? .required(example: example) : .optional)
    let token = table.text("token_file").map(folder.resolve)
    let secret = table.text("secret_file").map(folder.resolve)
    let answerWithin = table.duration("answer_within", in: .seconds(1) ... .minutes(1)) ?? .seconds(15)
    table.finish()
    if let file {
      if table.has("url") {
        table.error(
          "'url' and 'url_file' both say where to post", at: "url_file", do: "remove one of the two")
      }
      return AlarmSettings.Webhook(
        address: .file(file), tokenFile: token, secretFile: secret, answerWithin: answerWithin)
    }
    guard let url else { return nil }
    guard let origin = AlarmSettings.Webhook.origin(of: url) else {
      table.error(
        "'url' is not an address to post to", at: "url",
        do: "write it like \"https://alerts.example.org/rigshift\", without a name or password")
      return nil
    }
    if !AlarmSettings.Webhook.isPrivate(origin) {
      if token != nil {
        table.error(
          "the token would be sent to \"\(origin.host)\" without encryption", at: "url",
          do: "use an address with https://")
      } else {
        table.warning(
          "alarms are posted to \"\(origin.host)\" without encryption", at: "url",
          do: "use an address with https://")
      }
    }
    return AlarmSettings.Webhook(
      address: .plain(url), tokenFile: token, secretFile: secret, answerWithin: answerWithin)
  }

  // MARK: Mail

  private static func mail(_ table: TableReader, _ folder: SiteFolder) -> AlarmSettings.Mail? {
    let server = table.address("server", .required(example: #"server = "mail.example.org:587""#))
    let security = table.choice("security", of: AlarmSettings.Mail.Security.self) ?? .startTLS
    let user = table.text("user")
    let password = table.text("password_file").map(folder.resolve)
    let authorities = table.text("ca_file").map(folder.resolve)
    let from = Self.mailbox(
      table, table.node("from", .required(example: #"from = "rigshift@example.org""#)), "from")
    let to = table.array("to", .required(example: #"to = ["operator@example.org"]"#))
    let recipients = (to ?? []).compactMap { Self.mailbox(table, $0, "to") }
    let answerWithin = table.duration("answer_within", in: .seconds(1) ... .minutes(1))
    table.finish()
    if let to, !(1...Self.mostRecipients).contains(to.count) {
      table.error(
        "'to' names \(to.count) people", at: "to", do: "name 1 to \(Self.mostRecipients) of them")
    }
    if (user == nil) != (password == nil) {
      table.error(
        user == nil ? "'password_file' stands without 'user'" : "'user' stands without 'password_file'",
        at: user == nil ? "password_file" : "user", do: "give both, or neither")
    }
    guard let server, let from, !recipients.isEmpty else { return nil }
    if security == .none, !server.isLoopback {
      if user != nil {
        table.error(
          "the password would be sent to \"\(server)\" without encryption", at: "security",
          do: "use \"starttls\" or \"tls\"")
      } else {
        table.warning(
          "alarms are mailed by \"\(server)\" without encryption", at: "security",
          do: "use \"starttls\" or \"tls\"")
      }
    }
    return AlarmSettings.Mail(
      server: server, security: security, user: user, passwordFile: password, authoritiesFile: authorities,
      from: from, to: recipients, answerWithin: answerWithin ?? .seconds(15))
  }

  private static let mostRecipients = 20

  /// A plain address, `name@host`, that is safe in a header and on the wire.
  private static func mailbox(_ table: TableReader, _ node: TOMLNode?, _ key: String) -> String? {
    guard let node, let text = table.text(node, "'\(key)'") else { return nil }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    let isPlain = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || ".-_+@".utf8.contains(byte)
    }
    guard isPlain, parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
      table.log.error(
        "\"\(text)\" is not a mail address", at: node.position,
        do: "write it alone, such as \"operator@example.org\", without a name in front")
      return nil
    }
    return text
  }
}
