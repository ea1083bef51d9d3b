import Ports

extension StoreError {
  /// What a person should know and do; `path` is the database.
  func text(path: String) -> String {
    switch self {
    case .full: "no space left for \(path); free some, the record goes on by itself"
    case .failed(let why): "\(path) cannot be written: \(why)"
    case .inUse: "another process holds \(path); stop it first, or name another folder with --data"
    case .unusable(let why): "\(path) cannot be used: \(why)"
    case .refused(let why): "a batch of records breaks a rule of the store: \(why)"
    }
  }
}
