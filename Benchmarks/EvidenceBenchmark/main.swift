// What `Benchmarks/evidence` measures of the log: hashing, durable appends, proofs; and the databases it measures on.
import Glibc

func fail(_ text: String) -> Never {
  let line = Array("EvidenceBenchmark: \(text)\n".utf8)
  // Nothing is left to do for a line that standard error does not take.
  _ = write(STDERR_FILENO, line, line.count)
  exit(1)
}

let words = Array(CommandLine.arguments.dropFirst())
do {
  switch (words.first, words.dropFirst().map { $0 }) {
  case ("make", let rest) where rest.count == 3:
    guard let entries = Int64(rest[1]), let bytes = Int(rest[2]) else { fail("make PATH ENTRIES BYTES") }
    try SyntheticLog.make(path: rest[0], entries: entries, bytes: bytes)
  case ("hash", let rest) where rest.count == 1: try Measurements.hash(path: rest[0])
  case ("append", let rest) where rest.count == 2:
    guard let count = Int(rest[1]) else { fail("append FOLDER COUNT") }
    try Measurements.append(folder: rest[0], count: count)
  case ("prove", let rest) where rest.count == 2:
    guard let count = Int(rest[1]) else { fail("prove PATH COUNT") }
    try Measurements.prove(path: rest[0], count: count)
  case (_, _): fail("say make PATH ENTRIES BYTES, hash PATH, append FOLDER COUNT or prove PATH COUNT")
  }
} catch {
  fail("\(error)")
}
