import JSONText

/// One message of the older Grid protocol, as its nodes send it over HTTP. Identifiers are texts on the wire and numbers
/// are taken too; nothing is trusted to be of any form.
public struct GridEnvelope: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable {
    /// Nobody waits for an answer.
    case tell = "Tell"
    case ask = "Ask"
    case response = "Response"
  }

  public enum Message: Sendable, Hashable {
    /// kW.
    case updateEnergy(production: Double, consumption: Double)
    case addSibling(id: String, name: String, address: String)
    /// Net output by node.
    case updateNet([String: Double])
    case syncGrid
  }

  public static let maximumBytes = 1 << 20
  public static let mostNets = 4096
  private static let longestText = 255
  /// kW; sums of any number of nodes stay finite.
  private static let largestPower = 1e12

  public var kind: Kind
  public var message: Message
  /// Who sent it, where an answer is expected.
  public var returnID: String?
  public var requestID: String?
  /// Names the round of messages that this one belongs to.
  public var masterID: String?

  public init(
    _ kind: Kind, _ message: Message, returnID: String? = nil, requestID: String? = nil,
    masterID: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.returnID = returnID
    self.requestID = requestID
    self.masterID = masterID
  }

  /// Why a message is refused, with the HTTP status that says so.
  public struct Refusal: Error, Sendable, Hashable {
    public let status: Int
    public let text: String
    init(_ status: Int, _ text: String) {
      self.status = status
      self.text = text
    }
  }

  // MARK: Reading

  public init(_ bytes: [UInt8]) throws(Refusal) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue.parse(
        bytes, limits: JSONLimits(maximumBytes: Self.maximumBytes, maximumDepth: 8))
    } catch {
      throw Refusal(400, "not JSON: \(error)")
    }
    guard let kind = value["envType"]?.string.flatMap({ Kind(rawValue: $0) }) else {
      throw Refusal(500, "envType must be Tell, Ask or Response")
    }
    self.kind = kind
    let body = value["msg"] ?? .object([])
    switch value["msgType"]?.string {
    case "UpdateEnergy":
      self.message = .updateEnergy(
        production: try Self.power(body["production"], "production"),
        consumption: try Self.power(body["consumption"], "consumption"))
    case "AddSibling":
      guard let id = Self.text(body["siblingId"]), let name = Self.text(body["siblingName"]),
        let address = Self.text(body["siblingAddress"]), Self.isAddress(address)
      else { throw Refusal(400, "AddSibling needs siblingId, siblingName and siblingAddress as host:port") }
      self.message = .addSibling(id: id, name: name, address: address)
    case "UpdateNet": self.message = .updateNet(try Self.nets(body["nets"]))
    case "SyncGrid": self.message = .syncGrid
    case _: throw Refusal(500, "msgType must be UpdateEnergy, AddSibling, UpdateNet or SyncGrid")
    }
    self.returnID = Self.text(value["returnId"])
    self.requestID = Self.text(value["reqId"])
    self.masterID = Self.text(value["masterReqId"]) ?? self.requestID
  }

  private static func nets(_ value: JSONValue?) throws(Refusal) -> [String: Double] {
    guard let value, !value.isNull else { return [:] }
    guard let members = value.object, members.count <= Self.mostNets else {
      throw Refusal(400, "nets must be an object of at most \(Self.mostNets) numbers")
    }
    var nets: [String: Double] = [:]
    for member in members { nets[member.name] = try Self.power(member.value, "nets") }
    return nets
  }

  private static func power(_ value: JSONValue?, _ name: String) throws(Refusal) -> Double {
    guard let number = value?.double ?? value?.string.flatMap({ Double($0) }), number.isFinite,
      abs(number) <= Self.largestPower
    else { throw Refusal(400, "\(name) must be a number in kW") }
    return number
  }

  /// A short text without control characters, or a number as a text.
  private static func text(_ value: JSONValue?) -> String? {
    switch value {
    case .string(let text)
    where !text.isEmpty && text.utf8.count <= Self.longestText
      && !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }):
      text
    case .integer(let number): String(number)
    case .number(let number): GridNumber.text(number)
    case .string, .bigInteger, .bool, .array, .object, .null, nil: nil
    }
  }

  /// `host:port`, and nothing that could make another address of it.
  private static func isAddress(_ text: String) -> Bool {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (1...65535).contains(port), colon != text.startIndex
    else { return false }
    return text[..<colon].utf8.allSatisfy { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || [
          UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "["),
          UInt8(ascii: "]"),
        ].contains(byte)
    }
  }

  // MARK: Writing

  /// The message as the older nodes read it. `seconds` is the time since 1970.
  func encoded(to address: String, id: String, seconds: Double) -> [UInt8] {
    var members: [JSONValue.Member] = [
      .init("to", .string(address)), .init("envType", .string(self.kind.rawValue)),
      .init("msgType", .string(self.messageType)), .init("msg", self.body), .init("id", .string(id)),
      .init("timestamp", .string("\(seconds)")),
    ]
    if let returnID { members.append(.init("returnId", .string(returnID))) }
    if let requestID { members.append(.init("reqId", .string(requestID))) }
    if let masterID { members.append(.init("masterReqId", .string(masterID))) }
    return Array(JSONValue.object(members).text().utf8)
  }

  private var messageType: String {
    switch self.message {
    case .updateEnergy: "UpdateEnergy"
    case .addSibling: "AddSibling"
    case .updateNet: "UpdateNet"
    case .syncGrid: "SyncGrid"
    }
  }

  private var body: JSONValue {
    switch self.message {
    case .updateEnergy(let production, let consumption):
      .object([
        .init("production", GridNumber.json(production)), .init("consumption", GridNumber.json(consumption)),
      ])
    case .addSibling(let id, let name, let address):
      .object([
        .init("siblingId", .string(id)), .init("siblingName", .string(name)),
        .init("siblingAddress", .string(address)),
      ])
    case .updateNet(let nets):
      .object([
        .init(
          "nets", .object(nets.sorted { $0.key < $1.key }.map { .init($0.key, GridNumber.json($0.value)) }))
      ])
    case .syncGrid: .object([])
    }
  }
}

/// Numbers as the older nodes write them: whole ones without a fraction.
enum GridNumber {
  static func json(_ number: Double) -> JSONValue {
    Int64(exactly: number).map { .integer($0) } ?? .number(number)
  }
  static func text(_ number: Double) -> String { Int64(exactly: number).map { "\($0)" } ?? "\(number)" }
}
