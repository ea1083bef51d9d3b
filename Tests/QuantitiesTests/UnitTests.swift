import Foundation
import Quantities
import Testing

@Suite struct UnitTests {
  @Test func `power over time is energy and back`() {
    #expect(Kilowatts(3.25) * .minutes(30) == KilowattHours(1.625))
    #expect(KilowattHours(1.625) / .minutes(30) == Kilowatts(3.25))
    #expect(KilowattHours(1) / .zero == .zero)
    #expect(Kilowatts(watts: 3250) == Kilowatts(3.25))
  }

  @Test func `energy has its price and its carbon`() {
    #expect(EnergyPrice(-12.5) * KilowattHours(4) == Money(-50))
    #expect(CarbonIntensity(450) * KilowattHours(4) == KilogramsCO2(1.8))
  }

  @Test func `quantities add, scale and compare`() {
    #expect(Kilowatts(1) + Kilowatts(2) - Kilowatts(4) == Kilowatts(-1))
    #expect(2 * Kilowatts(3) / 4 == Kilowatts(1.5))
    #expect(Kilowatts(3) / Kilowatts(2) == 1.5)
    #expect(-Kilowatts(3) < .zero)
    #expect(Kilowatts(-3).magnitude == Kilowatts(3))
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func `what is not finite gets in nowhere`(value: Double) {
    #expect(Kilowatts(checking: value) == nil)
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    #expect(throws: DecodingError.self) {
      try decoder.decode([Money].self, from: Data("[\"\(value)\"]".utf8))
    }
  }

  @Test func `a quantity travels as its number`() throws {
    #expect(
      try JSONDecoder().decode([Money].self, from: JSONEncoder().encode([Money(1.25)])) == [Money(1.25)])
  }
}
