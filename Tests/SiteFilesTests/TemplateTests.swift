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

  static let headers = PackageFiles.names(in: "../../boards/sbc", ending: ".toml")
  static let modules = PackageFiles.names(in: "../../boards/relays", ending: ".toml")

  @Test func `the files of computers and of relay boards for their pins are right`() {
    #expect(Self.headers.count >= 6 && Self.modules.count >= 4)
    for name in Self.headers {
      let path = "\(PackageFiles.root)/boards/sbc/\(name).toml"
      #expect(TemplateFiles.problems(ofBoardAt: path, isHeader: true)?.description == nil)
    }
    for name in Self.modules {
      let path = "\(PackageFiles.root)/boards/relays/\(name).toml"
      #expect(TemplateFiles.problems(ofBoardAt: path, isHeader: false)?.description == nil)
    }
  }

  /// The 8-channel board on a Raspberry Pi 4, whose pull-downs would close its relays at boot without a remedy.
  @Test func `a relay board on pins becomes lines of the computer`() throws {
    let text = PackageFiles.text("\(PackageFiles.root)/boards/examples/minimal.toml")
      .replacing("relay_lines = \"relay-01..relay-04\"", with: "relay_lines = \"hat-1..hat-4\"")
    let board =
      "[[relay_boards]]\nname = \"hat\"\ncomputer = \"raspberry-pi-4\"\ntemplate = \"waveshare-rpi-8\"\n"
    let file = try SiteFile.parse(
      Array((text + board + "remedy = \"10 kOhm pull-ups\"\n").utf8), path: "site.toml")
    let pins = file.site.gpioPins
    #expect(
      pins.map(\.pin.place) == [5, 6, 13, 16].map { .offset(chip: "pinctrl-bcm2711", UInt32($0)) })
    #expect(pins.map(\.rig.rig) == [0, 1, 2, 3] && pins.allSatisfy { $0.pin.isActiveLow })
    #expect(pins.first?.pin.names == ["GPIO5"] && pins.first?.pin.title == "hat-1 (pin 29)")
    #expect(throws: SiteFileProblems.self) {
      try SiteFile.parse(Array((text + board).utf8), path: "site.toml")
    }
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
