import SiteModel

// Network addresses in a site file.
extension TableReader {
  func address(_ key: String, _ presence: Presence = .optional) -> HostPort? {
    guard let text = self.text(key, presence) else { return nil }
    guard let address = HostPort(text) else {
      self.error(
        "'\(key)' is \"\(text)\", which is not a host and a port", at: key,
        do: "write them as \"host:port\", such as \"0.0.0.0:7443\" or \"[::]:7443\"")
      return nil
    }
    return address
  }
}
