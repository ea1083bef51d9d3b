import HomeAutomation
import JSONText
import Quantities
import SiteModel
import Testing

/// Descriptions as Home Assistant reads them, and the states they point at.
struct DiscoveryTests {
  private static func topics(
    _ picture: HomePicture = BrokerBench.picture(), _ change: (inout MQTTSettings) -> Void = { _ in }
  ) -> [String: String] {
    var settings = BrokerBench.settings
    change(&settings)
    let topics = HomeImage.topics(of: picture, settings, version: "1.0").map { ($0.name, $0.payload) }
    return Dictionary(uniqueKeysWithValues: topics)
  }

  private static let device =
    #""device":{"identifiers":["rigshift_test"],"name":"Test","manufacturer":"RigShift","model":"Edge controller","#
    + #""sw_version":"1.0"},"origin":{"name":"RigShift","sw_version":"1.0"}}"#
  private static let ofSite =
    #""availability":[{"topic":"rigshift/test/availability"}],"availability_mode":"all","#
  private static let ofRig =
    #""availability":[{"topic":"rigshift/test/availability"},{"topic":"rigshift/test/rig/s19-1/available"}],"#
    + #""availability_mode":"all","#

  static let golden: [(topic: String, payload: String)] = [
    (
      "switch/rigshift_test/rig_s19-1",
      #"{"name":"s19-1","unique_id":"rigshift_test_rig_s19-1","# + Self.ofRig
        + #""state_topic":"rigshift/test/rig/s19-1/state","#
        + #""json_attributes_topic":"rigshift/test/rig/s19-1/attributes","#
        + #""command_topic":"rigshift/test/rig/s19-1/set","device_class":"outlet","# + Self.device
    ),
    (
      "button/rigshift_test/rig_s19-1_auto",
      #"{"name":"s19-1 automatic","unique_id":"rigshift_test_rig_s19-1_auto","# + Self.ofRig
        + #""command_topic":"rigshift/test/rig/s19-1/set","payload_press":"AUTO","# + Self.device
    ),
    (
      "number/rigshift_test/bank_s19_rigs",
      #"{"name":"s19 rigs","unique_id":"rigshift_test_bank_s19_rigs","# + Self.ofSite
        + #""state_topic":"rigshift/test/bank/s19/running","command_topic":"rigshift/test/bank/s19/set","#
        + #""min":0,"max":4,"step":1,"# + Self.device
    ),
    (
      "sensor/rigshift_test/meter_main_power",
      #"{"name":"main power","unique_id":"rigshift_test_meter_main_power","#
        + #""availability":[{"topic":"rigshift/test/availability"},{"topic":"rigshift/test/meter/main/available"}],"#
        + #""availability_mode":"all","state_topic":"rigshift/test/meter/main/power","#
        + #""unit_of_measurement":"kW","device_class":"power","state_class":"measurement","# + Self.device
    ),
    (
      "sensor/rigshift_test/meter_main_forward",
      #"{"name":"main imported energy","unique_id":"rigshift_test_meter_main_forward","#
        + #""availability":[{"topic":"rigshift/test/availability"},{"topic":"rigshift/test/meter/main/available"}],"#
        + #""availability_mode":"all","state_topic":"rigshift/test/meter/main/forward","#
        + #""unit_of_measurement":"kWh","device_class":"energy","state_class":"total_increasing","#
        + Self.device
    ),
    (
      "binary_sensor/rigshift_test/site_problem",
      #"{"name":"Problem","unique_id":"rigshift_test_site_problem","# + Self.ofSite
        + #""state_topic":"rigshift/test/site/problem","device_class":"problem","#
        + #""json_attributes_topic":"rigshift/test/site/alarms","# + Self.device
    ),
  ]

  @Test(arguments: golden)
  func `an entity is described`(topic: String, payload: String) {
    #expect(Self.topics()["homeassistant/\(topic)/config"] == payload)
  }

