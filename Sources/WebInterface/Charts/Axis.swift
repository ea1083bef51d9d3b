import Quantities

/// Maps values to places in a drawing.
struct Axis {
  let from: Double
  let to: Double
  let start: Double
  let end: Double

  func place(_ value: Double) -> Double {
    guard self.to > self.from, value.isFinite else { return self.start }
    return self.start + (value - self.from) / (self.to - self.from) * (self.end - self.start)
  }

  /// Up to about `count` round values within the axis.
  func ticks(_ count: Int) -> [Double] {
    guard self.to > self.from, count > 0 else { return [] }
    let raw = (self.to - self.from) / Double(count)
    var step = 1.0
    while step > raw { step /= 10 }
    while step * 10 <= raw { step *= 10 }
    if step * 5 <= raw { step *= 5 } else if step * 2 <= raw { step *= 2 }
    step = step < raw ? step * 2 : step
    var ticks: [Double] = []
    var tick = (self.from / step).rounded(.up) * step
    while tick <= self.to + step * 1e-9, ticks.count < 50 {
      ticks.append(tick)
      tick += step
    }
    return ticks
  }
}

/// Numbers as SVG wants them.
enum Place {
  static func text(_ value: Double) -> String { value.text(places: 1) }

  static func points(_ points: [(x: Double, y: Double)]) -> String {
    points.map { "\(self.text($0.x)),\(self.text($0.y))" }.joined(separator: " ")
  }
}

/// What is drawn over time: one panel with its scale, a line at every whole number of hours, and a frame.
struct Panel {
  let title: String
  let time: Axis
  let value: Axis
  let unit: String

  /// The frame and its labels, under everything else.
  var grid: Markup {
    let ticks = self.value.ticks(4).map { tick -> Markup in
      let y = Place.text(self.value.place(tick))
      let places = self.value.to - self.value.from < 4 ? 1 : 0
      return """
        <line class="grid" x1="\(Place.text(self.time.start))" x2="\(Place.text(self.time.end))" y1="\(y)" y2="\(y)"/>\
        <text class="tick" x="\(Place.text(self.time.start - 6))" y="\(y)" text-anchor="end" dy="4">\(tick.text(places: places))</text>
        """
    }
    return """
      <text class="title" x="\(Place.text(self.time.start))" y="\(Place.text(self.value.end - 7))">\(self.title) (\(self.unit))</text>\(ticks)
      """
  }

  /// A value that holds over stretches of time, as a line with steps; a stretch without a value is a hole.
  func steps(_ values: [(from: Double, to: Double, value: Double?)], style: String) -> Markup {
    var lines: [Markup] = []
    var open: [(x: Double, y: Double)] = []
    func finish() {
      if open.count > 1 { lines.append("<polyline class=\"\(style)\" points=\"\(Place.points(open))\"/>") }
      open = []
    }
    for step in values {
      guard let value = step.value else {
        finish()
        continue
      }
      let y = self.value.place(value)
      open += [(self.time.place(step.from), y), (self.time.place(step.to), y)]
    }
    finish()
    return "\(lines)"
  }

  /// The room between two courses.
  func band(_ values: [(from: Double, to: Double, low: Double, high: Double)], style: String) -> Markup {
    guard !values.isEmpty else { return .empty }
    let upper = values.flatMap { step in
      [step.from, step.to].map { (x: self.time.place($0), y: self.value.place(step.high)) }
    }
    let lower = values.reversed().flatMap { step in
      [step.to, step.from].map { (x: self.time.place($0), y: self.value.place(step.low)) }
    }
    return "<polygon class=\"\(style)\" points=\"\(Place.points(upper + lower))\"/>"
  }

  func bar(from: Double, to: Double, value: Double, style: String) -> Markup {
    let left = self.time.place(from)
    let zero = self.value.place(min(max(0, self.value.from), self.value.to))
    let top = self.value.place(value)
    return """
      <rect class="\(style)" x="\(Place.text(left + 0.5))" y="\(Place.text(min(zero, top)))" \
      width="\(Place.text(max(0.5, self.time.place(to) - left - 1)))" height="\(Place.text(abs(zero - top)))"/>
      """
  }
}
