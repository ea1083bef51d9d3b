import Control
import PortContracts
import Ports
import Quantities
import SQLiteStore
import SiteModel
import Testing

/// Reading a record beside its owner.
struct RecordReaderTests {
  private let folder: TemporaryFolder

  init() throws { self.folder = try TemporaryFolder() }

  private func batch(_ number: Int64, rig: Int, closed: Bool, second: Int64) -> RecordBatch {
    var batch = RecordBatch()
    batch.sequence = number
    let at = SampleRecords.start.advanced(byMilliseconds: second * 1000)
    batch.decisions = [
      DecisionRecord(
        at: at, planID: 7,
        command: RelayCommand(
          rig: RigID(bank: 0, rig: rig), closed: closed, authority: .plan, reason: .plan(id: 7)))
    ]
    batch.events = [EventRecord(at: at, kind: .planAccepted, rig: nil, text: "\(second)")]
    batch.plans = [
      PlanRecord(
        id: number, madeAt: at, horizon: Slot(start: at, length: .hours(1)), status: "optimal", cause: "x",
        problemJSON: "{}", planJSON: "{}")
    ]
    return batch
  }

  private func at(_ second: Int64) -> UTCInstant {
    SampleRecords.start.advanced(byMilliseconds: second * 1000)
  }

  @Test func `finds what held at an instant, while the owner writes`() throws {
    let store = try SQLiteStore(path: self.folder.database)
    try store.commit(self.batch(1, rig: 0, closed: true, second: 10))
    try store.commit(self.batch(2, rig: 1, closed: true, second: 20))
    let reader = try RecordReader(path: self.folder.database)
    try store.commit(self.batch(3, rig: 0, closed: false, second: 30))
    let rig = RigID(bank: 0, rig: 0)
    #expect(try reader.decision(about: rig, by: self.at(9)) == nil)
    #expect(try reader.decision(about: rig, by: self.at(29))?.command.closed == true)
    #expect(try reader.decision(about: rig, by: self.at(30))?.command.closed == false)
    #expect(try [5, 15, 25, 35].map { try reader.running(bank: 0, at: self.at($0)) } == [0, 1, 2, 1])
    #expect(try reader.plan(madeBy: self.at(25))?.id == 2)
    #expect(try reader.events(after: self.at(10), upTo: self.at(30)).map(\.text) == ["20", "30"])
  }

  @Test func `compares forecasts with what came, by lead time`() throws {
    let store = try SQLiteStore(path: self.folder.database)
    let hour = UTCInstant(milliseconds: SampleRecords.start.milliseconds / 3_600_000 * 3_600_000)
    var batch = RecordBatch()
    batch.sequence = 1
    batch.forecasts = [ForecastRecord(madeAt: hour, power: [10, 20, 30, 40].map { Kilowatts($0) })]
    batch.generation = [12, 18, 36].enumerated().map { number, energy in
      GenerationRecord(start: hour + .hours(number), generated: KilowattHours(energy))
    }
    try store.commit(batch)
    let reader = try RecordReader(path: self.folder.database)
    #expect(
      try reader.forecastErrors(from: hour) == [
        ForecastErrorRecord(leads: 0..<1, count: 1, meanAbsolute: 2, bias: 2, meanGenerated: 12),
        ForecastErrorRecord(leads: 1..<3, count: 2, meanAbsolute: 4, bias: 2, meanGenerated: 27),
      ])
    #expect(try reader.forecastErrors(from: hour + .hours(3)) == [])
  }

  @Test func `refuses what is no record, and creates nothing`() throws {
    let path = self.folder.path + "/nothing.sqlite"
    do throws(StoreError) {
      _ = try RecordReader(path: path)
      Issue.record("it was opened")
    } catch {
      #expect(error == .unusable("there is no record at \(path)"))
    }
    #expect(throws: StoreError.self) { try RecordReader(path: "/etc/passwd") }
  }
}
