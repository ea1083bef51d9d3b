public import Alarms
import Control
public import JSONText
import Ports
import SiteModel

/// What of a site's published state is a reason for an alarm.
public enum AlarmSigns {
  /// Of the site between two ticks.
  public static func conditions(of picture: SitePicture) -> [AlarmCondition] {
    let site = picture.site
    var found = picture.controller.alarms.map { alarm in
      AlarmCondition(
        Self.kind(alarm.kind), about: alarm.rig.map { site.name(of: $0) } ?? "", detail: alarm.text)
    }
    if picture.plan == nil { found.append(AlarmCondition(.planMissing)) }
    for feed in picture.status["feeds"]?.array ?? [] where feed["rung"]?.string != "fresh" {
      found.append(
        AlarmCondition(
          .feedFallback, about: feed["feed"]?.string ?? "", detail: feed["text"]?.string ?? ""))
    }
    for (meter, reading) in zip(site.meters, picture.readings) where meter.subject != .grid {
      guard case .failure(let fault) = reading else { continue }
      found.append(AlarmCondition(.meterSilent, about: meter.name, detail: fault.rawValue))
    }
    return found
  }

  /// Of the answer of `FeedService.report`.
  public static func conditions(feeds: JSONValue) -> [AlarmCondition] {
    (feeds.array ?? []).filter { $0["state"]?.string == "needs_person" }.map {
      AlarmCondition(.feedRefused, about: $0["feed"]?.string ?? "", detail: $0["why"]?.string ?? "")
    }
  }

  /// Seconds without a word after which a peer counts as silent; the catalogue has patience on top.
  private static let silence = 60.0

  /// Of the answer of `PeerService.peersReport`.
  public static func conditions(peers: JSONValue) -> [AlarmCondition] {
    (peers.array ?? []).flatMap { peer -> [AlarmCondition] in
      let name = peer["name"]?.string ?? ""
      var found: [AlarmCondition] = []
      if peer["forked"]?.bool == true {
        found.append(
          AlarmCondition(.peerForked, about: name, detail: "two checkpoints that cannot both be true"))
      }
      let heard = peer["heard_s_ago"]?.double
      if heard.map({ $0 > Self.silence }) ?? true {
        found.append(AlarmCondition(.peerSilent, about: name, detail: peer["failure"]?.string ?? ""))
      }
      return found
    }
  }

  private static func kind(_ kind: Alarm.Kind) -> AlarmKind {
    switch kind {
    case .importGuardExhausted: .importGuardExhausted
    case .siteMeterStale: .siteMeterStale
    case .clockUntrusted: .clockUntrusted
    case .rigSilent: .rigSilent
    case .contactWelded: .contactWelded
    case .relayMismatch: .relayMismatch
    case .storeFailed: .storeFailed
    case .emergencyStop: .emergencyStop
    }
  }
}

/// What is wrong at a moment, as far as it is known.
public struct AlarmSight: Sendable, Hashable {
  public var conditions: [AlarmCondition]
  /// Sources that say nothing at present.
  public var unknown: Set<AlarmSource>
  public init(_ conditions: [AlarmCondition] = [], unknown: Set<AlarmSource> = []) {
    self.conditions = conditions
    self.unknown = unknown
  }
}
