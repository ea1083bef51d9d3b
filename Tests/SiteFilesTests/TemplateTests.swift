import Devices
import SiteFiles
import SiteModel
import Testing

/// The descriptions of devices that come with the program.
struct TemplateTests {
  static let meters = PackageFiles.names(in: "../../boards/meters", ending: ".toml")
  static let boards = PackageFiles.names(in: "../../boards/modbus-relays", ending: ".toml")

  @Test(arguments: meters)
  func `a meter template is right and has an example that it reads`(name: String) throws {
    let template = try TemplateFiles.meter(path: "\(PackageFiles.root)/boards/meters/\(name).toml")
    #expect(template.id == name)
    #expect(!template.examples.isEmpty)
    for example in template.examples {
      #expect(example.shows.keys.contains(.power))
      var session = DeviceSession(template, wanted: Set(example.shows.keys))
      var step = session.begin()
      while case .read(let request) = step {
        step = session.take(example.image.words(for: request).map { .success($0) } ?? .failure(.exception(2)))
      }
      guard case .done(.values(let values)) = step else {
        Issue.record("\(name): \(step)")
        continue
      }
      for (quantity, shown) in example.shows {
        let value = values[quantity]
        if let shown {
          #expect(abs((value ?? .nan) - shown) <= 1e-6 * max(1, abs(shown)), "\(quantity): \(value ?? .nan)")
        } else {
          #expect(value == nil, "\(quantity)")
        }
      }
    }
  }

  /// What a device is made to show is what its template reads, within the step of its registers.
  @Test(arguments: meters)
  func `a played device reads back`(name: String) throws {
    let template = try TemplateFiles.meter(path: "\(PackageFiles.root)/boards/meters/\(name).toml")
    let shown: [DeviceQuantity: Double] = [
      .power: -2.345, .importEnergy: 1234.5, .exportEnergy: 67.8, .voltageL1: 230.4, .currentL1: 10.2,
      .frequency: 50.1,
    ]
    let image = template.image(showing: shown)
    var session = DeviceSession(template, wanted: Set(shown.keys))
    var step = session.begin()
    var requests = 0
    while case .read(let request) = step {
      requests += 1
      step = session.take(image.words(for: request).map { .success($0) } ?? .failure(.exception(2)))
    }
    guard case .done(.values(let values)) = step else {
      Issue.record("\(name): \(step)")
      return
    }
    for (quantity, value) in values {
      #expect(abs(value - (shown[quantity] ?? .nan)) <= 0.11, "\(quantity): \(value)")
    }
    #expect(values[.power] != nil && values[.importEnergy] != nil)
    #expect(requests <= 12)
  }

  @Test(arguments: boards)
  func `a relay board template is right`(name: String) throws {
    let template = try TemplateFiles.relayBoard(
      path: "\(PackageFiles.root)/boards/modbus-relays/\(name).toml")
    #expect(template.id == name && template.channels > 0)
  }

  @Test func `a wrong template says where, what and how to mend it`() {
    let path = "\(PackageFiles.tests)/Broken/Templates/wrong-meter.toml"
    do {
      _ = try TemplateFiles.meter(path: path)
      Issue.record("it was accepted")
    } catch {
      let text = error.problems.map { String($0.description.dropFirst(path.count)) }.joined(separator: "\n")
      let golden = PackageFiles.text("\(PackageFiles.tests)/Broken/Templates/wrong-meter.txt")
      #expect(text + "\n" == golden)
    }
  }
}
