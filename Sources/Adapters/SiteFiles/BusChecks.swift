import Devices
import Quantities
import SiteModel

// What the buses of a site can carry.
extension CrossChecks {
  /// What a unit takes to begin its answer, beyond the silence of the line: an allowance, as devices differ.
  private static var secondsOfThought: Double { 0.005 }

  func checkBuses() {
    let meters = self.meters.compactMap(\.self).compactMap { meter in
      meter.value.wiring.map { (meter.value.name, $0.bus, $0.unit, meter.table) }
    }
    let boards = self.relayBoards.compactMap(\.self).compactMap { board in
      board.value.wiring.map { (board.value.name, $0.bus, $0.unit, board.table) }
    }
    var owners: [[UInt8]: String] = [:]
    for (name, bus, unit, table) in meters + boards {
      let key = [UInt8(truncatingIfNeeded: bus), unit]
      if let owner = owners[key] {
        table.error(
          "unit \(unit) of this bus is already \(owner)", at: "unit", do: "give each device a unit of its own"
        )
      } else {
        owners[key] = name
      }
    }
    for (index, bus) in self.buses.enumerated() {
      if let bus { self.checkLoad(of: bus, index: index) }
    }
  }

  /// A serial line is slow: what its meters send every round must fit into the round.
  private func checkLoad(of bus: Placed<Bus>, index: Int) {
    guard case .serial(_, let settings) = bus.value.line else { return }
    var seconds = 0.0
    for meter in self.meters.compactMap({ $0?.value.wiring }) where meter.bus == index {
      for request in DeviceSession.requests(for: meter.template) ?? [] {
        seconds += settings.seconds(for: request) + Self.secondsOfThought
      }
    }
    for board in self.relayBoards.compactMap({ $0?.value.wiring }) where board.bus == index {
      // Coils are packed: one read-back a round, at most one register's worth for every 16 of them.
      if let request = RegisterRequest(table: .input, address: 0, count: (board.template.channels + 15) / 16)
      {
        seconds += settings.seconds(for: request) + Self.secondsOfThought
      }
    }
    let round = Double(bus.value.poll.wholeMilliseconds) / 1000
    guard seconds > round else { return }
    let needed = DurationText.string(.milliseconds(Int64((seconds * 1000).rounded(.up))))
    bus.table.error(
      "one round of this bus takes at least \(needed), longer than 'poll'",
      at: bus.table.has("poll") ? "poll" : "name",
      do: "raise 'baud' (now \(settings.baud)), raise 'poll', or move devices to another bus")
  }
}
