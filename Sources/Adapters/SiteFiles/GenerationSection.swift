import Quantities
import SiteModel

/// `[[pv]]` and `[[wind]]`.
enum GenerationSection {
  static func photovoltaics(_ root: TableReader) -> [Placed<PVArray>] {
    (root.tables("pv") ?? []).compactMap { table in
      let name = table.identifier("name", .required(example: #"name = "roof""#))
      let area = table.number("area_m2", in: 0.1...10_000_000, .required(example: "area_m2 = 500"))
      let efficiency = table.number("efficiency", in: 0.01...0.6, .required(example: "efficiency = 0.20"))
      let coefficient = table.number("temperature_coefficient_per_k", in: 0...0.02)
      let cellModel = Self.cellModel(table)
      let limit = table.number("inverter_limit_kw", in: 0.01...1_000_000)
      let losses = table.number("losses", in: 0...0.9)
      table.finish()
      guard let name, let area, let efficiency else { return nil }
      var array = PVArray(
        name: name, area: area, efficiency: efficiency, inverterLimit: limit.map { Kilowatts($0) })
      if let coefficient { array.temperatureCoefficient = coefficient }
      if let cellModel { array.cellModel = cellModel }
      if let losses { array.losses = losses }
      return Placed(value: array, table: table)
    }
  }

  private enum CellModelName: String, CaseIterable {
    case faiman
    case noct
    case fixedRise = "fixed_rise"
  }

  private static func cellModel(_ table: TableReader) -> PVArray.CellModel? {
    let model = table.choice("cell_model", of: CellModelName.self)
    let u0 = table.number("faiman_u0", in: 1...200)
    let u1 = table.number("faiman_u1", in: 0...100)
    let noct = table.number("noct_c", in: 21...100)
    let rise = table.number("cell_rise_k", in: 0...100)
    guard let chosen = model ?? (table.has("cell_model") ? nil : .faiman) else { return nil }
    let owners: [(key: String, model: CellModelName)] = [
      ("faiman_u0", .faiman), ("faiman_u1", .faiman), ("noct_c", .noct), ("cell_rise_k", .fixedRise),
    ]
    for (key, owner) in owners where owner != chosen {
      table.refuse(
        key, because: "belongs to another cell model",
        do: "set cell_model = \"\(owner.rawValue)\" or remove it")
    }
    switch chosen {
    case .faiman: return .faiman(u0: u0 ?? 25, u1: u1 ?? 6.84)  // open racks, Faiman 2008
    case .noct: return .noct(noct ?? 45)
    case .fixedRise: return .fixedRise(rise ?? 25)
    }
  }

  static func turbines(_ root: TableReader) -> [Placed<WindTurbine>] {
    (root.tables("wind") ?? []).compactMap { table in
      let name = table.identifier("name", .required(example: #"name = "turbine""#))
      let area = Self.rotorArea(table)
      let height = table.number("hub_height_m", in: 1...300)
      let shear = table.number("shear_exponent", in: 0...1)
      let curve = table.has("curve") ? Self.tabulated(table) : Self.cubic(table)
      table.finish()
      guard let name, let area, let curve else { return nil }
      var turbine = WindTurbine(name: name, rotorArea: area, curve: curve)
      if let height { turbine.hubHeight = height }
      if let shear { turbine.shearExponent = shear }
      return Placed(value: turbine, table: table)
    }
  }

  private static func rotorArea(_ table: TableReader) -> Double? {
    let area = table.number("rotor_area_m2", in: 0.1...100_000)
    if table.has("rotor_area_m2") {
      table.refuse("rotor_diameter_m", because: "stands beside 'rotor_area_m2'", do: "keep one of the two")
      return area
    }
    let diameter = table.number(
      "rotor_diameter_m", in: 0.3...350, .required(example: "rotor_diameter_m = 50"))
    return diameter.map { Double.pi * $0 * $0 / 4 }
  }

  private static func cubic(_ table: TableReader) -> WindTurbine.PowerCurve? {
    let coefficient = table.number(
      "power_coefficient", in: 0.01...0.593, .required(example: "power_coefficient = 0.40"))
    let cutIn = table.number("cut_in_ms", in: 0...20, .required(example: "cut_in_ms = 3"))
    let rated = table.number("rated_ms", in: 1...40, .required(example: "rated_ms = 12"))
    let cutOut = table.number("cut_out_ms", in: 2...60, .required(example: "cut_out_ms = 25"))
    guard let coefficient, let cutIn, let rated, let cutOut else { return nil }
    guard cutIn < rated, rated < cutOut else {
      table.error(
        "the turbine's speeds are not in order", at: "rated_ms", do: "make cut_in_ms < rated_ms < cut_out_ms")
      return nil
    }
    return .cubic(powerCoefficient: coefficient, cutIn: cutIn, rated: rated, cutOut: cutOut)
  }

  private static func tabulated(_ table: TableReader) -> WindTurbine.PowerCurve? {
    for key in ["power_coefficient", "cut_in_ms", "rated_ms", "cut_out_ms"] {
      table.refuse(
        key, because: "stands beside 'curve'", do: "keep the curve or the four numbers of the cubic law")
    }
    guard let rows = table.array("curve") else { return nil }
    guard (2...200).contains(rows.count) else {
      table.error(
        "'curve' has \(rows.count) points", at: "curve", do: "give 2 to 200 points [speed in m/s, kW]")
      return nil
    }
    var points: [WindTurbine.Point] = []
    for row in rows {
      guard case .array(let pair) = row.value, pair.count == 2 else {
        table.log.error("a point of 'curve' is not a pair", at: row.position, do: "write [speed in m/s, kW]")
        return nil
      }
      guard let speed = table.number(pair[0], "a speed of 'curve'", in: 0...100),
        let power = table.number(pair[1], "a power of 'curve'", in: 0...100_000)
      else { return nil }
      if let last = points.last, speed <= last.speed {
        table.log.error(
          "the speeds of 'curve' do not rise at \(NumberText.string(speed))", at: row.position,
          do: "order the points by speed, each speed once")
        return nil
      }
      points.append(WindTurbine.Point(speed: speed, power: power))
    }
    return .table(points)
  }
}
