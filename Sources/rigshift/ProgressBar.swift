import LinuxHost
import Quantities

/// A bar on standard error while a person waits; silent where nobody watches.
struct ProgressBar {
  private static let width = 30
  private let label: String

  init(label: String) { self.label = label }

  /// `share` is 0 to 1.
  func show(_ share: Double) {
    guard Terminal.isInteractive else { return }
    let filled = min(Self.width, max(0, Int(share * Double(Self.width))))
    let bar = String(repeating: "#", count: filled).padded(to: Self.width, with: ".")
    Terminal.writeError("\r\(self.label) [\(bar)] \((share * 100).text(places: 0)) %")
  }

  func finish() {
    if Terminal.isInteractive { Terminal.writeError("\r\u{1B}[K") }
  }
}
