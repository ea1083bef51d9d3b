/// Something a person should correct in a site file.
public struct SiteFileProblem: Hashable, Sendable, CustomStringConvertible {
  public enum Severity: Hashable, Sendable {
    /// The file cannot be used.
    case error
    /// The file can be used; it probably does not say what its author meant.
    case warning
  }

  public var severity: Severity
  /// The path as it was given.
  public var file: String
  /// Nil when the file could not be read at all.
  public var position: FilePosition?
  public var what: String
  public var remedy: String

  /// `file:line:column: what is wrong; what to do`.
  public var description: String {
    let place = self.position.map { "\(self.file):\($0.line):\($0.column)" } ?? self.file
    return "\(place): \(self.severity == .warning ? "warning: " : "")\(self.what); \(self.remedy)"
  }
}

/// Why a site file cannot be used: every problem found, warnings included, in file order.
public struct SiteFileProblems: Error, CustomStringConvertible {
  public let problems: [SiteFileProblem]
  public var description: String { self.problems.map(\.description).joined(separator: "\n") }
}

/// Collects what the readers of one file's tables find wrong.
final class ProblemLog {
  /// Enough for any file a person wrote; what comes after would bury the first cause.
  private static let limit = 200

  let file: String
  private var found: [SiteFileProblem] = []

  init(file: String) { self.file = file }

  var hasErrors: Bool { self.found.contains { $0.severity == .error } }

  /// In file order; what was found first comes first where the place is the same.
  var problems: [SiteFileProblem] {
    let start = FilePosition(line: 1, column: 1)
    return self.found.enumerated()
      .sorted { ($0.element.position ?? start, $0.offset) < ($1.element.position ?? start, $1.offset) }
      .map(\.element)
  }

  func error(_ what: String, at position: FilePosition?, do remedy: String) {
    self.add(.error, what, position, remedy)
  }

  func warning(_ what: String, at position: FilePosition?, do remedy: String) {
    self.add(.warning, what, position, remedy)
  }

  private func add(
    _ severity: SiteFileProblem.Severity, _ what: String, _ position: FilePosition?, _ remedy: String
  ) {
    if self.found.count < Self.limit {
      self.found.append(
        SiteFileProblem(severity: severity, file: self.file, position: position, what: what, remedy: remedy))
    }
  }
}
