import Foundation

/// Files of the repository, found from where this source file was compiled.
public enum PackageFiles {
  public static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  public static func fixture(_ name: String) -> String { "\(self.root)/Tests/Scenarios/Fixtures/\(name)" }
  public static func example(_ name: String) -> String { "\(self.root)/boards/examples/\(name)" }
}

/// Recorded data kept beside the repository, not in it: the folder `shared/data` next to one of the folders above.
public enum SharedData {
  public static let folder: String? = {
    var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    while folder.path != "/" {
      let candidate = folder.appendingPathComponent("shared/data").path
      if FileManager.default.fileExists(atPath: candidate) { return candidate }
      folder.deleteLastPathComponent()
    }
    return nil
  }()

  public static var isPresent: Bool { self.folder != nil }
}
