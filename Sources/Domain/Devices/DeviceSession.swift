/// Reads one device: first what it is and where its values lie, then the values, in as few requests as it answers. Pure:
/// the owner carries requests to the bus and answers back.
public struct DeviceSession: Sendable {
  /// Values of one poll; an optional quantity the device lacks, or shows as "no value", is not in it.
  public typealias Values = [DeviceQuantity: Double]

  public enum Outcome: Sendable, Hashable {
    case values(Values)
    case failed(RegisterFault)
    case undecodable(DeviceQuantity)
    case refused(Refusal)
  }

  /// A device that answers, but not as its template says.
  public enum Refusal: Sendable, Hashable {
    case wrongIdentity(found: UInt16)
    case noModel
    case addressOutOfRange
  }

  public enum Step: Sendable, Hashable {
    case read(RegisterRequest)
    case done(Outcome)
  }

  private enum Stage: Sendable {
    case identity
    case walking(SunSpecWalk)
    case reading(Place)
  }

  /// Where the values lie in this very device.
  private struct Place: Sendable {
    var base: Int
    var layout: RegisterLayout
    var requests: [RegisterRequest]
  }

  /// Noise is asked again this often within one poll.
  private static let retries = 1

  private let template: DeviceTemplate
  private let wanted: Set<DeviceQuantity>
  private var stage: Stage
  private var image = RegisterImage()
  /// Index of the request on its way, and how often it was repeated.
  private var cursor = 0
  private var repeats = 0
  /// Optional fields this device does not have.
  private var lacking: Set<DeviceQuantity> = []

  public init(_ template: DeviceTemplate, wanted: Set<DeviceQuantity> = DeviceQuantity.controlled) {
    self.template = template
    self.wanted = wanted
    self.stage = .identity
  }

  /// Begins a poll.
  public mutating func begin() -> Step {
    self.image.clear()
    self.cursor = 0
    self.repeats = 0
    return self.next()
  }

  /// The device may be another one now: finds out anew what it is.
  public mutating func forget() {
    self.stage = .identity
    self.lacking = []
  }

  /// Takes what became of the request of the last step.
  public mutating func take(_ answer: Result<[UInt16], RegisterFault>) -> Step {
    switch answer {
    case .success(let words): return self.take(words)
    case .failure(let fault):
      if fault.isNoise, self.repeats < Self.retries {
        self.repeats += 1
        return self.next()
      }
      self.repeats = 0
      return self.take(fault)
    }
  }

  private mutating func take(_ words: [UInt16]) -> Step {
    self.repeats = 0
    switch self.stage {
    case .identity:
      guard let identity = self.template.identity, let word = words.first, identity.values.contains(word)
      else {
        return .done(.refused(.wrongIdentity(found: words.first ?? 0)))
      }
      return self.locate()
    case .walking(var walk):
      return self.follow(walk.take(words), of: walk)
    case .reading(let place):
      guard place.requests.indices.contains(self.cursor), words.count == place.requests[self.cursor].count
      else {
        return .done(.failed(.wrongAnswer))
      }
      self.image.set(words, for: place.requests[self.cursor])
      self.cursor += 1
      return self.next()
    }
  }

  private mutating func take(_ fault: RegisterFault) -> Step {
    guard case .exception(let code) = fault, [1, 2, 3].contains(code) else { return .done(.failed(fault)) }
    switch self.stage {
    case .identity: return .done(.failed(fault))
    case .walking(var walk): return self.follow(walk.take(nil), of: walk)
    case .reading(let place):
      // One of its fields is not there. Without the optional ones the rest may be.
      guard place.requests.indices.contains(self.cursor) else { return .done(.failed(fault)) }
      let request = place.requests[self.cursor]
      let optional = place.layout.fields.filter {
        $0.isOptional && $0.table == request.table
          && request.range.contains(place.base + Int($0.address))
      }
      guard !optional.isEmpty else { return .done(.failed(fault)) }
      self.lacking.formUnion(optional.map(\.quantity))
      return self.settle(base: place.base, layout: place.layout)
    }
  }

  private mutating func follow(_ step: SunSpecWalk.Step, of walk: SunSpecWalk) -> Step {
    switch step {
    case .read(let request):
      self.stage = .walking(walk)
      return .read(request)
    case .absent:
      self.stage = .identity
      return .done(.refused(.noModel))
    case .found(let model, let address):
      guard case .sunSpec(let layouts) = self.template.layout,
        let layout = layouts.first(where: { $0.models.contains(model) })
      else { return .done(.refused(.noModel)) }
      return self.settle(base: address, layout: layout.layout)
    }
  }

  /// The device is what it should be: where are its values?
  private mutating func locate() -> Step {
    switch self.template.layout {
    case .fixed(let layout): return self.settle(base: 0, layout: layout)
    case .sunSpec(let layouts):
      self.stage = .walking(SunSpecWalk(wanted: Set(layouts.flatMap(\.models))))
      return self.next()
    }
  }

  private mutating func settle(base: Int, layout: RegisterLayout) -> Step {
    let fields = layout.fields.filter {
      self.wanted.contains($0.quantity) && !self.lacking.contains($0.quantity)
    }
    guard
      let requests = ReadPlan.requests(
        for: fields, spans: layout.spans, longest: layout.longestRead, base: base)
    else { return .done(.refused(.addressOutOfRange)) }
    self.stage = .reading(Place(base: base, layout: layout, requests: requests))
    self.image.clear()
    self.cursor = 0
    return self.next()
  }

  private mutating func next() -> Step {
    switch self.stage {
    case .identity:
      guard let identity = self.template.identity else { return self.locate() }
      guard let request = RegisterRequest(table: identity.table, address: Int(identity.address), count: 1)
      else { return .done(.refused(.addressOutOfRange)) }
      return .read(request)
    case .walking(let walk):
      return self.follow(walk.next, of: walk)
    case .reading(let place):
      guard place.requests.indices.contains(self.cursor) else { return .done(self.decode(place)) }
      return .read(place.requests[self.cursor])
    }
  }

  private func decode(_ place: Place) -> Outcome {
    var values: Values = [:]
    for field in place.layout.fields
    where self.wanted.contains(field.quantity) && !self.lacking.contains(field.quantity) {
      switch field.read(self.image, base: place.base) {
      case .success(let value): if let value { values[field.quantity] = value }
      case .failure: return .undecodable(field.quantity)
      }
    }
    return .values(values)
  }

  /// The reads one poll of this device takes once it is known; nil while it is not. For a SunSpec device the addresses
  /// count from the model's ID register.
  public static func requests(
    for template: DeviceTemplate, wanted: Set<DeviceQuantity> = DeviceQuantity.controlled
  ) -> [RegisterRequest]? {
    let layout: RegisterLayout
    switch template.layout {
    case .fixed(let fixed): layout = fixed
    case .sunSpec(let layouts):
      guard let first = layouts.first else { return nil }
      layout = first.layout
    }
    return ReadPlan.requests(
      for: layout.fields.filter { wanted.contains($0.quantity) }, spans: layout.spans,
      longest: layout.longestRead)
  }
}
