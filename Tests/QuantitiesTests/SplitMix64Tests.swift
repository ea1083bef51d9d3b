import Quantities
import Testing

@Test func `seed 0 of the generator begins with the published value`() {
  var generator = SplitMix64(seed: 0)
  #expect(generator.next() == 0xe220_a839_7b1d_cdaf)
}
