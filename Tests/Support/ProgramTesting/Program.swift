import Glibc

/// The program under test: the `rigshift` that was built with the tests and lies beside their bundle.
public enum Program {
  /// What one run of it left behind.
  public struct Outcome: Sendable {
    public var status: ChildProcess.End
    public var output: [UInt8]
    public var errors: [UInt8]
    public var text: String { String(decoding: self.output, as: UTF8.self) }
    public var errorText: String { String(decoding: self.errors, as: UTF8.self) }
  }

  struct Missing: Error, CustomStringConvertible {
    let path: String
    var description: String {
      "there is no program at \(self.path); build it as the tests are built, with `swift build -c release`"
    }
  }

  /// At most this many sessions go on at a time: they wait more than they work.
  private static let gate = Turnstile(places: 3)

  public static func path() throws -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let bundle = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let path = String(bundle[..<(bundle.lastIndex(of: "/") ?? bundle.startIndex)]) + "/rigshift"
    guard access(path, X_OK) == 0 else { throw Missing(path: path) }
    return path
  }

  /// Starts it on the calling thread, which owns it from then on.
  public static func start(_ arguments: [String]) throws -> ChildProcess {
    try ChildProcess(self.path(), arguments)
  }

  /// Runs it to its end, when its turn comes.
  public static func run(_ arguments: [String]) async throws -> Outcome {
    try await self.session {
      let process = try self.start(arguments)
      let status = try process.waitForEnd()
      return Outcome(status: status, output: process.output, errors: process.errors)
    }
  }

  /// Runs `body` on a thread of its own, when its turn comes; it may start programs and wait for them.
  public static func session<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
    -> Value
  {
    try await self.gate.pass { try await onThread(body) }
  }

  /// The same at once, for what waits for minutes and does little.
  public static func quietSession<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value)
    async throws
    -> Value
  {
    try await onThread(body)
  }
}
