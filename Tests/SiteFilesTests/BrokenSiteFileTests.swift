import Glibc
import SiteFiles
import Testing

/// `Broken/NAME.toml` is a site file with something wrong, `Broken/NAME.txt` all that must be said about it. With
/// RIGSHIFT_RECORD=1 in the environment the texts are written anew, to be read in the diff.
struct BrokenSiteFileTests {
  static let names = PackageFiles.names(in: "Broken", ending: ".toml")

  @Test func `there are at least twenty broken files`() {
    #expect(Self.names.count >= 20)
  }

  @Test(arguments: names)
  func `says where, what is wrong and what to do`(name: String) throws {
    let folder = PackageFiles.tests + "/Broken"
    let said = Self.problems(PackageFiles.bytes("\(folder)/\(name).toml"), named: "\(name).toml")
    let text = said.map { "\($0)\n" }.joined()
    if getenv("RIGSHIFT_RECORD") != nil {
      let file = try #require(fopen("\(folder)/\(name).txt", "w"))
      fputs(text, file)
      fclose(file)
    }
    #expect(text == PackageFiles.text("\(folder)/\(name).txt"))
    #expect(!said.isEmpty)
    #expect(said.allSatisfy { $0.position != nil && !$0.what.isEmpty && !$0.remedy.isEmpty })
    #expect(said.map { $0.position ?? FilePosition(line: 0, column: 0) }.isSorted)
  }

  /// Errors and warnings, whether or not the file can be used.
  private static func problems(_ bytes: [UInt8], named name: String) -> [SiteFileProblem] {
    do {
      return try SiteFile.parse(bytes, path: name).warnings
    } catch {
      return error.problems
    }
  }

  @Test func `a file that is not there is one problem without a place`() {
    #expect(throws: SiteFileProblems.self) { try SiteFile.load(path: "/nowhere/site.toml") }
    do {
      _ = try SiteFile.load(path: "/nowhere/site.toml")
    } catch {
      #expect(
        error.description
          == "/nowhere/site.toml: cannot be read: no such file; check the path, or name the site file with --site"
      )
    }
  }

  @Test func `a folder and a file beyond the size limit are refused`() throws {
    #expect(throws: SiteFileProblems.self) { try SiteFile.load(path: "/tmp") }
    do {
      _ = try SiteFile.load(path: "/dev/zero")
    } catch {
      #expect(error.description.contains("larger than 1024 KiB"))
    }
  }
}

extension [FilePosition] {
  fileprivate var isSorted: Bool { zip(self, self.dropFirst()).allSatisfy { $0 <= $1 } }
}
