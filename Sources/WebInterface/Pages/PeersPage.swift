import JSONText
import Quantities

/// Other sites: what each produces and consumes, and how far each other's certificates are witnessed.
struct PeersPage {
  let snapshot: SiteSnapshot

  var markup: Markup {
    let nodes = self.snapshot.grid["nodes"]?.array ?? []
    let fresh = nodes.filter { $0["fresh"]?.bool == true }
    let stale = nodes.filter { $0["fresh"]?.bool != true }
    let peers = self.snapshot.peers.array ?? []
    return """
      <h1>Peers</h1>\(self.alarms(nodes, peers))
      <section aria-labelledby="net"><h2 id="net">Net output</h2>
      \(fresh.isEmpty ? "<p class=\"empty\">Nothing has been heard yet.</p>" as Markup : Self.table(fresh, sum: self.snapshot.grid))
      \(stale.isEmpty ? .empty : self.old(stale))</section>
      <section aria-labelledby="witnesses"><h2 id="witnesses">Certificates, each other's witness</h2>\(Self.witnesses(peers))</section>
      """
  }

  /// What a person has to look at: it is proof against somebody.
  private func alarms(_ nodes: [JSONValue], _ peers: [JSONValue]) -> Markup {
    let forked = peers.filter { $0["forked"]?.bool == true }.map { peer -> Markup in
      """
      <li><b>fork</b> \(peer["name"]?.string ?? "?") has shown two histories of its log. Both signed notes are kept: \
      <code>rigshift peer forks</code>. Ask its operator, and trust nothing it says since.</li>
      """
    }
    let lying = nodes.filter { $0["contradicts_itself"]?.bool == true }.map { node -> Markup in
      "<li><b>contradiction</b> \(node["name"]?.string ?? "?") has signed two records of one version.</li>"
    }
    return forked.isEmpty && lying.isEmpty ? .empty : "<ul class=\"alarms\">\(forked)\(lying)</ul>"
  }

  private static func table(_ nodes: [JSONValue], sum: JSONValue?) -> Markup {
    let total: Markup =
      sum.map { sum in
        """
        <tr><th scope="row">sum of \(sum["counted"]?.int ?? 0)</th>\(Self.power(sum["production_kw"]))\
        \(Self.power(sum["consumption_kw"]))\(Self.power(sum["net_kw"]))<td></td><td></td></tr>
        """
      } ?? .empty
    return .table(
      "Net output", ["site", "production kW", "consumption kW", "net kW", "age", "heard"],
      nodes.map(Self.row) + [total], style: "slots")
  }

  private static func row(_ node: JSONValue) -> Markup {
    let age = node["age_s"]?.double.map { Words.length(seconds: Int(min(max(0, $0), 1e9))) } ?? "unknown"
    return """
      <tr><th scope="row">\(node["name"]?.string ?? "?") <code>\(String((node["key"]?.string ?? "").prefix(8)))</code></th>\
      \(Self.power(node["production_kw"]))\(Self.power(node["consumption_kw"]))\(Self.power(node["net_kw"]))\
      <td>\(age)</td><td>\(node["route"]?.string ?? "")</td></tr>
      """
  }

  private static func power(_ value: JSONValue?) -> Markup {
    "<td>\(value?.double?.text(places: 3) ?? "-")</td>"
  }

  private func old(_ nodes: [JSONValue]) -> Markup {
    """
    <h3>Not counted</h3><p>Nothing was heard of these for \(self.snapshot.grid["staleness_s"]?.int ?? 0) s.</p>\
    \(Self.table(nodes, sum: nil))
    """
  }

  private static func witnesses(_ peers: [JSONValue]) -> Markup {
    guard !peers.isEmpty else {
      return "<p class=\"empty\">No peer is enrolled: <code>rigshift peer invite</code>.</p>"
    }
    let rows = peers.map { peer -> Markup in
      func size(_ name: String) -> Markup { "<td>\(peer[name]?.int.map { "\($0)" } ?? "-")</td>" }
      func ago(_ name: String) -> String {
        peer[name]?.double.map { Words.length(seconds: Int(min(max(0, $0), 1e9))) + " ago" } ?? "not yet"
      }
      let trouble = peer["failure"]?.string ?? peer["mirror_problem"]?.string
      return """
        <tr data-state="\(peer["forked"]?.bool == true ? "alarm" : trouble == nil ? "calm" : "notice")">\
        <th scope="row">\(peer["name"]?.string ?? "?") <code>\(String((peer["key"]?.string ?? "").prefix(16)))</code></th>\
        <td>\(ago("reached_s_ago"))</td><td>\(ago("heard_s_ago"))</td>\(size("cosigned_size"))\(size("witnessed_size"))\
        \(size("mirrored_size"))<td>\(trouble ?? "")</td></tr>
        """
    }
    return .table(
      "Peers",
      [
        "peer", "reached", "heard of", "has cosigned of ours", "we have cosigned of its", "mirrored here",
        "trouble",
      ], rows)
  }
}
