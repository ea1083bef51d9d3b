public import Devices

/// One Modbus line with its units.
///
/// Contract: a call blocks for at most the line's time-out, and once more as long where the line has to be opened first; an
/// answer is of the unit that was asked and has as many registers as were asked for; whatever a device sends is an
/// answer or a fault. A line that is gone is opened again by later calls, for ever, without an attempt at every call.
public protocol RegisterBus: AnyObject {
  func read(_ request: RegisterRequest, unit: UInt8) throws(RegisterFault) -> [UInt16]
  /// Function code 1: outputs as they stand, from `address` on.
  func readCoils(_ count: Int, at address: UInt16, unit: UInt8) throws(RegisterFault) -> [Bool]
  /// Function code 5.
  func writeCoil(_ isOn: Bool, at address: UInt16, unit: UInt8) throws(RegisterFault)
}
