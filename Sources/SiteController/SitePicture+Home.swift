import Control
public import HomeAutomation
import JSONText
public import Quantities
public import SiteModel

extension SitePicture {
  /// The site as home automation sees it.
  public var home: HomePicture {
    let words = ReasonText(site: self.site, now: self.now)
    var home = HomePicture(site: self.site.name)
    home.rigs = self.controller.rigs.map { rig in
      HomePicture.Rig(
        name: self.site.name(of: rig.rig), isOn: rig.isClosed,
        isAvailable: !rig.isLockedOut && !rig.isSilent && !rig.isWelded, authority: "\(rig.authority)",
        reason: words.clause(rig.reason), heldBy: rig.heldBy.map { words.clause($0) },
        override: rig.override.map { .init(by: $0.by, until: $0.expires) }, cycles: rig.cycles)
    }
    home.banks = zip(self.site.banks, self.controller.banks).map { bank, status in
      HomePicture.Bank(
        name: bank.name, rigs: bank.count, running: status.running, wanted: status.wanted,
        available: status.available, authority: "\(status.authority)", reason: words.clause(status.reason),
        heldBy: status.heldBy.map { words.clause($0) },
        override: status.override.map { .init(by: $0.by, until: $0.expires) })
    }
    home.meters = zip(self.site.meters, self.readings).map { meter, reading in
      HomePicture.Meter(name: meter.name, subject: meter.subject, reading: self.believed(reading))
    }
    home.alarms = self.controller.alarms.map(\.text)
    home.isEmergencyStopped = self.controller.isEmergencyStopped
    home.rigHours = self.status["rig_hours_today"]?.double ?? 0
    home.plan = self.plan?.plan.status
    return home
  }

  /// A reading that is as old as one the controller no longer believes shows nothing.
  private func believed(_ reading: Result<MeterReading, MeterFault>) -> HomePicture.Reading? {
    guard case .success(let reading) = reading,
      self.now.monotonic - reading.takenAt <= self.site.control.staleAfter
    else { return nil }
    return HomePicture.Reading(power: reading.power, forward: reading.forward, reverse: reading.reverse)
  }
}

extension PersonsWish {
  /// Who asks, in records and on pages.
  public static let homeAutomation = "mqtt"

  /// A command of home automation, held for as long as the site file says. Refused unless the site file in force, which
  /// may have been reloaded since the command came, takes commands.
  public static func home(_ command: HomeCommand, site: Site, now: UTCInstant)
    -> Result<PersonsWish, Refusal>
  {
    guard let settings = site.mqtt, settings.acceptsCommands else {
      return .failure(Refusal("commands over MQTT are not enabled"))
    }
    switch command.wish {
    case .automatic: return self.clearOverride(command.target, site: site)
    case .hold(let level):
      return self.override(
        command.target, level: level, for: DurationText.string(settings.commandHold),
        by: Self.homeAutomation, site: site, now: now)
    }
  }
}
