import Devices

extension RegisterFault {
  /// What happened and where to look, for a person.
  var text: String {
    switch self {
    case .timeout: "no answer; check power, wiring, unit number and baud rate"
    case .checksum: "checksum error; check termination, shield and cable length"
    case .exception(1): "it refuses this function (exception 1); check the template's table"
    case .exception(2): "it has no such register (exception 2); check the template against the device"
    case .exception(let code): "it refuses (exception \(code))"
    case .wrongAnswer: "an answer to another question; is there a second master on the bus?"
    case .busDown: "the line cannot be opened; check adapter, address and permissions"
    }
  }
}

extension DeviceSession.Refusal {
  var text: String {
    switch self {
    case .wrongIdentity(let found): "its type register reads \(found); name the template of that type"
    case .noModel: "no SunSpec model of the template found; check the device's Modbus setting and unit"
    case .addressOutOfRange: "its model lies beyond the last register"
    }
  }
}
