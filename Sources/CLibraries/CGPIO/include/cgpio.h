#pragma once
#include <stddef.h>

// One set of calls over libgpiod's API v1 (Debian 12) and v2 (Debian 13). Enumerations of the two have different values
// under the same names, so none of them leaves this shim.

// A requested line. One thread at a time.
typedef struct cgpio_handle cgpio_handle;

// Copies a chip's label; returns its number of lines, or -1 when `path` is no chip.
int cgpio_chip(const char *path, char *label, size_t size);

// Copies the kernel's name of a line and who uses it, both empty when there is none; -1 when there is no such line.
int cgpio_line(const char *path, unsigned int offset, char *name, size_t name_size, char *user, size_t user_size);

// Requests a line as an output that is inactive from the first moment on. Null, with errno, when it cannot be had; EBUSY
// when another process holds it.
cgpio_handle *cgpio_request(const char *path, unsigned int offset, int active_low, const char *user);

// Requests a line as an input that is pulled up. Null, with errno, when it cannot be had.
cgpio_handle *cgpio_request_input(const char *path, unsigned int offset, const char *user);

// 1 is active. Returns -1 with errno when it failed.
int cgpio_set(cgpio_handle *line, int active);

// What the pin reads, 1 for active, or -1 with errno.
int cgpio_get(cgpio_handle *line);

// Gives the line back to the kernel; its level is nobody's promise from here on.
void cgpio_release(cgpio_handle *line);

// The library's version.
const char *cgpio_version(void);
