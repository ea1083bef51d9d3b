import JSONText
import LinuxHost
import Quantities
import SiteModel

/// `rigshift status` and `rigshift why`: questions to the running controller over its Unix socket.
enum AskCommand {
  static func status(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let site = loadSite(arguments["site"] ?? defaultSitePath) else { return 1 }
    guard let answer = self.ask(site, arguments, ["status"]) else { return 1 }
    print(arguments.has("json") ? answer.text(pretty: true) : StatusText.text(answer, zone: site.zone))
    return 0
  }

  static func why(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    guard let rig = arguments.words.first else {
      throw .init(message: "why needs a rig, such as `rigshift why rigs-7`")
    }
    guard let site = loadSite(arguments["site"] ?? defaultSitePath) else { return 1 }
    guard let answer = self.ask(site, arguments, ["why", rig]) else { return 1 }
    print(arguments.has("json") ? answer.text(pretty: true) : answer["sentence"]?.string ?? "")
    return 0
  }

  private static func ask(_ site: Site, _ arguments: Arguments, _ question: [String]) -> JSONValue? {
    self.ask(site, arguments, question.map { .string($0) })
  }

  /// Puts a question and waits for its answer; nil once a person has been told why there is none.
  static func ask(
    _ site: Site, _ arguments: Arguments, _ question: [JSONValue], patience: Duration = .seconds(10)
  ) -> JSONValue? {
    let path = SitePaths(site: site, data: arguments["data"]).socket
    do {
      var socket = try LineSocket(connectingTo: path, timeout: patience)
      try socket.write(JSONValue.array(question).text())
      guard let line = try socket.readLine() else {
        Terminal.writeError("rigshift: the controller closed the connection without an answer\n")
        return nil
      }
      let answer = try JSONValue.parse(Array(line.utf8))
      if let error = answer["error"]?.string {
        Terminal.writeError("rigshift: \(error)\n")
        return nil
      }
      return answer
    } catch {
      Terminal.writeError("rigshift: \(error); is the controller running? Start it with `rigshift run`\n")
      return nil
    }
  }
}
