import Control
public import Devices
public import Ports
public import Quantities
public import SiteModel

/// All that happens on one bus: its meters read in turn, its relay boards written and read back. Owned by the bus's
/// thread, which calls `step` for ever.
public final class BusWorker {
  /// What a person should hear of a device; sent when it changes.
  public enum Notice: Sendable, Hashable {
    case answers(String)
    case silent(String, RegisterFault)
    /// It answers, but it is not what the site file says.
    case refused(String, DeviceSession.Refusal)
    case undecodable(String, DeviceQuantity)
  }

  private enum Device {
    case meter(Int, MeterWiring, DeviceSession)
    case board(Int, BoardWiring)
  }

  /// A close that could not be written for this long, in milliseconds, is given up: the controller has long decided
  /// something else. An open is tried for ever.
  private static let longestCloseWait: Int64 = 2000
  private static let boardPeriod = Duration.seconds(1)
  /// A board that did not take a command is left alone this long, in milliseconds, so that the meters get their turns.
  private static let boardPause: Int64 = 500

  private let index: Int
  private let site: Site
  private let bus: any RegisterBus
  private let table: MeterTable
  private let relays: BoardRelays
  private let now: () -> MonotonicInstant
  private let notify: (Notice) -> Void
  private var devices: [Device] = []
  private var schedule = PollSchedule()
  /// Boards that did not take a command, and until when they are left alone.
  private var pausedBoards: [Int: MonotonicInstant] = [:]
  /// What was last said of each device.
  private var said: [Notice?] = []

  public init(
    _ index: Int, of site: Site, bus: any RegisterBus, table: MeterTable, relays: BoardRelays,
    now: @escaping () -> MonotonicInstant, notify: @escaping (Notice) -> Void
  ) {
    self.index = index
    self.site = site
    self.bus = bus
    self.table = table
    self.relays = relays
    self.now = now
    self.notify = notify
    let period = site.buses.indices.contains(index) ? site.buses[index].poll : .seconds(1)
    let start = now()
    for (meter, described) in site.meters.enumerated() {
      guard let wiring = described.wiring, wiring.bus == index else { continue }
      self.devices.append(.meter(meter, wiring, DeviceSession(wiring.template)))
      self.schedule.add(isUrgent: described.subject == .grid, period: period, at: start)
    }
    for (board, described) in site.relayBoards.enumerated() {
      guard let wiring = described.wiring, wiring.bus == index else { continue }
      self.devices.append(.board(board, wiring))
      self.schedule.add(isUrgent: false, period: Self.boardPeriod, at: start)
    }
    self.said = Array(repeating: nil, count: self.devices.count)
  }

  /// Carries out what is asked for and polls the device whose turn it is. Returns the milliseconds until there is
  /// something to do again, unless a command comes first.
  public func step() -> Int64 {
    let isBehind = self.carryOut()
    guard let turn = self.schedule.next(at: self.now()) else {
      let pause = self.schedule.pause(at: self.now()) ?? 1000
      return isBehind ? min(pause, 100) : pause
    }
    let succeeded =
      switch self.devices[turn] {
      case .meter(let meter, let wiring, let session): self.poll(turn, meter, wiring, session)
      case .board(let board, let wiring): self.readBack(turn, board, wiring)
      }
    self.schedule.finished(turn, succeeded: succeeded, at: self.now())
    return 0
  }

  // MARK: Relays

  /// True when something could not be written.
  private func carryOut() -> Bool {
    var isBehind = false
    for (channel, wish) in self.relays.wishes(on: self.index) {
      guard let board = self.site.relayBoards[channel.board].wiring else { continue }
      let now = self.now()
      if wish.isClosed, let since = wish.since, now.millisecondsSince(since) > Self.longestCloseWait {
        self.relays.drop(channel, wish, isDone: false)
        continue
      }
      self.relays.noteChance(channel, wish, at: now)
      if let until = self.pausedBoards[channel.board], now < until {
        isBehind = true
        continue
      }
      let coil = board.template.firstCoil.addingReportingOverflow(UInt16(clamping: channel.channel))
        .partialValue
      do throws(RegisterFault) {
        try self.bus.writeCoil(wish.isClosed, at: coil, unit: board.unit)
        self.relays.drop(channel, wish, isDone: true)
        self.pausedBoards[channel.board] = nil
      } catch {
        isBehind = true
        self.pausedBoards[channel.board] = self.now().advanced(byMilliseconds: Self.boardPause)
      }
    }
    return isBehind
  }

