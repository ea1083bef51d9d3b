import JSONText
import LinuxHost
import SiteModel

/// `rigshift event`: demand-response events of the running site.
enum EventCommand {
  static func run(_ arguments: Arguments) throws(Arguments.UsageError) -> Int32 {
    let words = arguments.words
    switch (words.first, words.count) {
    case ("add", 2):
      guard let from = arguments["from"], let to = arguments["to"] else {
        throw .init(message: "event add needs --from TIME and --to TIME, such as --from 17:00 --to 19:00")
      }
      return WishCommand.ask(
        arguments, ["event-add", words[1], from, to, arguments["cap"] ?? "", arguments["price"] ?? ""])
    case ("cancel", 2): return WishCommand.ask(arguments, ["event-cancel", words[1]])
    case ("list", 1):
      guard let site = loadSite(arguments["site"] ?? defaultSitePath),
        let answer = AskCommand.ask(site, arguments, ["event-list"])
      else { return 1 }
      print(
        arguments.has("json")
          ? answer.text(pretty: true)
          : DemandEventText.text(answer, zone: site.zone, currency: site.currency))
      return 0
    case _:
      throw .init(message: "event takes `add NAME --from TIME --to TIME`, `cancel NAME` or `list`")
    }
  }
}
