public import JSONText

/// What somebody asks the running site to do. Names, lengths and jobs are judged by the site itself.
public enum WebWish: Sendable, Hashable {
  /// `level` is `on`, `off` or a number of rigs, `length` a length of time such as `2h`.
  case override(target: String, level: String, length: String)
  case clearOverride(target: String)
  case lockOut(rig: String, why: String)
  case clearLockOut(rig: String)
  /// Every relay opens at once and stays so until `endAllOff`.
  case allOff
  case endAllOff
  case replan
  case addJob(JSONValue)
  case cancelJob(id: String)
  /// Somebody knows of an alarm.
  case acknowledge(alarm: String)
  /// The site's time is right.
  case confirmClock
  /// A message over every channel to people.
  case testAlarms

  /// Why a body is no wish, by its field.
  struct Mistake: Error {
    let text: String
  }

  /// From the body of a request that means `kind`: every field is a text, all of them are needed unless `optional`, and no
  /// other is understood.
  private static func texts(
    _ body: JSONValue, _ names: [String], optional: Set<String> = []
  ) throws(Mistake) -> [String: String] {
    guard let members = body.object else { throw Mistake(text: "the body is no JSON object") }
    var texts: [String: String] = [:]
    for member in members {
      guard names.contains(member.name) else {
        throw Mistake(
          text: "'\(member.name.prefix(40))' is not understood; fields are \(names.joined(separator: ", "))")
      }
      let text = member.value.string ?? member.value.int.map { "\($0)" }
      guard let text, text.utf8.count <= 400 else { throw Mistake(text: "'\(member.name)' is no short text") }
      texts[member.name] = text
    }
    for name in names where texts[name] == nil && !optional.contains(name) {
      throw Mistake(text: "'\(name)' is missing")
    }
    return texts
  }

  static func override(_ body: JSONValue) throws(Mistake) -> WebWish {
    let texts = try Self.texts(body, ["target", "level", "for"])
    return .override(
      target: texts["target"] ?? "", level: texts["level"] ?? "", length: texts["for"] ?? "")
  }

  static func lockOut(_ body: JSONValue) throws(Mistake) -> WebWish {
    let texts = try Self.texts(body, ["rig", "why"], optional: ["why"])
    return .lockOut(rig: texts["rig"] ?? "", why: texts["why"] ?? "")
  }

  /// From a form on a page; nil when it is none of them.
  init?(_ form: FormFields) {
    let target = form["target"] ?? ""
    switch form["action"] {
    case "override":
      self = .override(target: target, level: form["level"] ?? "", length: form["for"] ?? "")
    case "clear-override": self = .clearOverride(target: target)
    case "lockout": self = .lockOut(rig: target, why: form["why"] ?? "")
    case "clear-lockout": self = .clearLockOut(rig: target)
    // Typed out, so that no stray tap stops a site.
    case "all-off" where form["confirm"]?.uppercased() == "OFF": self = .allOff
    case "end-all-off": self = .endAllOff
    case "replan": self = .replan
    case "confirm-clock": self = .confirmClock
    case "cancel-job": self = .cancelJob(id: target)
    case "acknowledge": self = .acknowledge(alarm: target)
    case _: return nil
    }
  }
}
