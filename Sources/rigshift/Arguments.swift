/// The words after a subcommand, checked against what it understands: options with a value, flags, and plain words.
struct Arguments {
  struct UsageError: Error {
    let message: String
  }

  private(set) var values: [String: String] = [:]
  /// Every value of an option given more than once, in order.
  private var repeated: [String: [String]] = [:]
  private(set) var flags: Set<String> = []
  private(set) var words: [String] = []

  /// `options` take a value (`--days 7` or `--days=7`), `flags` do not. At most `words` plain words are accepted.
  init(_ arguments: [String], options: Set<String> = [], flags: Set<String> = [], words: Int = 0)
    throws(UsageError)
  {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("--") else {
        guard self.words.count < words else { throw UsageError(message: "unexpected '\(argument)'") }
        self.words.append(argument)
        continue
      }
      let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      if flags.contains(name), parts.count == 1 {
        self.flags.insert(name)
      } else if options.contains(name) {
        guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
          throw UsageError(message: "--\(name) needs a value")
        }
        self.values[name] = value
        self.repeated[name, default: []].append(value)
      } else {
        let known = options.union(flags).sorted().map { "--\($0)" }.joined(separator: ", ")
        throw UsageError(
          message: "unknown option '\(argument)'; this command knows \(known.isEmpty ? "none" : known)")
      }
    }
  }

  func has(_ flag: String) -> Bool { self.flags.contains(flag) }
  /// All values of an option that may be given more than once.
  func all(_ option: String) -> [String] { self.repeated[option] ?? [] }
  subscript(_ option: String) -> String? {
    get { self.values[option] }
    set { self.values[option] = newValue }
  }

  /// A whole number within `range`, or `fallback` when the option is absent.
  func integer(_ option: String, in range: ClosedRange<Int>, default fallback: Int) throws(UsageError) -> Int
  {
    guard let text = self.values[option] else { return fallback }
    guard let number = Int(text), range.contains(number) else {
      throw UsageError(
        message:
          "--\(option) must be a whole number from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
    }
    return number
  }
}
