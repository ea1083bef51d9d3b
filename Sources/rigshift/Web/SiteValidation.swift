import JSONText
import SiteFiles

/// What `rigshift check` would say of a text, for an editor elsewhere: every problem with its place, and nothing is kept.
enum SiteValidation {
  static func json(_ bytes: [UInt8], path: String) -> JSONValue {
    let problems: [SiteFileProblem]
    let isGood: Bool
    do throws(SiteFileProblems) {
      problems = try SiteFile.parse(bytes, path: path).warnings
      isGood = true
    } catch {
      problems = error.problems
      isGood = false
    }
    return [
      "valid": .bool(isGood),
      "problems": .array(
        problems.map { problem in
          [
            "severity": .string("\(problem.severity)"),
            "line": problem.position.map { .integer(Int64($0.line)) } ?? nil,
            "column": problem.position.map { .integer(Int64($0.column)) } ?? nil,
            "what": .string(problem.what), "remedy": .string(problem.remedy),
          ]
        }),
    ]
  }
}
