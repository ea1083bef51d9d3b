internal import CGPIO
import Glibc

/// One GPIO chip as the kernel shows it. Its path may be another after the next start; its label stays.
public struct GPIOChip: Sendable, Hashable {
  public struct Line: Sendable, Hashable {
    /// Empty where the kernel gives none.
    public var name: String
    /// Who holds it; empty when it is free.
    public var user: String
  }

  /// More chips than any board has.
  private static let mostChips = 64

  public let path: String
  public let label: String
  public let lineCount: UInt32

  /// The chips of this board in the order of their numbers.
  public static func all() -> [GPIOChip] {
    (0..<Self.mostChips).compactMap { GPIOChip(path: "/dev/gpiochip\($0)") }
  }

  private init?(path: String) {
    guard access(path, F_OK) == 0 else { return nil }
    var label = [CChar](repeating: 0, count: 64)
    let count = cgpio_chip(path, &label, label.count)
    guard count >= 0 else { return nil }
    self.path = path
    self.label = Self.text(label)
    self.lineCount = UInt32(count)
  }

  public func line(_ offset: UInt32) -> Line? {
    var name = [CChar](repeating: 0, count: 64)
    var user = [CChar](repeating: 0, count: 64)
    guard cgpio_line(self.path, offset, &name, name.count, &user, user.count) == 0 else { return nil }
    return Line(name: Self.text(name), user: Self.text(user))
  }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
