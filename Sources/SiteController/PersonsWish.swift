public import Control
public import Quantities
public import SiteModel

/// What a person asks of the controller from the command line, as the event it means.
public enum PersonsWish {
  /// Why a wish cannot be granted, in words a person can act on.
  public struct Refusal: Error, Sendable, Hashable {
    public let text: String
    init(_ text: String) { self.text = text }
  }

  /// The longest override: a week forgotten is long enough.
  private static let longest = Duration.hours(7 * 24)

  /// Holds a rig on or off, or a bank at a number of rigs: `level` is `on`, `off` or a number, `length` a length of time
  /// such as `2h`.
  public static func override(
    _ target: String, level: String, for length: String, by person: String, site: Site, now: UTCInstant
  ) -> Result<ControlEvent, Refusal> {
    guard let length = DurationText.duration(length[...]), length > .zero, length <= Self.longest else {
      return .failure(
        Refusal("'\(length)' is no length of time up to 7 days; write --for 2h or --for \"90 min\""))
    }
    let expires = now + length
    switch Self.target(target, site) {
    case .failure(let refusal): return .failure(refusal)
    case .success(.rig(let rig)):
      guard level == "on" || level == "off" else {
        return .failure(Refusal("a rig is overridden `on` or `off`, not '\(level)'"))
      }
      return .success(
        .rigOverrideSet(RigOverride(rig: rig, on: level == "on", expires: expires, by: person)))
    case .success(.bank(let bank)):
      let count = site.banks[bank].count
      guard let running = level == "off" ? 0 : level == "on" ? count : Int(level),
        (0...count).contains(running)
      else {
        return .failure(
          Refusal("bank \(target) is overridden `on`, `off` or a number from 0 to \(count), not '\(level)'"))
      }
      return .success(
        .overrideSet(Override(bank: bank, running: running, expires: expires, by: person)))
    }
  }

  public static func clearOverride(_ target: String, site: Site) -> Result<ControlEvent, Refusal> {
    Self.target(target, site).map { target in
      switch target {
      case .rig(let rig): .rigOverrideCleared(rig)
      case .bank(let bank): .overrideCleared(bank: bank)
      }
    }
  }

  public static func lockOut(_ name: String, why: String, site: Site) -> Result<ControlEvent, Refusal> {
    guard let rig = site.rig(named: name) else { return .failure(Self.noRig(name)) }
    return .success(.lockOut(rig, why: why))
  }

  public static func clearLockOut(_ name: String, site: Site) -> Result<ControlEvent, Refusal> {
    guard let rig = site.rig(named: name) else { return .failure(Self.noRig(name)) }
    return .success(.lockOutCleared(rig))
  }

  private enum Target {
    case rig(RigID)
    case bank(Int)
  }

  private static func target(_ name: String, _ site: Site) -> Result<Target, Refusal> {
    if let rig = site.rig(named: name) { return .success(.rig(rig)) }
    if let bank = site.banks.firstIndex(where: { $0.name == name }) { return .success(.bank(bank)) }
    let banks = site.banks.map { "\($0.name)-1..\($0.name)-\($0.count)" }.joined(separator: ", ")
    return .failure(Refusal("no rig or bank is called '\(name)'; the site has \(banks)"))
  }

  private static func noRig(_ name: String) -> Refusal { Refusal("no rig is called '\(name)'") }
}
