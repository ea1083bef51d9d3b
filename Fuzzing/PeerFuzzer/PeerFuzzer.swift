import WireDecoders

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// libFuzzer's own options follow the program's name: a corpus folder, `-max_total_time=600`.
@_cdecl("PeerFuzzer_main")
public func main(_ count: CInt, _ words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
  var count = count
  var words = words
  return runDriver(&count, &words) { bytes, length in
    WireDecoders.decode(Array(UnsafeBufferPointer(start: bytes, count: length)))
    return 0
  }
}
