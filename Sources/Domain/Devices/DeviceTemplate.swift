public import Quantities

/// A kind of device, as one file of `boards/meters` describes it.
public struct DeviceTemplate: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case meter, inverter
  }

  public enum Layout: Sendable, Hashable {
    /// Registers at addresses of their own.
    case fixed(RegisterLayout)
    /// Models found by walking the chain from "SunS"; the first one a device has is read.
    case sunSpec([SunSpecLayout])
  }

  /// The file's name without its ending: what a site file calls it.
  public var id: String
  /// Maker and type.
  public var title: String
  public var kind: Kind
  public var layout: Layout
  /// Register that tells the type, read once; another value refuses the device.
  public var identity: Identity?
  /// What its serial port is set to when it leaves the factory; nil when it has none.
  public var serial: SerialSettings?
  /// Steps of what it shows.
  public var counterResolution: KilowattHours
  public var powerResolution: Kilowatts
  /// Registers and what they mean, for the tests of the template.
  public var examples: [Example]

  public struct Identity: Sendable, Hashable {
    public var table: RegisterTable
    public var address: UInt16
    public var values: [UInt16]
    public init(table: RegisterTable, address: UInt16, values: [UInt16]) {
      self.table = table
      self.address = address
      self.values = values
    }
  }

  /// Register words in, readings out.
  public struct Example: Sendable, Hashable {
    public var image: RegisterImage
    /// Nil stands for "no value".
    public var shows: [DeviceQuantity: Double?]
    public init(image: RegisterImage, shows: [DeviceQuantity: Double?]) {
      self.image = image
      self.shows = shows
    }
  }

  public init(
    id: String, title: String, kind: Kind, layout: Layout, identity: Identity? = nil,
    serial: SerialSettings? = nil, counterResolution: KilowattHours = KilowattHours(0.01),
    powerResolution: Kilowatts = Kilowatts(0.001), examples: [Example] = []
  ) {
    self.id = id
    self.title = title
    self.kind = kind
    self.layout = layout
    self.identity = identity
    self.serial = serial
    self.counterResolution = counterResolution
    self.powerResolution = powerResolution
    self.examples = examples
  }
}

/// The fields of a device or of a SunSpec model, and how they may be read together.
public struct RegisterLayout: Sendable, Hashable {
  public var fields: [RegisterField]
  public var spans: [ReadableSpan]
  /// The most registers of one read the device answers.
  public var longestRead: Int
  public init(
    fields: [RegisterField], spans: [ReadableSpan] = [], longestRead: Int = RegisterRequest.largestCount
  ) {
    self.fields = fields
    self.spans = spans
    self.longestRead = longestRead
  }
}

/// Fields by their distance from a SunSpec model's ID register.
public struct SunSpecLayout: Sendable, Hashable {
  public var models: [UInt16]
  public var layout: RegisterLayout
  public init(models: [UInt16], layout: RegisterLayout) {
    self.models = models
    self.layout = layout
  }
}

/// Settings of a serial line; as text, such as `9600 8N1`.
public struct SerialSettings: Sendable, Hashable, CustomStringConvertible {
  public enum Parity: String, Sendable, Hashable, CaseIterable {
    case none, even, odd
  }

  /// Bits per second.
  public var baud: Int
  public var parity: Parity
  /// 1 or 2.
  public var stopBits: Int
  public init(baud: Int, parity: Parity = .none, stopBits: Int = 1) {
    self.baud = baud
    self.parity = parity
    self.stopBits = stopBits
  }

  public var description: String {
    "\(self.baud) 8\(self.parity == .none ? "N" : self.parity == .even ? "E" : "O")\(self.stopBits)"
  }

  /// Time of one byte on the line in seconds: start, 8 data, parity and stop bits.
  public var secondsPerByte: Double {
    Double(1 + 8 + (self.parity == .none ? 0 : 1) + self.stopBits) / Double(max(1, self.baud))
  }

  /// The silence between frames: 3.5 bytes, at least 1.75 ms over 19,200 baud (Modbus over serial line 1.02, 2.5.1.1).
  public var secondsOfSilence: Double { max(1.75e-3, 3.5 * self.secondsPerByte) }

  /// The shortest time a read can take on this line: 8 bytes out, the answer and the silence around both. Its device
  /// needs time of its own on top.
  public func seconds(for request: RegisterRequest) -> Double {
    Double(8 + 5 + 2 * request.count) * self.secondsPerByte + 2 * self.secondsOfSilence
  }
}
