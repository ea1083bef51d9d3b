import JSONText

/// One entity of Home Assistant, as its MQTT discovery describes one. Keys and classes are those of
/// https://www.home-assistant.io/integrations/mqtt and the pages of the components.
struct HomeEntity {
  enum Component: String {
    case binarySensor = "binary_sensor"
    case button, number, sensor
    case `switch`
  }

  var component: Component
  /// Unique among the site's entities of all components.
  var object: String
  var name: String
  /// Topics that must all hold `online`.
  var availability: [String]
  /// What the component takes besides.
  var members: [JSONValue.Member]

  func topic(_ topics: HomeTopics, device: JSONValue, origin: JSONValue) -> RetainedTopic {
    let description: [JSONValue.Member] =
      [
        .init("name", .string(self.name)), .init("unique_id", .string("\(topics.node)_\(self.object)")),
        .init("availability", .array(self.availability.map { ["topic": .string($0)] })),
        .init("availability_mode", "all"),
      ] + self.members + [.init("device", device), .init("origin", origin)]
    return RetainedTopic(
      topics.description(self.component.rawValue, self.object), JSONValue.object(description).text())
  }
}
