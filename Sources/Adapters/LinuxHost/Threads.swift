internal import CLinux
@preconcurrency import Glibc

/// Starts a detached thread. `name` is cut to the kernel's 15 bytes.
public func startThread(name: String, _ body: @escaping @Sendable () -> Void) {
  final class Box {
    let name: String
    let body: @Sendable () -> Void
    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  pthread_attr_setstacksize(&attributes, 1 << 20)  // HiGHS and SQLite stay far below 1 MiB
  var thread = pthread_t()
  let status = pthread_create(
    &thread, &attributes,
    { argument in
      guard let argument else { return nil }
      let box = Unmanaged<Box>.fromOpaque(argument).takeRetainedValue()
      _ = rigshift_name_thread(box.name)  // the kernel cuts it to 15 bytes
      box.body()
      return nil
    }, Unmanaged.passRetained(Box(name, body)).toOpaque())
  pthread_attr_destroy(&attributes)
  precondition(status == 0, "the system refused a thread at start")
}

/// A counting semaphore.
public final class Semaphore: @unchecked Sendable {
  // Safe to share: the only state is a `sem_t`, whose operations are made for use from many threads.
  private let semaphore: UnsafeMutablePointer<sem_t>
  public init() {
    self.semaphore = .allocate(capacity: 1)
    sem_init(self.semaphore, 0, 0)
  }
  deinit {
    sem_destroy(self.semaphore)
    self.semaphore.deallocate()
  }
  public func signal() { sem_post(self.semaphore) }
  public func wait() { while sem_wait(self.semaphore) != 0 && errno == EINTR {} }

  /// Waits for a signal, at most this long.
  public func wait(milliseconds: Int64) {
    var deadline = timespec()
    clock_gettime(CLOCK_MONOTONIC, &deadline)
    let bounded = min(3_600_000, max(0, milliseconds))
    deadline.tv_sec += Int(bounded / 1000)
    deadline.tv_nsec += Int(bounded % 1000) * 1_000_000
    if deadline.tv_nsec >= 1_000_000_000 {
      deadline.tv_sec += 1
      deadline.tv_nsec -= 1_000_000_000
    }
    while rigshift_wait_until(self.semaphore, &deadline) != 0 && errno == EINTR {}
  }
}