  @Test func `states are what the site shows`() {
    let topics = Self.topics()
    func state(_ name: String) -> String? { topics["rigshift/test/\(name)"] }
    #expect(state("rig/s19-1/state") == "ON" && state("rig/s19-2/state") == "OFF")
    #expect(state("rig/s19-1/available") == "online")
    #expect(state("bank/s19/state") == "ON" && state("bank/s19/running") == "1")
    #expect(state("meter/main/power") == "3.25" && state("meter/main/forward") == "12.5")
    #expect(state("site/problem") == "OFF" && state("site/plan") == "optimal")
    #expect(state("site/rig_hours_today") == "4.5")
    #expect(
      state("rig/s19-1/attributes")
        == #"{"authority":"plan","reason":"plan 7 wants it so","held_by":null,"override_by":null,"#
        + #""override_until":null,"cycles":0}"#)
  }

  /// Every topic a description names must exist, or be one the site listens to.
  @Test func `descriptions point at topics that are there`() throws {
    let topics = Self.topics()
    let targets = Set(HomeImage.targets(of: BrokerBench.picture(), BrokerBench.settings).keys)
    var identifiers: Set<String> = []
    var count = 0
    for (topic, payload) in topics where topic.hasSuffix("/config") {
      count += 1
      let config = try JSONValue.parse(Array(payload.utf8))
      let isNew = identifiers.insert(config["unique_id"]?.string ?? "").inserted
      #expect(isNew, "\(topic)")
      for key in ["state_topic", "json_attributes_topic"] {
        if let name = config[key]?.string { #expect(topics[name] != nil, "\(topic): \(name)") }
      }
      if let name = config["command_topic"]?.string { #expect(targets.contains(name), "\(name)") }
      for available in config["availability"]?.array ?? [] {
        let name = try #require(available["topic"]?.string)
        #expect(topics[name] != nil || name == "rigshift/test/availability")
      }
    }
    #expect(count == 4 + 5 + 3 + 4 * 2)
  }

  @Test func `without commands there is nothing to switch, and without discovery no description`() {
    let silent = Self.topics { $0.acceptsCommands = false }
    #expect(silent.values.allSatisfy { !$0.contains("command_topic") })
    #expect(silent["homeassistant/binary_sensor/rigshift_test/rig_s19-1/config"]?.contains("running") == true)
    #expect(Self.topics { $0.isDiscoverable = false }.keys.allSatisfy { $0.hasPrefix("rigshift/test/") })
    let moved = Self.topics { $0.discoveryPrefix = "ha" }
    #expect(moved["ha/switch/rigshift_test/rig_s19-1/config"] != nil)
  }

  @Test func `an absent meter keeps its figures and is not available, and so is a rig locked out`() {
    var picture = BrokerBench.picture()
    picture.meters[0].reading = nil
    picture.rigs[2].isAvailable = false
    picture.alarms = ["the site meter is silent"]
    let topics = Self.topics(picture)
    #expect(topics["rigshift/test/meter/main/power"] == nil)
    #expect(topics["rigshift/test/meter/main/available"] == "offline")
    #expect(topics["rigshift/test/rig/s19-3/available"] == "offline")
    #expect(topics["rigshift/test/site/problem"] == "ON")
    #expect(topics["rigshift/test/site/alarms"] == #"{"alarms":["the site meter is silent"]}"#)
  }

  @Test func `names in any letters have identifiers of their own in the letters that are allowed`() {
    var picture = BrokerBench.picture()
    let names = ["roof.east", "roof-east", "roof_east", "屋根", "屋상", "roof_2e-east"]
    picture.banks = names.map { .init(name: $0, rigs: 1, running: 0, wanted: 0, available: 1) }
    let objects = Self.topics(picture).keys.filter { $0.contains("/bank_") }.map {
      String($0.split(separator: "/")[3])
    }
    #expect(Set(objects).count == names.count * 5)
    let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
    #expect(objects.allSatisfy { $0.allSatisfy(allowed.contains) })
  }
}
