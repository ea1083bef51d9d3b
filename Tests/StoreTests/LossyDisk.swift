import LossyVFS

/// A medium that forgets at a power cut what was not synced; see `lossy_vfs.h`.
final class LossyDisk {
  /// The name by which SQLite knows it.
  let name: String
  private let vfs: OpaquePointer

  /// `name` must be unlike that of any other disk in use.
  init(name: String) {
    guard let vfs = lossy_vfs_create(name) else { preconditionFailure("no memory") }
    self.name = name
    self.vfs = vfs
  }

  deinit { lossy_vfs_destroy(self.vfs) }

  /// Calls so far that change files.
  var calls: Int64 { lossy_vfs_calls(self.vfs) }
  /// Faults that struck so far.
  var faults: Int64 { lossy_vfs_faults(self.vfs) }
  var isCut: Bool { lossy_vfs_is_cut(self.vfs) != 0 }

  func cutPower(atCall call: Int64, _ cut: lossy_cut, seed: UInt64) {
    lossy_vfs_cut_power_at(self.vfs, call, cut, seed)
  }
  func cutPower(_ cut: lossy_cut, seed: UInt64) { lossy_vfs_cut_power(self.vfs, cut, seed) }
  func restorePower() { lossy_vfs_restore_power(self.vfs) }
  func fail(atCall call: Int64, _ fault: lossy_fault) { lossy_vfs_fail_at(self.vfs, call, fault) }
}
