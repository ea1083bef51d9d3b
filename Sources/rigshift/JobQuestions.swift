import JSONText
import Jobs
import SiteController

/// What the running site is asked about jobs: `["job", "add", {...}]`, `["job", "list"]`, `["job", "show", ID]`,
/// `["job", "cancel", ID]`.
enum JobQuestions {
  static func answer(_ question: [JSONValue], site: RunningSite) async -> JSONValue {
    switch (question.first?.string, question.count) {
    case ("list", 1): return await site.control.jobList()
    case ("show", 2):
      let id = question[1].string ?? ""
      return await site.control.jobReport(id) ?? self.refusal("there is no job called '\(id)'")
    case ("cancel", 2): return self.answer(await site.cancelJob(question[1].string ?? ""))
    case ("add", 2):
      do throws(JobRefusal) {
        return self.answer(await site.addJob(try JobRequest(json: question[1])))
      } catch {
        return self.refusal(error.description)
      }
    default: return self.refusal("unknown question about jobs")
    }
  }

  private static func answer(_ result: Result<JSONValue, JobRefusal>) -> JSONValue {
    switch result {
    case .success(let report): report
    case .failure(let refusal): self.refusal(refusal.description)
    }
  }

  private static func refusal(_ text: String) -> JSONValue { .object([.init("error", .string(text))]) }
}
