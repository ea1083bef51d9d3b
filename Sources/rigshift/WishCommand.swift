import Glibc
import JSONText
import LinuxHost
import SiteModel

/// `rigshift override` and `rigshift lockout`: what a person asks of the running controller over its Unix socket.
enum WishCommand {
  static func override(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard arguments.words.count == 2 else {
      throw .init(
        message: "override needs a rig and what it shall be, such as `rigshift override rigs-7 off --for 2h`")
    }
    let (target, level) = (arguments.words[0], arguments.words[1])
    if level == "clear" { return self.ask(arguments, ["clear-override", target]) }
    guard let length = arguments["for"] else {
      throw .init(message: "override needs --for LENGTH, such as --for 2h; a person's will has an end")
    }
    return self.ask(arguments, ["override", target, level, length, self.person(arguments)])
  }

  static func lockOut(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let rig = arguments.words.first, arguments.words.count == 1 || arguments.words[1] == "clear" else {
      throw .init(
        message: "lockout needs a rig, such as `rigshift lockout rigs-7` or `rigshift lockout rigs-7 clear`")
    }
    if arguments.words.count == 2 { return self.ask(arguments, ["clear-lockout", rig]) }
    let person = self.person(arguments)
    return self.ask(
      arguments, ["lockout", rig, arguments["reason"].map { "\($0) (\(person))" } ?? "by \(person)"])
  }

  static func confirmClock(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard arguments.words == ["confirm"] else {
      throw .init(
        message: "say `rigshift clock confirm` once you have compared the site's time with a good clock")
    }
    return self.ask(arguments, ["clock-confirm", self.person(arguments)])
  }

  static func ask(_ arguments: Arguments, _ question: [String]) -> Int32 {
    guard let site = loadSite(arguments["site"] ?? defaultSitePath),
      let answer = AskCommand.ask(site, arguments, question)
    else { return 1 }
    guard answer["recorded"]?.bool == true else {
      Terminal.writeError("rigshift: it is done, but its record could not be written yet\n")
      return 1
    }
    return 0
  }

  /// Who asks: named, or as the system knows the user.
  static func person(_ arguments: Arguments) -> String {
    if let name = arguments["by"] { return name }
    guard let entry = getpwuid(getuid()) else { return "user \(getuid())" }
    return String(cString: entry.pointee.pw_name)
  }
}
