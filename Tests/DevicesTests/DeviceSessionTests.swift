import Devices
import Quantities
import Testing

struct `A session with a device` {
  /// Carries requests to a device that answers from `image`; addresses in `holes` it refuses.
  private static func poll(
    _ session: inout DeviceSession, _ image: RegisterImage, holes: Set<Int> = []
  ) -> (outcome: DeviceSession.Outcome, requests: [RegisterRequest]) {
    var requests: [RegisterRequest] = []
    var step = session.begin()
    while case .read(let request) = step {
      requests.append(request)
      let words = request.range.contains(where: holes.contains) ? nil : image.words(for: request)
      step = session.take(words.map { .success($0) } ?? .failure(.exception(2)))
    }
    guard case .done(let outcome) = step else { return (.failed(.busDown), requests) }
    return (outcome, requests)
  }

  private static func meter(spans: [ReadableSpan] = [], identity: DeviceTemplate.Identity? = nil)
    -> DeviceTemplate
  {
    let fields = [
      RegisterField(quantity: .power, table: .input, address: 0x28, type: .int32, scale: 0.0001),
      RegisterField(quantity: .importEnergy, table: .input, address: 0x3E, type: .int32, scale: 0.1),
      RegisterField(
        quantity: .exportEnergy, table: .input, address: 0x5C, type: .int32, scale: 0.1, isOptional: true),
    ]
    return DeviceTemplate(
      id: "test", title: "Test", kind: .meter, layout: .fixed(RegisterLayout(fields: fields, spans: spans)),
      identity: identity)
  }

  @Test func `reads fields apart unless the stretch between them is known to be readable`() {
    let image = Self.meter().image(showing: [.power: 1.5, .importEnergy: 10, .exportEnergy: 2])
    var apart = DeviceSession(Self.meter())
    let first = Self.poll(&apart, image)
    #expect(first.requests.count == 3)
    #expect(first.outcome == .values([.power: 1.5, .importEnergy: 10, .exportEnergy: 2]))

    let span = ReadableSpan(table: .input, range: 0x28..<0x5E)
    let joined = Self.meter(spans: [span])
    var together = DeviceSession(joined)
    let second = Self.poll(
      &together, joined.image(showing: [.power: 1.5, .importEnergy: 10, .exportEnergy: 2]))
    #expect(second.requests == [RegisterRequest(table: .input, address: 0x28, count: 0x5E - 0x28)])
    #expect(second.outcome == first.outcome)
  }

  @Test func `does without an optional field the device refuses, and does not ask again`() {
    let image = Self.meter().image(showing: [.power: 1.5, .importEnergy: 10])
    var session = DeviceSession(Self.meter())
    let first = Self.poll(&session, image)
    #expect(first.outcome == .values([.power: 1.5, .importEnergy: 10]))
    let second = Self.poll(&session, image)
    #expect(second.outcome == first.outcome && second.requests.count == 2)
    session.forget()
    #expect(Self.poll(&session, image).requests.count > 2)
  }

  @Test func `fails when the device refuses what it must have`() {
    let image = Self.meter().image(showing: [.power: 1.5, .importEnergy: 10, .exportEnergy: 1])
    var session = DeviceSession(Self.meter())
    #expect(Self.poll(&session, image, holes: [0x28]).outcome == .failed(.exception(2)))
  }

