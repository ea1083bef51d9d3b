public import Control
public import Quantities
public import SiteModel

/// What a person or a program asks of the running site.
public enum PersonsWish: Sendable {
  case control(ControlEvent)
  /// In order, in one go.
  case controls([ControlEvent])
  case add(DemandEvent)
  case cancelDemandEvent(String)

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
  ) -> Result<PersonsWish, Refusal> {
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
        .control(.rigOverrideSet(RigOverride(rig: rig, on: level == "on", expires: expires, by: person))))
    case .success(.bank(let bank)):
      let count = site.banks[bank].count
      guard let running = level == "off" ? 0 : level == "on" ? count : Int(level),
        (0...count).contains(running)
      else {
        return .failure(
          Refusal("bank \(target) is overridden `on`, `off` or a number from 0 to \(count), not '\(level)'"))
      }
      return .success(
        .control(.overrideSet(Override(bank: bank, running: running, expires: expires, by: person))))
    }
  }

  public static func clearOverride(_ target: String, site: Site) -> Result<PersonsWish, Refusal> {
    Self.target(target, site).map { target in
      switch target {
      case .rig(let rig): .control(.rigOverrideCleared(rig))
      case .bank(let bank): .control(.overrideCleared(bank: bank))
      }
    }
  }

  public static func lockOut(_ name: String, why: String, site: Site) -> Result<PersonsWish, Refusal> {
    guard let rig = site.rig(named: name) else { return .failure(Self.noRig(name)) }
    return .success(.control(.lockOut(rig, why: why)))
  }

  public static func clearLockOut(_ name: String, site: Site) -> Result<PersonsWish, Refusal> {
    guard let rig = site.rig(named: name) else { return .failure(Self.noRig(name)) }
    return .success(.control(.lockOutCleared(rig)))
  }

  /// A person has looked at the site's time and says that it is right.
  public static let confirmClock = PersonsWish.control(.clockConfirmed)

  /// Opens every relay at once, however lately it was switched, and keeps it so until `endAllOff`. Rigs that are locked out
  /// already keep their reason, so that the end of this does not release them.
  public static func allOff(by person: String, _ status: ControllerStatus) -> PersonsWish {
    .controls(
      status.rigs.filter { !$0.isLockedOut }.map { .lockOut($0.rig, why: "\(Self.allOff), by \(person)") })
  }

  /// Gives back the rigs that `allOff` locked out; those locked out for another reason stay so.
  public static func endAllOff(_ status: ControllerStatus) -> Result<PersonsWish, Refusal> {
    let rigs = status.rigs.filter { rig in
      if case .lockedOut(let why) = rig.reason { why.hasPrefix(Self.allOff) } else { false }
    }
    guard !rigs.isEmpty else { return .failure(Refusal("no rig is locked out by an all-off")) }
    return .success(.controls(rigs.map { .lockOutCleared($0.rig) }))
  }

  private static let allOff = "all off"

  /// An event between two spoken times, with a cap in kW, a price per kWh, or both.
  public static func demandEvent(
    _ name: String, from: String, to: String, cap: String, price: String, site: Site, now: UTCInstant
  ) -> Result<PersonsWish, Refusal> {
    guard !name.isEmpty, name.count <= 40 else {
      return .failure(Refusal("an event needs a name of up to 40 letters"))
    }
    if site.demandEvents.contains(where: { $0.name == name }) {
      return .failure(Refusal("the site file has an event '\(name)' already"))
    }
    guard let start = site.zone.instant(said: from, on: now), let end = site.zone.instant(said: to, on: now),
      let window = Slot(start: start, end: end), end > now
    else {
      return .failure(
        Refusal(
          "'\(from)' to '\(to)' is no coming stretch of time; write --from 17:00 --to 19:00, or full local times"
        ))
    }
    let limit = Double(cap).flatMap { Kilowatts(checking: $0) }
    let paid = Double(price).flatMap { EnergyPrice(checking: $0) }
    guard cap.isEmpty || limit.map({ $0 >= .zero }) == true,
      price.isEmpty || paid.map({ $0 >= .zero }) == true,
      limit != nil || paid != nil
    else {
      return .failure(Refusal("an event needs --cap KW, --price PER_KWH or both, none of them negative"))
    }
    return .success(.add(DemandEvent(name: name, window: window, importCap: limit, price: paid)))
  }

  public static func cancelDemandEvent(
    _ name: String, among events: [DemandEvent], site: Site
  ) -> Result<PersonsWish, Refusal> {
    if events.contains(where: { $0.name == name }) { return .success(.cancelDemandEvent(name)) }
    if site.demandEvents.contains(where: { $0.name == name }) {
      return .failure(Refusal("'\(name)' is in the site file; take it out there and send SIGHUP"))
    }
    return .failure(Refusal("no demand-response event is called '\(name)'"))
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
