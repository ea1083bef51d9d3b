#define _GNU_SOURCE
#include "lossy_vfs.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { sector_size = 512 };

// One change to a file that has not been synced: a write, or a truncation when `bytes` is NULL.
typedef struct change {
  struct change *next;
  sqlite3_int64 offset;
  int length;
  unsigned char *bytes;
} change;

// A file as programs see it (`image`) with what the medium does not have yet (`first`...`last`, in order).
typedef struct content {
  struct content *next;
  char *path;
  unsigned char *image;
  sqlite3_int64 size;
  sqlite3_int64 capacity;
  change *first, *last;
} content;

struct lossy_vfs {
  sqlite3_vfs base;
  sqlite3_vfs *real;
  char *name;
  content *contents;
  int64_t calls, cut_at, fault_at, faults;
  lossy_cut cut;
  lossy_fault fault;
  uint64_t random;
  int is_cut;
};

typedef struct {
  sqlite3_file base;
  lossy_vfs *vfs;
  content *content;
  sqlite3_file *real;  // behind this struct
} lossy_file;

static lossy_file *as_lossy(sqlite3_file *file) { return (lossy_file *)file; }

// SplitMix64, as in the rest of the tests.
static uint64_t next_random(lossy_vfs *vfs) {
  uint64_t word = vfs->random += 0x9e3779b97f4a7c15u;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
  return word ^ (word >> 31);
}

// --- Contents -----------------------------------------------------------------------------------------------------

static content *find_content(lossy_vfs *vfs, const char *path) {
  for (content *each = vfs->contents; each; each = each->next)
    if (strcmp(each->path, path) == 0) return each;
  return NULL;
}

static int resize(content *file, sqlite3_int64 size) {
  if (size > file->capacity) {
    sqlite3_int64 capacity = size * 2;
    unsigned char *image = realloc(file->image, (size_t)capacity);
    if (!image) return SQLITE_NOMEM;
    file->image = image;
    file->capacity = capacity;
  }
  if (size > file->size) memset(file->image + file->size, 0, (size_t)(size - file->size));
  file->size = size;
  return SQLITE_OK;
}

static int note_change(content *file, const void *bytes, int length, sqlite3_int64 offset) {
  change *added = calloc(1, sizeof *added);
  if (!added) return SQLITE_NOMEM;
  added->offset = offset;
  added->length = length;
  if (bytes) {
    added->bytes = malloc((size_t)length);
    if (!added->bytes) {
      free(added);
      return SQLITE_NOMEM;
    }
    memcpy(added->bytes, bytes, (size_t)length);
  }
  if (file->last) file->last->next = added;
  else file->first = added;
  file->last = added;
  return SQLITE_OK;
}

static void forget_changes(content *file) {
  while (file->first) {
    change *next = file->first->next;
    free(file->first->bytes);
    free(file->first);
    file->first = next;
  }
  file->last = NULL;
}

static void remove_content(lossy_vfs *vfs, content *file) {
  for (content **link = &vfs->contents; *link; link = &(*link)->next)
    if (*link == file) {
      *link = file->next;
      break;
    }
  forget_changes(file);
  free(file->image);
  free(file->path);
  free(file);
}

static int write_all(int descriptor, const unsigned char *bytes, int length, sqlite3_int64 offset) {
  while (length > 0) {
    ssize_t count = pwrite(descriptor, bytes, (size_t)length, (off_t)offset);
    if (count <= 0) return SQLITE_IOERR_WRITE;
    bytes += count;
    offset += count;
    length -= (int)count;
  }
  return SQLITE_OK;
}

