import SiteModel

/// The alarms that stand. Each is raised once and stands until cleared.
struct AlarmBoard: Sendable {
  private(set) var standing: [Alarm] = []

  mutating func raise(
    _ kind: Alarm.Kind, _ rig: RigID? = nil, _ text: String, into effects: inout [ControlEffect]
  ) {
    if self.isRaised(kind, rig) { return }
    let alarm = Alarm(kind: kind, rig: rig, text: text)
    self.standing.append(alarm)
    effects.append(.alarm(alarm))
  }

  mutating func clear(_ kind: Alarm.Kind, _ rig: RigID? = nil, into effects: inout [ControlEffect]) {
    guard let index = self.standing.firstIndex(where: { $0.kind == kind && $0.rig == rig }) else { return }
    self.standing.remove(at: index)
    effects.append(.alarmCleared(kind, rig))
  }

  func isRaised(_ kind: Alarm.Kind, _ rig: RigID? = nil) -> Bool {
    self.standing.contains { $0.kind == kind && $0.rig == rig }
  }
}
