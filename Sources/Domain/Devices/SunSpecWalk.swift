/// Finds a model in a SunSpec device: "SunS" at one of the known bases, then a chain of ID, length and contents that ends
/// with ID 0xFFFF (SunSpec information model specification).
struct SunSpecWalk: Sendable, Hashable {
  enum Step: Sendable, Hashable {
    case read(RegisterRequest)
    /// The model's ID and the address of its ID register.
    case found(model: UInt16, address: Int)
    /// No SunSpec here, or none of the models wanted.
    case absent
  }

  private static let bases = [40000, 50000, 0]
  private static let mark: [UInt16] = [0x5375, 0x6E53]
  /// Real devices have some twenty; a chain that does not end is cut here.
  private static let mostModels = 100

  private let wanted: Set<UInt16>
  private var base = 0
  /// Where the next model begins; nil before the mark was found.
  private var address: Int?
  private var models = 0

  init(wanted: Set<UInt16>) { self.wanted = wanted }

  var next: Step {
    let address = self.address ?? (Self.bases.indices.contains(self.base) ? Self.bases[self.base] : nil)
    guard let address, let request = RegisterRequest(table: .holding, address: address, count: 2) else {
      return .absent
    }
    return .read(request)
  }

  /// Takes the answer to `next`; nil stands for the device's refusal.
  mutating func take(_ words: [UInt16]?) -> Step {
    guard let address = self.address else {
      if words == Self.mark {
        self.address = Self.bases[self.base] + 2
      } else {
        self.base += 1
      }
      return self.next
    }
    guard let words, words.count == 2, words[0] != 0xFFFF, self.models < Self.mostModels else {
      return .absent
    }
    if self.wanted.contains(words[0]) { return .found(model: words[0], address: address) }
    self.models += 1
    self.address = address + 2 + Int(words[1])
    return self.next
  }
}
