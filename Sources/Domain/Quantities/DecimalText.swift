import Glibc

extension Double {
  /// Decimal text with a fixed number of places (0...6), rounded half away from zero; `-` for what is not a number or
  /// has too many digits.
  public func text(places: Int) -> String {
    let scale = pow(10, Double(places))
    let magnitude = (self.magnitude * scale).rounded()
    guard (0...6).contains(places), magnitude < 1e18 else { return "-" }
    let scaled = Int64(magnitude)
    let whole = (scaled / Int64(scale)).description
    let sign = self < 0 && scaled != 0 ? "-" : ""
    guard places > 0 else { return sign + whole }
    let fraction = (scaled % Int64(scale)).description
    return sign + whole + "." + String(repeating: "0", count: places - fraction.count) + fraction
  }
}
