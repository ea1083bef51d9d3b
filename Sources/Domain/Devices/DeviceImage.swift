// What a device of a template shows when it is played by a program.
extension DeviceTemplate {
  /// Where played SunSpec devices begin, and the length of the common model before the one of interest.
  private static let sunSpecBase = 40000
  private static let commonLength = 66

  /// The registers of a device that measures `values`, in the quantities' own units. What is not in it the device shows
  /// as "no value" where it can, and as 0 where it cannot; an optional field without value does not exist.
  public func image(showing values: [DeviceQuantity: Double]) -> RegisterImage {
    var image = RegisterImage()
    if let identity = self.identity, let value = identity.values.first {
      image.set(value, at: Int(identity.address), in: identity.table)
    }
    switch self.layout {
    case .fixed(let layout): layout.write(values, into: &image, base: 0)
    case .sunSpec(let layouts):
      guard let first = layouts.first, let model = first.models.first else { return image }
      let common = Self.sunSpecBase + 2
      let base = common + 2 + Self.commonLength
      let length = (first.layout.fields.map(\.span.upperBound).max() ?? 2) - 2
      for address in common..<base + 2 + length { image.set(0, at: address, in: .holding) }
      let end = base + 2 + length
      for (address, word) in [
        (Self.sunSpecBase, 0x5375), (Self.sunSpecBase + 1, 0x6E53), (common, 1),
        (common + 1, UInt16(Self.commonLength)), (base, model), (base + 1, UInt16(clamping: length)),
        (end, 0xFFFF), (end + 1, 0),
      ] {
        image.set(word, at: address, in: .holding)
      }
      first.layout.write(values, into: &image, base: base)
    }
    return image
  }
}

extension RegisterLayout {
  fileprivate func write(
    _ values: [DeviceQuantity: Double], into image: inout RegisterImage, base: Int
  ) {
    for span in self.spans {
      for address in span.range where image.word(base + address, in: span.table) == nil {
        image.set(0, at: base + address, in: span.table)
      }
    }
    for field in self.fields {
      if let factor = field.scaleFactor {
        image.set(UInt16(bitPattern: field.quantity.playedExponent), at: base + Int(factor), in: field.table)
      }
    }
    for field in self.fields where values[field.quantity] != nil || !field.isOptional {
      field.write(values[field.quantity], into: &image, base: base)
    }
  }
}

extension DeviceQuantity {
  /// The power of ten a played device gives its counts in W, Wh, V, A or Hz.
  fileprivate var playedExponent: Int16 {
    switch self {
    case .power, .powerL1, .powerL2, .powerL3, .importEnergy, .exportEnergy, .powerFactor: 0
    case .voltageL1, .voltageL2, .voltageL3: -1
    case .currentL1, .currentL2, .currentL3, .frequency: -2
    }
  }
}
