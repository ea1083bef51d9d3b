import Foundation
import Quantities
import Testing

@Suite struct InstantTests {
  @Test func `sums saturate at both ends`() {
    let last = UTCInstant(milliseconds: .max)
    let first = UTCInstant(milliseconds: .min)
    #expect(last + .seconds(1) == last)
    #expect(first - .seconds(1) == first)
    #expect(first + .seconds(Int64.min) == first)
    #expect(last.millisecondsSince(first) == .max)
    #expect(first.millisecondsSince(last) == .min)
    #expect(UTCInstant(seconds: .max) == last)
    #expect(UTCInstant(seconds: .min) == first)
    #expect(MonotonicInstant(milliseconds: .max).advanced(byMilliseconds: 1).milliseconds == .max)
  }

  @Test func `differences and sums undo each other`() {
    let start = at("2024-09-19T00:00Z")
    #expect((start + .minutes(90)) - start == .minutes(90))
    #expect(start - .hours(24) == at("2024-09-18T00:00Z"))
    #expect(start.advanced(byMilliseconds: -1) < start)
  }

  @Test func `durations saturate in milliseconds and round towards zero`() {
    #expect(Duration.seconds(Int64.max).wholeMilliseconds == .max)
    #expect(Duration.seconds(Int64.min).wholeMilliseconds == .min)
    #expect(Duration.microseconds(1999).wholeMilliseconds == 1)
    #expect(Duration.microseconds(-1999).wholeMilliseconds == -1)
    #expect(Duration.milliseconds(-1500).wholeMilliseconds == -1500)
    #expect(Duration.minutes(90).hours == 1.5)
  }

  @Test func `an instant travels as its milliseconds`() throws {
    let instant = at("2024-09-19T16:30:00.007Z")
    let bytes = try JSONEncoder().encode([instant])
    #expect(String(decoding: bytes, as: UTF8.self) == "[\(instant.milliseconds)]")
    #expect(try JSONDecoder().decode([UTCInstant].self, from: bytes) == [instant])
  }
}

@Suite struct SlotTests {
  @Test func `a slot is never empty`() {
    let start = at("2024-09-19T00:00Z")
    #expect(Slot(start: start, end: start) == nil)
    #expect(Slot(start: start, end: start - .seconds(1)) == nil)
    #expect(Slot(start: start, length: .milliseconds(1)).length == .milliseconds(1))
  }

  @Test func `a slot holds its start and not its end`() {
    let hour = slot("2024-09-19T00:00Z", "2024-09-19T01:00Z")
    #expect(hour.contains(hour.start))
    #expect(!hour.contains(hour.end))
    #expect(hour.hours == 1)
  }

  @Test func `slots that touch share nothing`() {
    let first = slot("2024-09-19T00:00Z", "2024-09-19T01:00Z")
    let second = slot("2024-09-19T01:00Z", "2024-09-19T02:00Z")
    let across = slot("2024-09-19T00:30Z", "2024-09-19T01:30Z")
    #expect(first.intersection(second) == nil)
    #expect(first.intersection(across) == slot("2024-09-19T00:30Z", "2024-09-19T01:00Z"))
    #expect(across.intersection(across) == across)
  }

  @Test func `a slot that runs backwards is not decoded`() throws {
    let good = try JSONDecoder().decode(Slot.self, from: Data(#"{"start":0,"end":60000}"#.utf8))
    #expect(good.length == .minutes(1))
    #expect(try JSONDecoder().decode(Slot.self, from: JSONEncoder().encode(good)) == good)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Slot.self, from: Data(#"{"start":60000,"end":0}"#.utf8))
    }
  }
}
