/// Why a bus gave no registers.
public enum RegisterFault: Error, Sendable, Hashable {
  case timeout
  case checksum
  /// The device refused: 1 function, 2 address, 3 value, 4 failure, 6 busy, 10 and 11 gateway.
  case exception(UInt8)
  /// An answer of another unit or to another question.
  case wrongAnswer
  /// The line itself is not there: adapter unplugged, connection refused.
  case busDown

  /// Worth asking again at once: noise on the line, not a device that is away or refuses.
  var isNoise: Bool {
    switch self {
    case .checksum, .wrongAnswer: true
    case .timeout, .exception, .busDown: false
    }
  }
}
