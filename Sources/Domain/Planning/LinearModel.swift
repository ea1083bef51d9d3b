/// A linear or mixed-integer program: minimise `cost . x` subject to `lower <= A x <= upper` and column bounds.
/// Infinity stands for "no bound". Rows are appended one by one and may reference only existing columns.
public struct LinearModel: Sendable {
  public private(set) var columnCost: [Double] = []
  public private(set) var columnLower: [Double] = []
  public private(set) var columnUpper: [Double] = []
  public private(set) var columnIsInteger: [Bool] = []
  public private(set) var rowLower: [Double] = []
  public private(set) var rowUpper: [Double] = []
  /// Row-wise sparse matrix: row r's entries are `rowStart[r]..<rowStart[r + 1]` of `entryColumn`, `entryValue`.
  public private(set) var rowStart: [Int32] = [0]
  public private(set) var entryColumn: [Int32] = []
  public private(set) var entryValue: [Double] = []
  /// Added to every objective value.
  public var objectiveOffset = 0.0

  public init() {}

  public var columnCount: Int { self.columnCost.count }
  public var rowCount: Int { self.rowLower.count }

  /// Appends a column and returns its index.
  public mutating func addColumn(
    cost: Double = 0, lower: Double = 0, upper: Double = .infinity, integer: Bool = false
  ) -> Int {
    self.columnCost.append(cost)
    self.columnLower.append(lower)
    self.columnUpper.append(upper)
    self.columnIsInteger.append(integer)
    return self.columnCost.count - 1
  }

  /// Appends a row and returns its index. A column may appear once.
  @discardableResult
  public mutating func addRow(
    lower: Double = -.infinity, upper: Double = .infinity, _ entries: [(column: Int, value: Double)]
  ) -> Int {
    for (column, value) in entries where value != 0 { self.addEntry(column: column, value) }
    return self.addRow(lower: lower, upper: upper)
  }

  /// Appends an entry to the row that `addRow(lower:upper:)` closes.
  mutating func addEntry(column: Int, _ value: Double) {
    self.entryColumn.append(Int32(column))
    self.entryValue.append(value)
  }

  /// Closes a row of the entries appended since the last one and returns its index.
  @discardableResult
  mutating func addRow(lower: Double, upper: Double) -> Int {
    self.rowStart.append(Int32(self.entryColumn.count))
    self.rowLower.append(lower)
    self.rowUpper.append(upper)
    return self.rowLower.count - 1
  }

  mutating func reserve(columns: Int, rows: Int, entries: Int) {
    self.columnCost.reserveCapacity(columns)
    self.columnLower.reserveCapacity(columns)
    self.columnUpper.reserveCapacity(columns)
    self.columnIsInteger.reserveCapacity(columns)
    self.rowLower.reserveCapacity(rows)
    self.rowUpper.reserveCapacity(rows)
    self.rowStart.reserveCapacity(rows + 1)
    self.entryColumn.reserveCapacity(entries)
    self.entryValue.reserveCapacity(entries)
  }

  public mutating func setCost(_ cost: Double, column: Int) { self.columnCost[column] = cost }
  public mutating func setBounds(lower: Double, upper: Double, column: Int) {
    self.columnLower[column] = lower
    self.columnUpper[column] = upper
  }
  public mutating func setBounds(lower: Double, upper: Double, row: Int) {
    self.rowLower[row] = lower
    self.rowUpper[row] = upper
  }
  public mutating func relaxIntegers() { self.columnIsInteger = self.columnIsInteger.map { _ in false } }
}
