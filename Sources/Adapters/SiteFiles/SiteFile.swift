import Cryptography
public import SiteModel

/// A site file: TOML that a person edits, read whole and checked before anything uses it.
public struct SiteFile: Sendable {
  /// The path as it was given.
  public let path: String
  public let site: Site
  /// What is allowed but probably not meant, in file order.
  public let warnings: [SiteFileProblem]

  /// A file for a site with thousands of rigs stays far below this.
  static let maximumBytes = 1 << 20

  /// Reads and checks a site file. Paths inside it count from its folder. Throws every problem found, not the first.
  public static func load(path: String) throws(SiteFileProblems) -> SiteFile {
    let bytes: [UInt8]
    do {
      bytes = try FileContents.read(path, limit: Self.maximumBytes)
    } catch {
      let problem = SiteFileProblem(
        severity: .error, file: path, position: nil, what: "cannot be read: \(error.reason)",
        remedy: "\(error.remedy), or name the site file with --site")
      throw SiteFileProblems(problems: [problem])
    }
    return try Self.parse(bytes, path: path)
  }

  /// Checks the text of a site file that lies, or would lie, at `path`.
  public static func parse(_ bytes: [UInt8], path: String) throws(SiteFileProblems) -> SiteFile {
    let log = ProblemLog(file: path)
    var site: Site?
    do {
      let root = try TOMLParser.parse(bytes)
      site = SiteReader.read(root, folder: SiteFolder(ofFileAt: path), log: log)
    } catch {
      log.error("not valid TOML: \(error.text)", at: error.position, do: "correct the text here")
      site = nil
    }
    site?.fileDigest = SHA256.hash(bytes).hexadecimal
    guard let site, !log.hasErrors else { throw SiteFileProblems(problems: log.problems) }
    return SiteFile(path: path, site: site, warnings: log.problems)
  }
}
