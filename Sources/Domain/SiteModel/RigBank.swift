public import Quantities

/// Identical rigs that are switched one by one.
public struct RigBank: Sendable, Hashable {
  public var name: String
  public var count: Int
  /// Draw of one rig at 25 C ambient or below.
  public var draw: Kilowatts
  /// Rise of the draw per kelvin of ambient over 25 C (0.005 suits an Antminer S19).
  public var heatCoefficient: Double
  public var minimumOn: Duration
  public var minimumOff: Duration
  /// Cost of one start, in site currency: wear, lost hashing during start-up.
  public var startCost: Money
  /// Income of one rig-hour, in site currency.
  public var revenuePerRigHour: Money
  /// Rigs that must always run.
  public var minimumRunning: Int
  /// The most starts of the whole bank in one local day; nil is unlimited.
  public var maximumStartsPerDay: Int?
  /// One relay line per rig, in rig order. `count` entries.
  public var relayLines: [String]
  public var fallback: Fallback
  /// Switching cycles one relay contact is rated for; nil is unknown.
  public var ratedCycles: Int?
  /// How its rigs are asked to stop; nil opens their relays at once.
  public var softStop: SoftStop?

  public init(
    name: String, count: Int, draw: Kilowatts, heatCoefficient: Double = 0, minimumOn: Duration = .zero,
    minimumOff: Duration = .zero, startCost: Money = .zero, revenuePerRigHour: Money = .zero,
    minimumRunning: Int = 0,
    maximumStartsPerDay: Int? = nil, relayLines: [String], fallback: Fallback = .off, ratedCycles: Int? = nil,
    softStop: SoftStop? = nil
  ) {
    self.name = name
    self.count = count
    self.draw = draw
    self.heatCoefficient = heatCoefficient
    self.minimumOn = minimumOn
    self.minimumOff = minimumOff
    self.startCost = startCost
    self.revenuePerRigHour = revenuePerRigHour
    self.minimumRunning = minimumRunning
    self.maximumStartsPerDay = maximumStartsPerDay
    self.relayLines = relayLines
    self.fallback = fallback
    self.ratedCycles = ratedCycles
    self.softStop = softStop
  }

  /// Draw of one rig at an ambient temperature: `draw * (1 + k * max(0, T - 25))`.
  @inlinable public func draw(at ambient: Celsius) -> Kilowatts {
    self.draw * (1 + self.heatCoefficient * max(0, ambient.value - 25))
  }
}

/// What a bank's outputs do when the site cannot be controlled: stale meter, untrusted clock, dead controller.
public enum Fallback: Sendable, Hashable {
  /// Open at once.
  case off
  /// Stay as they are for this long, then open.
  case hold(Duration)
}

/// Names one rig: an index into `Site.banks` and the rig's position in the bank, both from 0.
public struct RigID: Sendable, Hashable, Comparable, Codable {
  public var bank: Int
  public var rig: Int
  public init(bank: Int, rig: Int) {
    self.bank = bank
    self.rig = rig
  }
  public static func < (a: RigID, b: RigID) -> Bool { (a.bank, a.rig) < (b.bank, b.rig) }
}

extension Site {
  /// How a person names a rig: the bank's name, a dash and the rig's number from 1 (`s19-7`).
  public func name(of rig: RigID) -> String {
    self.banks.indices.contains(rig.bank) ? "\(self.banks[rig.bank].name)-\(rig.rig + 1)" : "?-\(rig.rig + 1)"
  }

  /// The rig a person named, nil when there is none.
  public func rig(named text: String) -> RigID? {
    guard let dash = text.lastIndex(of: "-"), let number = Int(text[text.index(after: dash)...]), number >= 1,
      let bank = self.banks.firstIndex(where: { $0.name == text[..<dash] }), number <= self.banks[bank].count
    else { return nil }
    return RigID(bank: bank, rig: number - 1)
  }
}
