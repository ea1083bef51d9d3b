import JSONText
import Quantities
public import SiteModel

/// Everything a broker is to hold of a site: descriptions first, so that a state finds its entity.
public enum HomeImage {
  /// Rigs beyond are seen through their bank alone: a home shows no thousands of switches, and every one of them costs the
  /// broker and the home five topics.
  public static let mostRigs = 500
  private static let mostAlarms = 20
  /// A sentence is cut to so many letters.
  private static let longestText = 500

  public static func topics(of picture: HomePicture, _ settings: MQTTSettings, version: String)
    -> [RetainedTopic]
  {
    let topics = HomeTopics(settings)
    let discovery = HomeDiscovery(
      topics: topics, takesCommands: settings.acceptsCommands, picture: picture, version: version)
    return (settings.isDiscoverable ? discovery.descriptions : []) + Self.site(picture, topics)
      + picture.banks.flatMap { Self.bank($0, topics) } + picture.meters.flatMap { Self.meter($0, topics) }
      + picture.rigs.prefix(Self.mostRigs).flatMap { Self.rig($0, topics) }
  }

  /// What may be commanded, by the topic that commands it.
  public static func targets(of picture: HomePicture, _ settings: MQTTSettings) -> [String: HomeTarget] {
    let topics = HomeTopics(settings)
    var targets: [String: HomeTarget] = [:]
    for bank in picture.banks { targets[topics.bank(bank.name, "set")] = .bank(bank.name, rigs: bank.rigs) }
    for rig in picture.rigs { targets[topics.rig(rig.name, "set")] = .rig(rig.name) }
    return targets
  }

  private static func site(_ picture: HomePicture, _ topics: HomeTopics) -> [RetainedTopic] {
    [
      RetainedTopic(topics.site("problem"), Self.onOff(!picture.alarms.isEmpty)),
      RetainedTopic(
        topics.site("alarms"),
        Self.object(["alarms": .array(picture.alarms.prefix(Self.mostAlarms).map { .string(Self.cut($0)) })])),
      RetainedTopic(topics.site("emergency_stop"), Self.onOff(picture.isEmergencyStopped)),
      RetainedTopic(topics.site("plan"), picture.plan ?? "none"),
      RetainedTopic(topics.site("rig_hours_today"), Self.figure(picture.rigHours, 2), .figure),
    ]
  }

  private static func bank(_ bank: HomePicture.Bank, _ topics: HomeTopics) -> [RetainedTopic] {
    [
      RetainedTopic(topics.bank(bank.name, "state"), Self.onOff(bank.running > 0)),
      RetainedTopic(topics.bank(bank.name, "running"), "\(bank.running)"),
      RetainedTopic(topics.bank(bank.name, "wanted"), "\(bank.wanted)"),
      RetainedTopic(
        topics.bank(bank.name, "attributes"),
        Self.object([
          "rigs": .integer(Int64(bank.rigs)), "available": .integer(Int64(bank.available)),
          "authority": .string(bank.authority), "reason": .string(Self.cut(bank.reason)),
          "held_by": Self.text(bank.heldBy), "override_by": Self.text(bank.override?.by),
          "override_until": Self.text(bank.override.map { ISO8601.string($0.until) }),
        ]), .figure),
    ]
  }

  private static func rig(_ rig: HomePicture.Rig, _ topics: HomeTopics) -> [RetainedTopic] {
    [
      RetainedTopic(topics.rig(rig.name, "state"), Self.onOff(rig.isOn)),
      RetainedTopic(topics.rig(rig.name, "available"), Self.online(rig.isAvailable)),
      RetainedTopic(
        topics.rig(rig.name, "attributes"),
        Self.object([
          "authority": .string(rig.authority), "reason": .string(Self.cut(rig.reason)),
          "held_by": Self.text(rig.heldBy), "override_by": Self.text(rig.override?.by),
          "override_until": Self.text(rig.override.map { ISO8601.string($0.until) }),
          "cycles": .integer(Int64(rig.cycles)),
        ]), .figure),
    ]
  }

  /// A meter that shows nothing leaves its last figures where they are, and is not available: absent is never zero.
  private static func meter(_ meter: HomePicture.Meter, _ topics: HomeTopics) -> [RetainedTopic] {
    let available = RetainedTopic(topics.meter(meter.name, "available"), Self.online(meter.reading != nil))
    guard let reading = meter.reading else { return [available] }
    let counters = [("forward", reading.forward), ("reverse", reading.reverse)].compactMap { leaf, counter in
      counter.map { RetainedTopic(topics.meter(meter.name, leaf), Self.figure($0.value, 3), .figure) }
    }
    return [RetainedTopic(topics.meter(meter.name, "power"), Self.figure(reading.power.value, 3), .figure)]
      + counters + [available]
  }

  static func online(_ isThere: Bool) -> String { isThere ? "online" : "offline" }
  private static func onOff(_ isOn: Bool) -> String { isOn ? "ON" : "OFF" }
  private static func figure(_ value: Double, _ decimals: Int) -> String {
    NumberText.string(value, decimals: decimals)
  }
  private static func object(_ value: JSONValue) -> String { value.text() }
  private static func text(_ text: String?) -> JSONValue { text.map { .string(Self.cut($0)) } ?? .null }
  private static func cut(_ text: String) -> String { String(text.prefix(Self.longestText)) }
}
