/// One read of consecutive registers.
public struct RegisterRequest: Sendable, Hashable {
  /// The protocol's own limit of registers in one answer (Modbus application protocol 1.1b3, 6.3).
  public static let largestCount = 125

  public var table: RegisterTable
  public var address: UInt16
  /// 1...125, and within the 65,536 registers there are.
  public var count: Int

  public init?(table: RegisterTable, address: Int, count: Int) {
    guard let first = UInt16(exactly: address), (1...Self.largestCount).contains(count),
      address + count <= 0x10000
    else { return nil }
    self.table = table
    self.address = first
    self.count = count
  }

  public var range: Range<Int> { Int(self.address)..<Int(self.address) + self.count }
}

/// Puts fields into as few reads as a device answers.
enum ReadPlan {
  /// `spans` are stretches known to be readable in one request, gaps included; fields in the same span share a read,
  /// others only when their registers touch. Nil when a field lies outside the registers there are.
  static func requests(
    for fields: [RegisterField], spans: [ReadableSpan], longest: Int, base: Int = 0
  ) -> [RegisterRequest]? {
    var requests: [RegisterRequest] = []
    for table in RegisterTable.allCases {
      let ranges = fields.filter { $0.table == table }.map(\.span)
      let readable = spans.filter { $0.table == table }.map(\.range)
      for range in Self.merged(ranges, readable: readable, longest: longest) {
        guard
          let request = RegisterRequest(table: table, address: base + range.lowerBound, count: range.count)
        else { return nil }
        requests.append(request)
      }
    }
    return requests
  }

  private static func merged(_ ranges: [Range<Int>], readable: [Range<Int>], longest: Int) -> [Range<Int>] {
    var result: [Range<Int>] = []
    for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
      if let last = result.last {
        let both = last.lowerBound..<max(last.upperBound, range.upperBound)
        let touches = range.lowerBound <= last.upperBound
        let isReadable = readable.contains {
          $0.lowerBound <= both.lowerBound && both.upperBound <= $0.upperBound
        }
        if both.count <= longest, touches || isReadable {
          result[result.count - 1] = both
          continue
        }
      }
      result.append(range)
    }
    return result
  }
}

/// Registers a device answers in one read.
public struct ReadableSpan: Sendable, Hashable {
  public var table: RegisterTable
  public var range: Range<Int>
  public init(table: RegisterTable, range: Range<Int>) {
    self.table = table
    self.range = range
  }
}