// Puts the changes on the medium; at a cut only those the coin keeps.
static int settle(lossy_vfs *vfs, content *file, int is_cut) {
  int result = SQLITE_OK;
  if (file->first && !(is_cut && vfs->cut == LOSSY_DROP_ALL)) {
    // Closing this descriptor gives up the process's POSIX locks on the file, which nobody else contests in a test.
    int descriptor = open(file->path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return SQLITE_IOERR_WRITE;
    for (change *each = file->first; each && result == SQLITE_OK; each = each->next) {
      if (!each->bytes) {
        if (!is_cut || next_random(vfs) & 1) result = ftruncate(descriptor, (off_t)each->offset) ? SQLITE_IOERR : SQLITE_OK;
        continue;
      }
      for (int done = 0; done < each->length && result == SQLITE_OK;) {
        sqlite3_int64 at = each->offset + done;
        int length = sector_size - (int)(at % sector_size);
        if (length > each->length - done) length = each->length - done;
        if (!is_cut || next_random(vfs) & 1) result = write_all(descriptor, each->bytes + done, length, at);
        done += length;
      }
    }
    close(descriptor);
  }
  forget_changes(file);
  return result;
}

void lossy_vfs_cut_power(lossy_vfs *vfs, lossy_cut cut, uint64_t seed) {
  if (vfs->is_cut) return;
  vfs->is_cut = 1;
  vfs->cut = cut;
  vfs->random = seed;
  for (content *each = vfs->contents; each; each = each->next) settle(vfs, each, 1);
}

// Counts a changing call; false when the power is off or goes off now.
static int has_power(lossy_vfs *vfs) {
  if (vfs->is_cut) return 0;
  vfs->calls += 1;
  if (vfs->cut_at && vfs->calls >= vfs->cut_at) lossy_vfs_cut_power(vfs, vfs->cut, vfs->random);
  return !vfs->is_cut;
}

// The fault that strikes this call, once, when it is one of `from`...`to`.
static lossy_fault take_fault(lossy_vfs *vfs, lossy_fault from, lossy_fault to) {
  lossy_fault fault = vfs->fault;
  if (fault < from || fault > to || vfs->calls < vfs->fault_at) return LOSSY_NO_FAULT;
  vfs->fault = LOSSY_NO_FAULT;
  vfs->faults += 1;
  return fault;
}

// --- Files --------------------------------------------------------------------------------------------------------

static int file_close(sqlite3_file *file) {
  sqlite3_file *real = as_lossy(file)->real;
  return real->pMethods ? real->pMethods->xClose(real) : SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *bytes, int length, sqlite3_int64 offset) {
  if (as_lossy(file)->vfs->is_cut) return SQLITE_IOERR_READ;
  const content *content = as_lossy(file)->content;
  sqlite3_int64 available = content->size - offset;
  if (available >= length) {
    memcpy(bytes, content->image + offset, (size_t)length);
    return SQLITE_OK;
  }
  if (available < 0) available = 0;
  if (available > 0) memcpy(bytes, content->image + offset, (size_t)available);
  memset((char *)bytes + available, 0, (size_t)(length - available));
  return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset) {
  lossy_vfs *vfs = as_lossy(file)->vfs;
  if (!has_power(vfs)) return SQLITE_IOERR_WRITE;
  lossy_fault fault = take_fault(vfs, LOSSY_WRITE_FULL, LOSSY_WRITE_FAILS_BUT_WRITES);
  if (fault == LOSSY_WRITE_FULL) return SQLITE_FULL;
  if (fault == LOSSY_WRITE_FAILS) return SQLITE_IOERR_WRITE;
  content *content = as_lossy(file)->content;
  if (offset + length > content->size && resize(content, offset + length) != SQLITE_OK) return SQLITE_NOMEM;
  memcpy(content->image + offset, bytes, (size_t)length);
  int result = note_change(content, bytes, length, offset);
  return fault == LOSSY_WRITE_FAILS_BUT_WRITES ? SQLITE_IOERR_WRITE : result;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
  if (!has_power(as_lossy(file)->vfs)) return SQLITE_IOERR_TRUNCATE;
  content *content = as_lossy(file)->content;
  int result = resize(content, size);
  return result == SQLITE_OK ? note_change(content, NULL, 0, size) : result;
}

static int file_sync(sqlite3_file *file, int flags) {
  (void)flags;
  lossy_vfs *vfs = as_lossy(file)->vfs;
  if (!has_power(vfs)) return SQLITE_IOERR_FSYNC;
  lossy_fault fault = take_fault(vfs, LOSSY_SYNC_FAILS, LOSSY_SYNC_FAILS_AND_FORGETS);
  if (fault == LOSSY_SYNC_FAILS) return SQLITE_IOERR_FSYNC;
  if (fault == LOSSY_SYNC_FAILS_AND_FORGETS) {
    forget_changes(as_lossy(file)->content);
    return SQLITE_IOERR_FSYNC;
  }
  int result = settle(vfs, as_lossy(file)->content, 0);
  return fault == LOSSY_SYNC_FAILS_BUT_WRITES ? SQLITE_IOERR_FSYNC : result;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
  if (as_lossy(file)->vfs->is_cut) return SQLITE_IOERR_FSTAT;
  *size = as_lossy(file)->content->size;
  return SQLITE_OK;
}

static int file_lock(sqlite3_file *file, int level) {
  sqlite3_file *real = as_lossy(file)->real;
  return real->pMethods->xLock(real, level);
}

static int file_unlock(sqlite3_file *file, int level) {
  sqlite3_file *real = as_lossy(file)->real;
  return real->pMethods->xUnlock(real, level);
}

static int file_check_lock(sqlite3_file *file, int *result) {
  sqlite3_file *real = as_lossy(file)->real;
  return real->pMethods->xCheckReservedLock(real, result);
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
  // A hint about the size would change the file behind the image's back.
  if (operation == SQLITE_FCNTL_SIZE_HINT || operation == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_NOTFOUND;
  sqlite3_file *real = as_lossy(file)->real;
  return real->pMethods->xFileControl(real, operation, argument);
}

static int file_sector_size(sqlite3_file *file) {
  (void)file;
  return sector_size;
}

static int file_characteristics(sqlite3_file *file) {
  (void)file;
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;  // a torn write spoils its own sectors, not their neighbours
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **address) {
  sqlite3_file *real = as_lossy(file)->real;
  return real->pMethods->xShmMap(real, page, size, extend, address);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
  sqlite3_file *real = as_lossy(file)->real;
  return real->pMethods->xShmLock(real, offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file) {
  sqlite3_file *real = as_lossy(file)->real;
  real->pMethods->xShmBarrier(real);
}

static int file_shm_unmap(sqlite3_file *file, int is_deleted) {
  sqlite3_file *real = as_lossy(file)->real;
  return real->pMethods->xShmUnmap(real, is_deleted);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,  // no memory-mapped reads: they would bypass the image
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

// --- The VFS ------------------------------------------------------------------------------------------------------

// The content of a file just opened, read from the medium when it is not known yet.
static content *load_content(lossy_vfs *vfs, const char *path, sqlite3_file *real) {
  content *known = find_content(vfs, path);
  if (known) return known;
  content *added = calloc(1, sizeof *added);
  if (!added) return NULL;
  sqlite3_int64 size = 0;
  added->path = strdup(path);
  if (!added->path || real->pMethods->xFileSize(real, &size) != SQLITE_OK || resize(added, size) != SQLITE_OK ||
      (size > 0 && real->pMethods->xRead(real, added->image, (int)size, 0) != SQLITE_OK)) {
    free(added->image);
    free(added->path);
    free(added);
    return NULL;
  }
  added->next = vfs->contents;
  vfs->contents = added;
  return added;
}

static int vfs_open(sqlite3_vfs *base, sqlite3_filename path, sqlite3_file *file, int flags, int *out_flags) {
  lossy_vfs *vfs = (lossy_vfs *)base;
  lossy_file *opened = as_lossy(file);
  memset(opened, 0, (size_t)base->szOsFile);
  if (vfs->is_cut) return SQLITE_CANTOPEN;
  opened->vfs = vfs;
  opened->real = (sqlite3_file *)(opened + 1);
  int result = vfs->real->xOpen(vfs->real, path, opened->real, flags, out_flags);
  if (result != SQLITE_OK) return result;
  // Files without a name are scratch and die with the process; none is used by a write-ahead log.
  opened->content = path ? load_content(vfs, path, opened->real) : NULL;
  if (!opened->content) {
    opened->real->pMethods->xClose(opened->real);
    return SQLITE_CANTOPEN;
  }
  file->pMethods = &methods;
  return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *base, const char *path, int is_synced) {
  (void)is_synced;  // folders count as synced, and the real medium need not be troubled
  lossy_vfs *vfs = (lossy_vfs *)base;
  if (vfs->is_cut) return SQLITE_IOERR_DELETE;
  content *known = find_content(vfs, path);
  if (known) remove_content(vfs, known);
  return vfs->real->xDelete(vfs->real, path, 0);
}

static int vfs_access(sqlite3_vfs *base, const char *path, int flags, int *result) {
  sqlite3_vfs *real = ((lossy_vfs *)base)->real;
  return real->xAccess(real, path, flags, result);
}

static int vfs_full_pathname(sqlite3_vfs *base, const char *path, int size, char *result) {
  sqlite3_vfs *real = ((lossy_vfs *)base)->real;
  return real->xFullPathname(real, path, size, result);
}

static int vfs_randomness(sqlite3_vfs *base, int count, char *bytes) {
  sqlite3_vfs *real = ((lossy_vfs *)base)->real;
  return real->xRandomness(real, count, bytes);
}

static int vfs_sleep(sqlite3_vfs *base, int microseconds) {
  (void)base;
  return microseconds;  // a simulated medium makes nobody wait
}

static int vfs_current_time(sqlite3_vfs *base, double *time) {
  sqlite3_vfs *real = ((lossy_vfs *)base)->real;
  return real->xCurrentTime(real, time);
}

lossy_vfs *lossy_vfs_create(const char *name) {
  lossy_vfs *vfs = calloc(1, sizeof *vfs);
  if (!vfs) return NULL;
  vfs->name = strdup(name);
  vfs->real = sqlite3_vfs_find(NULL);
  if (!vfs->name || !vfs->real) {
    free(vfs->name);
    free(vfs);
    return NULL;
  }
  vfs->base = (sqlite3_vfs){
      .iVersion = 1,
      .szOsFile = (int)sizeof(lossy_file) + vfs->real->szOsFile,
      .mxPathname = vfs->real->mxPathname,
      .zName = vfs->name,
      .xOpen = vfs_open,
      .xDelete = vfs_delete,
      .xAccess = vfs_access,
      .xFullPathname = vfs_full_pathname,
      .xRandomness = vfs_randomness,
      .xSleep = vfs_sleep,
      .xCurrentTime = vfs_current_time,
  };
  sqlite3_vfs_register(&vfs->base, 0);
  return vfs;
}

void lossy_vfs_destroy(lossy_vfs *vfs) {
  sqlite3_vfs_unregister(&vfs->base);
  while (vfs->contents) remove_content(vfs, vfs->contents);
  free(vfs->name);
  free(vfs);
}

int64_t lossy_vfs_calls(const lossy_vfs *vfs) { return vfs->calls; }

void lossy_vfs_cut_power_at(lossy_vfs *vfs, int64_t call, lossy_cut cut, uint64_t seed) {
  vfs->cut_at = call;
  vfs->cut = cut;
  vfs->random = seed;
}

int lossy_vfs_is_cut(const lossy_vfs *vfs) { return vfs->is_cut; }

void lossy_vfs_restore_power(lossy_vfs *vfs) {
  while (vfs->contents) remove_content(vfs, vfs->contents);
  vfs->is_cut = 0;
  vfs->cut_at = 0;
}

void lossy_vfs_fail_at(lossy_vfs *vfs, int64_t call, lossy_fault fault) {
  vfs->fault_at = call;
  vfs->fault = fault;
}

int64_t lossy_vfs_faults(const lossy_vfs *vfs) { return vfs->faults; }