  private func readBack(_ device: Int, _ board: Int, _ wiring: BoardWiring) -> Bool {
    let channels = wiring.template.channels
    let name = self.site.relayBoards[board].name
    do throws(RegisterFault) {
      let levels = try self.bus.readCoils(channels, at: wiring.template.firstCoil, unit: wiring.unit)
      self.relays.note(levels, board: board, channels: channels)
      self.say(.answers(name), of: device)
      return true
    } catch {
      self.relays.note(nil, board: board, channels: channels)
      self.say(.silent(name, error), of: device)
      return false
    }
  }

  // MARK: Meters

  private func poll(_ device: Int, _ meter: Int, _ wiring: MeterWiring, _ earlier: DeviceSession) -> Bool {
    var session = earlier
    let name = self.site.meters[meter].name
    var takenAt = self.now()
    var step = session.begin()
    while true {
      switch step {
      case .read(let request):
        takenAt = self.now()
        do throws(RegisterFault) {
          step = session.take(.success(try self.bus.read(request, unit: wiring.unit)))
        } catch {
          step = session.take(.failure(error))
        }
      case .done(let outcome):
        let isGood = self.take(outcome, device: device, meter: meter, name: name, wiring, takenAt)
        if case .failed(let fault) = outcome, fault == .timeout || fault == .busDown { session.forget() }
        self.devices[device] = .meter(meter, wiring, session)
        return isGood
      }
    }
  }

  private func take(
    _ outcome: DeviceSession.Outcome, device: Int, meter: Int, name: String, _ wiring: MeterWiring,
    _ takenAt: MonotonicInstant
  ) -> Bool {
    switch outcome {
    case .values(let values):
      let reading = MeterReading(values, of: wiring, meter: meter, takenAt: takenAt)
      self.table.note(reading.map { .success($0) } ?? .failure(.notANumber), meter: meter)
      self.say(.answers(name), of: device)
      // A device that says "no value" is well; asking it less often would gain nothing.
      return true
    case .failed(let fault):
      self.table.note(.failure(MeterFault(fault)), meter: meter)
      self.say(.silent(name, fault), of: device)
      return false
    case .undecodable(let quantity):
      self.table.note(.failure(.notANumber), meter: meter)
      self.say(.undecodable(name, quantity), of: device)
      return true
    case .refused(let refusal):
      self.table.note(.failure(.exception), meter: meter)
      self.say(.refused(name, refusal), of: device)
      return false
    }
  }

  private func say(_ notice: Notice, of device: Int) {
    guard self.said[device] != notice else { return }
    self.said[device] = notice
    self.notify(notice)
  }
}

extension MeterReading {
  /// Nil without a power. An inverter that answers, shows its counter and says "no value" for its power is asleep: it
  /// delivers nothing, and the counter, which then has to stand, is the witness. Of a meter "no value" is never 0.
  init?(
    _ values: DeviceSession.Values, of wiring: MeterWiring, meter: Int, takenAt: MonotonicInstant
  ) {
    let isAsleep = wiring.template.kind == .inverter && values[.importEnergy] != nil
    guard let watts = values[.power] ?? (isAsleep ? 0 : nil), let power = Kilowatts(checking: watts) else {
      return nil
    }
    let forward = values[.importEnergy].flatMap { KilowattHours(checking: $0) }
    let reverse = values[.exportEnergy].flatMap { KilowattHours(checking: $0) }
    self.init(
      meter: meter, power: wiring.isReversed ? -power : power,
      forward: wiring.isReversed ? reverse : forward, reverse: wiring.isReversed ? forward : reverse,
      takenAt: takenAt)
  }
}

extension MeterFault {
  init(_ fault: RegisterFault) {
    switch fault {
    case .timeout: self = .timeout
    case .checksum: self = .checksum
    case .exception: self = .exception
    case .wrongAnswer: self = .wrongUnit
    case .busDown: self = .busDown
    }
  }
}
