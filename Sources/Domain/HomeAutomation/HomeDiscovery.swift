import JSONText
import SiteModel

/// Describes a site to Home Assistant: one device with an entity for everything that has a state or takes a command.
struct HomeDiscovery {
  let topics: HomeTopics
  let takesCommands: Bool
  let picture: HomePicture
  /// Of the program.
  let version: String

  var descriptions: [RetainedTopic] {
    let device: JSONValue = [
      "identifiers": [.string(self.topics.node)], "name": .string(self.picture.site),
      "manufacturer": "RigShift", "model": "Edge controller", "sw_version": .string(self.version),
    ]
    let origin: JSONValue = ["name": "RigShift", "sw_version": .string(self.version)]
    return self.entities.map { $0.topic(self.topics, device: device, origin: origin) }
  }

  private var entities: [HomeEntity] {
    self.ofSite + self.picture.banks.flatMap(self.entities) + self.picture.meters.flatMap(self.entities)
      + self.picture.rigs.prefix(HomeImage.mostRigs).flatMap(self.entities)
  }

  private var ofSite: [HomeEntity] {
    let always = [self.topics.availability]
    func entity(_ component: HomeEntity.Component, _ leaf: String, _ name: String, _ members: JSONValue)
      -> HomeEntity
    {
      HomeEntity(
        component: component, object: "site_\(leaf)", name: name, availability: always,
        members: [Self.state(self.topics.site(leaf))] + (members.object ?? []))
    }
    return [
      entity(
        .binarySensor, "problem", "Problem",
        ["device_class": "problem", "json_attributes_topic": .string(self.topics.site("alarms"))]),
      entity(.binarySensor, "emergency_stop", "Emergency stop", ["device_class": "safety"]),
      entity(.sensor, "plan", "Plan", [:]),
      entity(
        .sensor, "rig_hours_today", "Rig-hours today",
        ["unit_of_measurement": "h", "device_class": "duration", "state_class": "total_increasing"]),
    ]
  }

  private func entities(of bank: HomePicture.Bank) -> [HomeEntity] {
    let object = "bank_\(HomeTopics.identifier(bank.name))"
    func entity(
      _ component: HomeEntity.Component, _ leaf: String, _ name: String, _ members: [JSONValue.Member]
    ) -> HomeEntity {
      HomeEntity(
        component: component, object: "\(object)_\(leaf)", name: "\(bank.name) \(name)",
        availability: [self.topics.availability], members: members)
    }
    let running = Self.state(self.topics.bank(bank.name, "running"))
    let attributes = Self.attributes(self.topics.bank(bank.name, "attributes"))
    let count: JSONValue.Member = .init("state_class", "measurement")
    var entities = [
      entity(.sensor, "running", "running", [running, count, attributes]),
      entity(.sensor, "wanted", "wanted", [Self.state(self.topics.bank(bank.name, "wanted")), count]),
    ]
    guard self.takesCommands else { return entities }
    let set: JSONValue.Member = .init("command_topic", .string(self.topics.bank(bank.name, "set")))
    entities += [
      entity(.switch, "switch", "all", [Self.state(self.topics.bank(bank.name, "state")), set, attributes]),
      entity(
        .number, "rigs", "rigs",
        [running, set, .init("min", 0), .init("max", .integer(Int64(bank.rigs))), .init("step", 1)]),
      entity(.button, "auto", "automatic", [set, .init("payload_press", "AUTO")]),
    ]
    return entities
  }

  private func entities(of rig: HomePicture.Rig) -> [HomeEntity] {
    let object = "rig_\(HomeTopics.identifier(rig.name))"
    let state = [
      Self.state(self.topics.rig(rig.name, "state")),
      Self.attributes(self.topics.rig(rig.name, "attributes")),
    ]
    let available = [self.topics.availability, self.topics.rig(rig.name, "available")]
    guard self.takesCommands else {
      return [
        HomeEntity(
          component: .binarySensor, object: object, name: rig.name, availability: available,
          members: state + [.init("device_class", "running")])
      ]
    }
    let set: JSONValue.Member = .init("command_topic", .string(self.topics.rig(rig.name, "set")))
    return [
      HomeEntity(
        component: .switch, object: object, name: rig.name, availability: available,
        members: state + [set, .init("device_class", "outlet")]),
      HomeEntity(
        component: .button, object: "\(object)_auto", name: "\(rig.name) automatic", availability: available,
        members: [set, .init("payload_press", "AUTO")]),
    ]
  }

  private func entities(of meter: HomePicture.Meter) -> [HomeEntity] {
    // Where energy goes one way, the other counter says nothing or does not exist.
    let counters: [(leaf: String, name: String)] =
      switch meter.subject {
      case .grid: [("forward", "imported energy"), ("reverse", "exported energy")]
      case .generation: [("forward", "generated energy")]
      case .bank: [("forward", "energy")]
      }
    func entity(_ leaf: String, _ name: String, _ members: JSONValue) -> HomeEntity {
      HomeEntity(
        component: .sensor, object: "meter_\(HomeTopics.identifier(meter.name))_\(leaf)",
        name: "\(meter.name) \(name)",
        availability: [self.topics.availability, self.topics.meter(meter.name, "available")],
        members: [Self.state(self.topics.meter(meter.name, leaf))] + (members.object ?? []))
    }
    let energy: JSONValue = [
      "unit_of_measurement": "kWh", "device_class": "energy", "state_class": "total_increasing",
    ]
    return [
      entity(
        "power", "power",
        ["unit_of_measurement": "kW", "device_class": "power", "state_class": "measurement"])
    ] + counters.map { entity($0.leaf, $0.name, energy) }
  }

  private static func state(_ topic: String) -> JSONValue.Member { .init("state_topic", .string(topic)) }
  private static func attributes(_ topic: String) -> JSONValue.Member {
    .init("json_attributes_topic", .string(topic))
  }
}
