internal import CGPIO
import Glibc
public import SiteModel

/// A pin that is read, pulled up by the computer. One thread at a time.
public final class GPIOInput {
  private let line: OpaquePointer

  public init(_ pin: GPIOPin) throws(GPIORelayBank.Failure) {
    let place = try GPIORelayBank.find(pin, among: GPIOChip.all())
    guard let line = cgpio_request_input(place.chip.path, place.offset, "rigshift") else {
      throw GPIORelayBank.failure(errno, pin, place)
    }
    self.line = line
  }

  deinit { cgpio_release(self.line) }

  /// True for the high level, nil when it cannot be read.
  public var isHigh: Bool? {
    switch cgpio_get(self.line) {
    case 0: false
    case 1: true
    default: nil
    }
  }
}
