public import Devices

/// Descriptions of devices: one file, one device.
public enum TemplateFiles {
  /// A template is a page of facts.
  private static let maximumBytes = 1 << 18

  /// Reads one template. Throws every problem found.
  public static func meter(path: String) throws(SiteFileProblems) -> DeviceTemplate {
    try Self.load(path, DeviceTemplateReader.read)
  }

  public static func relayBoard(path: String) throws(SiteFileProblems) -> RelayBoardTemplate {
    try Self.load(path, RelayBoardTemplateReader.read)
  }

  static func header(path: String) throws(SiteFileProblems) -> PinHeader {
    try Self.load(path, PinHeader.read)
  }

  static func relayModule(path: String) throws(SiteFileProblems) -> RelayModule {
    try Self.load(path, RelayModule.read)
  }

  /// What is wrong with a file of `boards/sbc` or `boards/relays`; nil when it is right.
  public static func problems(ofBoardAt path: String, isHeader: Bool) -> SiteFileProblems? {
    do throws(SiteFileProblems) {
      if isHeader { _ = try Self.header(path: path) } else { _ = try Self.relayModule(path: path) }
      return nil
    } catch {
      return error
    }
  }

  private static func load<Template>(
    _ path: String, _ read: (TableReader, String) -> Template?
  ) throws(SiteFileProblems) -> Template {
    let log = ProblemLog(file: path)
    var template: Template?
    do {
      let bytes = try FileContents.read(path, limit: Self.maximumBytes)
      let root = try TOMLParser.parse(bytes)
      if case .table(let table) = root.value {
        let reader = TableReader(table, name: "the file", at: FilePosition(line: 1, column: 1), log: log)
        template = read(reader, Self.id(ofFileAt: path))
      }
    } catch let failure as FileContents.Failure {
      log.error("cannot be read: \(failure.reason)", at: nil, do: failure.remedy)
    } catch let failure as TOMLParser.SyntaxError {
      log.error("not valid TOML: \(failure.text)", at: failure.position, do: "correct the text here")
    } catch {
      log.error("cannot be read: \(error)", at: nil, do: "check the file")
    }
    guard let template, !log.hasErrors else { throw SiteFileProblems(problems: log.problems) }
    return template
  }

  private static func id(ofFileAt path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.hasSuffix(".toml") ? String(name.dropLast(5)) : name
  }

  /// The file a site file means by `name`: one of the program's own, or a path of its own when it has a slash. Nil, and
  /// a problem in the log, when the program has none of this name.
  static func path(of name: String, kind: String, folder: SiteFolder, _ table: TableReader, key: String)
    -> String?
  {
    if name.contains("/") { return folder.resolve(name) }
    let known = BoardsFolder.templates(kind)
    if known.contains(name), let boards = BoardsFolder.path { return "\(boards)/\(kind)/\(name).toml" }
    let remedy =
      Spelling.nearest(to: name, among: known).map { "did you mean \"\($0)\"?" }
      ?? (known.isEmpty
        ? "this installation has no boards folder; install it, or give the path of a template"
        : "write one of \(known.joined(separator: ", ")), or the path of your own")
    table.error("'\(key)' is \"\(name)\", which is not known", at: key, do: remedy)
    return nil
  }
}
