import LinuxHost
import Quantities
import Simulation
import SiteModel

/// A file with one line for every relay line that switched: `WORLD_MS BANK RIG LEVEL CAUSE`. It tells an observer what
/// the hardware did, whatever the controller says of itself.
final class EdgeLog {
  enum Cause: String {
    /// A controller set the line.
    case command
    /// The controller's process ended and nobody held the line any more.
    case release
  }

  private let file: AppendedFile
  /// How many of the present second's transitions are written.
  private var written = 0

  init(path: String) throws(SystemError) { self.file = try AppendedFile(path: path) }

  /// `transitions` are all of the present second, oldest first; those not written yet have the cause named.
  func write(_ transitions: [LineTransition], by cause: Cause) throws(SystemError) {
    for edge in transitions.dropFirst(self.written) {
      try self.file.write(
        "\(edge.at.milliseconds) \(edge.rig.bank) \(edge.rig.rig) \(edge.closed ? 1 : 0) \(cause.rawValue)\n")
    }
    self.written = transitions.count
  }

  /// A new second begins.
  func forget() { self.written = 0 }
}
