public import Quantities

/// Everything an alarm can be about. Names are those of files, messages and metrics; they do not change.
public enum AlarmKind: String, Sendable, Hashable, CaseIterable {
  // What control finds.
  case importGuardExhausted, siteMeterStale, clockUntrusted, rigSilent, contactWelded, relayMismatch
  case storeFailed, emergencyStop
  // What the running site shows.
  case planMissing, meterSilent
  case feedFallback, feedRefused
  case peerSilent, peerForked
  // What is seen from beside it.
  case controlSilent, diskLow, channelFailing

  /// Who knows whether it lasts. While that source is silent its alarms neither come nor go.
  public var source: AlarmSource {
    switch self {
    case .importGuardExhausted, .siteMeterStale, .clockUntrusted, .rigSilent, .contactWelded, .relayMismatch,
      .storeFailed, .emergencyStop, .planMissing, .meterSilent, .feedFallback:
      .control
    case .feedRefused: .feeds
    case .peerSilent, .peerForked: .peers
    case .controlSilent, .diskLow, .channelFailing: .host
    }
  }

  public var severity: AlarmSeverity { AlarmCatalogue.entry(of: self).severity }
}

public enum AlarmSource: String, Sendable, Hashable, CaseIterable {
  case control, feeds, peers, host
}

/// Something that is wrong at this moment.
public struct AlarmCondition: Sendable, Hashable {
  public var kind: AlarmKind
  /// The rig, feed, peer or meter it is about; empty for the site.
  public var about: String
  /// What was found, in words.
  public var detail: String

  public init(_ kind: AlarmKind, about: String = "", detail: String = "") {
    self.kind = kind
    self.about = AlarmLimits.shortened(about)
    self.detail = AlarmLimits.shortened(detail)
  }
}

/// How much is kept.
public enum AlarmLimits {
  /// More alarms at a time are one disaster with many names.
  public static let open = 200
  /// Enough for a page of history.
  public static let closed = 50
  /// A longer message is read by nobody; the rest is counted.
  public static let listed = 30
  static let textBytes = 400

  /// At most as many bytes as are kept, on one line, without half a character.
  static func shortened(_ text: String) -> String {
    let text = String(
      String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    guard text.utf8.count > Self.textBytes else { return text }
    var kept = ""
    var bytes = 0
    for character in text {
      bytes += character.utf8.count
      if bytes > Self.textBytes - 3 { break }
      kept.append(character)
    }
    return kept + "..."
  }
}

/// A moment by both clocks: `monotonic` for lengths, `wall` for what people read and keep.
public struct AlarmTime: Sendable, Hashable {
  public var monotonic: MonotonicInstant
  public var wall: UTCInstant
  public init(monotonic: MonotonicInstant, wall: UTCInstant) {
    self.monotonic = monotonic
    self.wall = wall
  }
}
