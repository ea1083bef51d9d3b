/// A piece of HTML or SVG. Only literals are markup; whatever is put into them is escaped, so nothing from outside can
/// become an element or leave its attribute. Attributes are always written with double quotes.
struct Markup: ExpressibleByStringInterpolation, Sendable, Hashable {
  private(set) var text: String

  static let empty = Markup(raw: "")

  private init(raw: String) { self.text = raw }

  init(stringLiteral value: String) { self.text = value }

  init(stringInterpolation: StringInterpolation) { self.text = stringInterpolation.text }

  static func + (a: Markup, b: Markup) -> Markup { Markup(raw: a.text + b.text) }

  static func += (a: inout Markup, b: Markup) { a.text += b.text }

  /// Text as text.
  static func escaped(_ text: String) -> Markup { "\(text)" }

  /// What may be wider than a screen: a region of its own, which the keyboard can reach and move too.
  static func scrolling(_ name: String, _ content: Markup) -> Markup {
    "<div class=\"scroll\" role=\"region\" aria-label=\"\(name)\" tabindex=\"0\">\(content)</div>"
  }

  /// A table of `rows` under its heads. `style` is a class of the style sheet, such as `slots` for columns of numbers.
  static func table(_ name: String, _ heads: [String], _ rows: [Markup], style: String = "words") -> Markup {
    self.scrolling(
      "Table: \(name)",
      """
      <table class="\(style)"><thead><tr>\(heads.map { "<th scope=\"col\">\($0)</th>" as Markup })</tr></thead>\
      <tbody>\(rows)</tbody></table>
      """)
  }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      self.text.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    mutating func appendLiteral(_ literal: String) { self.text += literal }

    mutating func appendInterpolation(_ value: String) {
      for byte in value.unicodeScalars {
        switch byte {
        case "&": self.text += "&amp;"
        case "<": self.text += "&lt;"
        case ">": self.text += "&gt;"
        case "\"": self.text += "&quot;"
        case "'": self.text += "&#39;"
        case _: self.text.unicodeScalars.append(byte)
        }
      }
    }

    mutating func appendInterpolation(_ value: Int) { self.text += "\(value)" }
    mutating func appendInterpolation(_ value: Markup) { self.text += value.text }
    mutating func appendInterpolation(_ values: [Markup]) { for value in values { self.text += value.text } }
    mutating func appendInterpolation(_ value: Markup?) { if let value { self.text += value.text } }
  }
}
