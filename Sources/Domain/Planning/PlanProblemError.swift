/// Bad input: where in the problem, what is wrong and what to do.
public struct PlanProblemError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Path inside the problem file, such as `slots[3].renewable_kw`; empty for the file as a whole.
  public let path: String
  public let problem: String
  public let remedy: String

  public init(path: String, problem: String, remedy: String) {
    self.path = path
    self.problem = problem
    self.remedy = remedy
  }

  public var description: String {
    (self.path.isEmpty ? "" : "\(self.path): ") + "\(self.problem); \(self.remedy)"
  }
}
