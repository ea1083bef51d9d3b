import Ports

extension StoreError {
  /// What a person should know and do; `path` is the database.
  func text(path: String) -> String {
    switch self {
    case .full: "no space left for \(path); free some, and the record goes on by itself"
    case .failed(let why): "\(path): \(why)"
    case .refused(let why): "\(path) refuses a record, which is left out: \(why)"
    case .inUse: "another process holds \(path); stop it first, or name another folder with --data"
    case .unusable(let why): why
    }
  }
}
