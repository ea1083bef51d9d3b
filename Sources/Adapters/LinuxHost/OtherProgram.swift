@preconcurrency import Glibc

/// A program of somebody else, run without a shell and with nothing on its standard files.
public enum OtherProgram {
  public enum End: Sendable, Hashable {
    case exited(Int32)
    case killed(by: Int32)
    /// It and what it started were killed because its time was over.
    case tooSlow
  }

  /// Runs `words`, the first of which is a path, for at most `length`. Blocks until its end.
  public static func run(_ words: [String], within length: Duration) throws(SystemError) -> End {
    guard let path = words.first else { throw SystemError("no program", code: EINVAL) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, mode) in [
      (STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_WRONLY), (STDERR_FILENO, O_WRONLY),
    ] {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", mode, 0)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A process group of its own, so that what it starts ends with it; and no signal blocked that this thread blocks.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    let code = posix_spawn(&process, path, &actions, &attributes, arguments, environ)
    guard code == 0 else { throw SystemError("cannot run \(path)", code: code) }

    let deadline = ContinuousClock.now + length
    var status: Int32 = 0
    while waitpid(process, &status, WNOHANG) == 0 {
      guard ContinuousClock.now < deadline else {
        kill(-process, SIGKILL)
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return .tooSlow
      }
      poll(nil, 0, 50)
    }
    let signal = status & 0x7f
    return signal == 0 ? .exited(status >> 8 & 0xff) : .killed(by: signal)
  }
}