  @Test func `asks once more after noise, and gives up after silence`() {
    let image = Self.meter().image(showing: [.power: 1.5, .importEnergy: 10, .exportEnergy: 1])
    var session = DeviceSession(Self.meter())
    guard case .read(let request) = session.begin() else { return #expect(Bool(false)) }
    #expect(session.take(.failure(.checksum)) == .read(request))
    #expect(session.take(.failure(.checksum)) == .done(.failed(.checksum)))
    guard case .read(let again) = session.begin(), let words = image.words(for: again) else {
      return #expect(Bool(false))
    }
    #expect(again == request)
    #expect(session.take(.failure(.wrongAnswer)) == .read(request))
    guard case .read(let next) = session.take(.success(words)) else { return #expect(Bool(false)) }
    #expect(next != request)
    #expect(session.take(.failure(.timeout)) == .done(.failed(.timeout)))
  }

  @Test func `refuses a device of another type`() {
    let identity = DeviceTemplate.Identity(table: .input, address: 0x0B, values: [341, 342])
    let template = Self.meter(identity: identity)
    var image = template.image(showing: [.power: 1, .importEnergy: 1, .exportEnergy: 1])
    var session = DeviceSession(template)
    let first = Self.poll(&session, image)
    // The type alone in its read, and only once.
    #expect(first.requests.first == RegisterRequest(table: .input, address: 0x0B, count: 1))
    #expect(!Self.poll(&session, image).requests.contains { $0.address == 0x0B })
    image.set(71, at: 0x0B, in: .input)
    var other = DeviceSession(template)
    #expect(Self.poll(&other, image).outcome == .refused(.wrongIdentity(found: 71)))
  }

  // MARK: SunSpec

  private static let sunSpec = DeviceTemplate(
    id: "sunspec", title: "SunSpec", kind: .meter,
    layout: .sunSpec([
      SunSpecLayout(
        models: [203],
        layout: RegisterLayout(
          fields: [
            RegisterField(
              quantity: .power, table: .holding, address: 18, type: .int16, scale: 0.001, scaleFactor: 22,
              absentCodes: [0x8000])
          ]))
    ]))

  /// A chain of models at `base`, each of `length` registers, before model 203.
  private static func chain(at base: Int, before models: [(id: UInt16, length: UInt16)]) -> RegisterImage {
    var image = RegisterImage()
    image.set(0x5375, at: base, in: .holding)
    image.set(0x6E53, at: base + 1, in: .holding)
    var address = base + 2
    for (id, length) in models + [(203, 105), (0xFFFF, 0)] {
      image.set(id, at: address, in: .holding)
      image.set(length, at: address + 1, in: .holding)
      if id == 203 {
        for (offset, word) in [(18, UInt16(250)), (19, 0), (20, 0), (21, 0), (22, 1)] {
          image.set(word, at: address + offset, in: .holding)
        }
      }
      address += 2 + Int(length)
    }
    return image
  }

  @Test(arguments: [40000, 50000, 0])
  func `walks the models to the one it knows, from each base`(base: Int) {
    let image = Self.chain(at: base, before: [(1, 66), (120, 26), (64001, 10)])
    var session = DeviceSession(Self.sunSpec)
    let first = Self.poll(&session, image)
    #expect(first.outcome == .values([.power: 2.5]))
    // Value and scale factor in one read, and no walk the second time.
    let second = Self.poll(&session, image)
    #expect(second.requests.map(\.count) == [5])
  }

  @Test func `ends a walk at the end of the chain, at a loop without end, and at nothing`() {
    var none = DeviceSession(Self.sunSpec)
    #expect(Self.poll(&none, RegisterImage()).outcome == .refused(.noModel))

    var image = RegisterImage()
    for (address, word) in [
      (40000, UInt16(0x5375)), (40001, 0x6E53), (40002, 1), (40003, 66), (40070, 0xFFFF),
    ] {
      image.set(word, at: address, in: .holding)
    }
    image.set(0, at: 40071, in: .holding)
    var ended = DeviceSession(Self.sunSpec)
    #expect(Self.poll(&ended, image).outcome == .refused(.noModel))

    // Models without length, for ever: cut after a hundred.
    var endless = RegisterImage()
    for address in 40000..<60000 { endless.set(UInt16(address % 2 == 0 ? 1 : 0), at: address, in: .holding) }
    endless.set(0x5375, at: 40000, in: .holding)
    endless.set(0x6E53, at: 40001, in: .holding)
    var looping = DeviceSession(Self.sunSpec)
    let result = Self.poll(&looping, endless)
    #expect(result.outcome == .refused(.noModel) && result.requests.count < 110)

    // A length that leads beyond the last register.
    endless.set(0xFFFF, at: 40003, in: .holding)
    var beyond = DeviceSession(Self.sunSpec)
    #expect(Self.poll(&beyond, endless).outcome == .refused(.noModel))
  }
}
