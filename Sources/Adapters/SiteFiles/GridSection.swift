import Quantities
import SiteModel

/// `[grid]`.
enum GridSection {
  static func read(_ table: TableReader) -> GridConnection? {
    let importCap = table.number("import_cap_kw", in: 0...1_000_000, .required(example: "import_cap_kw = 50"))
    let exportCap = table.number("export_cap_kw", in: 0...1_000_000)
    let curtailable = table.flag("curtailable")
    table.finish()
    guard let importCap else { return nil }
    return GridConnection(
      importCap: Kilowatts(importCap), exportCap: exportCap.map { Kilowatts($0) },
      curtailable: curtailable ?? false)
  }
}

/// `[other_load]`: what else draws power behind the grid connection.
enum LoadSection {
  static func read(_ table: TableReader) -> DailyProfile {
    let fixed = table.number("fixed_kw", in: 0...1_000_000)
    let profile = table.node("profile_kw").flatMap {
      ProfileReader.read($0, "'profile_kw'", in: 0...1_000_000, table)
    }
    if table.has("fixed_kw") {
      table.refuse("profile_kw", because: "stands beside 'fixed_kw'", do: "keep one of the two")
    }
    table.finish()
    return profile ?? .constant(fixed ?? 0)
  }
}
