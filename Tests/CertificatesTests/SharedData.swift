import Foundation
import JSONText
import ProgramTesting

extension SharedData {
  static func json(_ path: String) throws -> JSONValue {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder ?? "")/\(path)"))
    return try JSONValue.parse(Array(bytes), limits: JSONLimits(keepsBigIntegers: true))
  }
}
