/// Samples of one name in Prometheus' text format 0.0.4.
struct MetricFamily {
  enum Kind: String {
    case counter, gauge
  }

  struct Sample {
    var labels: [(name: String, value: String)] = []
    var value: Double
  }

  var name: String
  var kind: Kind
  /// One line: what it counts, in which unit.
  var help: String
  var samples: [Sample]

  /// Empty for a family without samples.
  var text: String {
    guard !self.samples.isEmpty else { return "" }
    var text = "# HELP \(self.name) \(self.help)\n# TYPE \(self.name) \(self.kind.rawValue)\n"
    for sample in self.samples {
      let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
      text += "\(self.name)\(labels.isEmpty ? "" : "{\(labels)}") \(sample.value)\n"
    }
    return text
  }

  private static func escaped(_ value: String) -> String {
    var text = ""
    for character in value.unicodeScalars {
      switch character {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      case _: text.unicodeScalars.append(character)
      }
    }
    return text
  }
}
