#pragma once
#include <stdint.h>

/// An SQLite VFS on top of the operating system's that models what a power cut does to files: a write stays in memory
/// until its file is synced, and a cut discards what was not. It also fails single calls on request.
///
/// Out of scope: files appear and disappear at once, as if every folder were synced with each change.
typedef struct lossy_vfs lossy_vfs;

/// What becomes of writes that were not synced when the power is cut.
typedef enum {
  /// All are lost.
  LOSSY_DROP_ALL = 0,
  /// Each sector of 512 bytes is lost or kept by the toss of a coin, and so is each truncation: writes reach the
  /// medium in any order and tear.
  LOSSY_KEEP_SOME_SECTORS = 1,
} lossy_cut;

/// How one call fails.
typedef enum {
  LOSSY_NO_FAULT = 0,
  /// SQLITE_FULL, nothing written.
  LOSSY_WRITE_FULL,
  /// SQLITE_IOERR_WRITE, nothing written.
  LOSSY_WRITE_FAILS,
  /// SQLITE_IOERR_WRITE although all was written.
  LOSSY_WRITE_FAILS_BUT_WRITES,
  /// SQLITE_IOERR_FSYNC, nothing reached the medium; a later sync writes it.
  LOSSY_SYNC_FAILS,
  /// SQLITE_IOERR_FSYNC although all reached the medium.
  LOSSY_SYNC_FAILS_BUT_WRITES,
  /// SQLITE_IOERR_FSYNC, and what was to be synced counts as clean from now on: no later sync writes it (as Linux does
  /// after a failed write-back).
  LOSSY_SYNC_FAILS_AND_FORGETS,
} lossy_fault;

/// Registers a VFS of this name, not as the default. NULL when there is no memory.
lossy_vfs *lossy_vfs_create(const char *name);

/// Unregisters it; no file may be open.
void lossy_vfs_destroy(lossy_vfs *vfs);

/// Calls that change files (write, truncate, sync) since creation.
int64_t lossy_vfs_calls(const lossy_vfs *vfs);

/// Cuts the power just before the call of this number, counted from 1. From then on every call fails until
/// `lossy_vfs_restore_power`.
void lossy_vfs_cut_power_at(lossy_vfs *vfs, int64_t call, lossy_cut cut, uint64_t seed);

/// Cuts the power now.
void lossy_vfs_cut_power(lossy_vfs *vfs, lossy_cut cut, uint64_t seed);

int lossy_vfs_is_cut(const lossy_vfs *vfs);

/// Switches on again; no file may be open.
void lossy_vfs_restore_power(lossy_vfs *vfs);

/// Fails the first call of the fault's kind (write or sync) whose number is at least `call`, once.
void lossy_vfs_fail_at(lossy_vfs *vfs, int64_t call, lossy_fault fault);

/// Faults that struck so far.
int64_t lossy_vfs_faults(const lossy_vfs *vfs);
