import Glibc
import Ports

/// The claim of one process on a database: a lock on the file beside it, which the kernel takes back when the process
/// ends, however it ends. The database itself stays readable for others.
struct OwnershipLock: ~Copyable {
  private let descriptor: Int32

  /// Claims the database at `path`; throws `inUse` when another process, or another store of this one, has it.
  init(databasePath path: String) throws(StoreError) {
    let lockPath = path + ".lock"
    let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .unusable(
        "cannot open \(lockPath): \(String(cString: strerror(errno))); check the folder and its owner")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      if code == EWOULDBLOCK { throw .inUse }
      throw .unusable("cannot lock \(lockPath): \(String(cString: strerror(code)))")
    }
    self.descriptor = descriptor
  }

  // The file stays: removing it would let two processes lock two files of the same name. A child that this process is
  // just starting holds the descriptor too until it runs its program, so closing alone would leave the claim with it.
  deinit {
    flock(self.descriptor, LOCK_UN)
    close(self.descriptor)
  }
}
