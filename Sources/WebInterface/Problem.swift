import JSONText
import Ports

/// Why a request has no other answer (RFC 9457), and what to do.
struct Problem: Error {
  var status: Int
  var title: String
  var remedy: String

  var response: HTTPResponse {
    let json: JSONValue = [
      "type": "about:blank", "status": .integer(Int64(self.status)), "title": .string(self.title),
      "detail": .string(self.remedy),
    ]
    return WebInterface.response(self.status, "application/problem+json", json.text() + "\n")
  }
}
