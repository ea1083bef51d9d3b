/// A kind of relay board that is switched by coils.
public struct RelayBoardTemplate: Sendable, Hashable {
  /// The file's name without its ending.
  public var id: String
  public var title: String
  /// Relays on the board, switched by the coils from `firstCoil` on.
  public var channels: Int
  public var firstCoil: UInt16
  public var serial: SerialSettings?

  public init(id: String, title: String, channels: Int, firstCoil: UInt16, serial: SerialSettings? = nil) {
    self.id = id
    self.title = title
    self.channels = channels
    self.firstCoil = firstCoil
    self.serial = serial
  }
}
