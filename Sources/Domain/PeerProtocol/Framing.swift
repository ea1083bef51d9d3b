/// Several messages in one body: each with its length before it.
public enum Framing {
  public static let mostMessages = 256
  public static let maximumBytes = 1 << 20

  public static func join(_ messages: [[UInt8]]) -> [UInt8] {
    var writer = WireWriter()
    for message in messages {
      writer.number(UInt32(clamping: message.count))
      writer.raw(message)
    }
    return writer.bytes
  }

  public static func split(_ bytes: [UInt8]) throws(WireError) -> [[UInt8]] {
    guard bytes.count <= Self.maximumBytes else { throw WireError("more than \(Self.maximumBytes) bytes") }
    var reader = WireReader(bytes)
    var messages: [[UInt8]] = []
    while reader.left > 0 {
      guard messages.count < Self.mostMessages else { throw WireError("too many messages") }
      messages.append(try reader.raw(Int(try reader.number(UInt32.self))))
    }
    return messages
  }
}
