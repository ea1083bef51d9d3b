import Glibc
import Synchronization

/// Starts processes with pipes on their outputs.
enum Spawning {
  /// Held from the making of a pipe until its far end is closed here: a process started meanwhile by another thread
  /// would inherit it and keep it open.
  private static let turn = Mutex(())

  struct Spawned {
    var identifier: pid_t
    var output: Int32
    var errors: Int32
  }

  static func start(_ path: String, _ arguments: [String]) throws(ChildProcess.StartError) -> Spawned {
    let result = self.turn.withLock { _ in
      Result { () throws(ChildProcess.StartError) in try self.spawn(path, arguments) }
    }
    return try result.get()
  }

  private static func spawn(_ path: String, _ arguments: [String])
    throws(ChildProcess.StartError) -> Spawned
  {
    let output = try self.makePipe()
    let errors = try self.makePipe()
    defer {
      close(output.far)
      close(errors.far)
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output.far, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, errors.far, STDERR_FILENO)
    // The test process may block signals in some threads; what is tested begins with none blocked.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var identifier = pid_t()
    let code = posix_spawn(&identifier, path, &actions, &attributes, words, environ)
    guard code == 0 else {
      close(output.near)
      close(errors.near)
      throw .init(description: "cannot start \(path): \(String(cString: strerror(code)))")
    }
    return Spawned(identifier: identifier, output: output.near, errors: errors.near)
  }

  private static func makePipe() throws(ChildProcess.StartError) -> (near: Int32, far: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .init(description: "no pipe: \(String(cString: strerror(errno)))") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }
}
