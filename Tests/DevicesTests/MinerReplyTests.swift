import Devices
import Testing

/// Replies as firmware really writes them.
struct MinerReplyTests {
  @Test(
    arguments: [
      (#"{"STATUS":[{"STATUS":"S","When":1,"Code":11,"Msg":"BYE"}],"id":1}"#, true),
      (#"{"STATUS":[{"STATUS":"E","Code":45,"Msg":"Access denied to 'quit' command"}],"id":1}"#, false),
      (#"{"STATUS":"E","When":1,"Code":14,"Msg":"invalid cmd"}"#, false),
      // A comma is missing, and rubbish trails.
      (#"{"STATUS":[{"STATUS": "S","Msg":"a"}{"x":1}],"id":1}}}garbage"#, true),
      (#"{"STATUS":[{"STATUS":"I"}],"pause":[{"STATUS":[{"STATUS":"F"}]}]}"#, false),
      ("", nil), ("BYE", nil), (#"{"STATUS":"#, nil), (#"{"STATUS":7}"#, nil), (#"{"STATUS":"S"#, true),
    ] as [(String, Bool?)])
  func `say whether the request was taken, or nothing`(_ reply: String, _ isAccepted: Bool?) {
    #expect(MinerReply.isAccepted(Array(reply.utf8) + [0]) == isAccepted)
  }

  @Test func `any bytes are read without harm`() {
    for seed in 0..<2000 {
      var state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1
      var bytes = Array(#"{"STATUS":"S""#.utf8)
      for index in bytes.indices {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        if state >> 60 < 3 { bytes[index] = UInt8(truncatingIfNeeded: state >> 33) }
      }
      _ = MinerReply.isAccepted(Array(bytes.prefix(Int(state >> 40) % (bytes.count + 1))))
    }
  }
}
