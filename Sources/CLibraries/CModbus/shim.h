#pragma once
#include <errno.h>
#include <modbus/modbus.h>
#include <pty.h>

// Macros Swift does not see.
static const int rigshift_modbus_exception_base = MODBUS_ENOBASE;
static const int rigshift_modbus_bad_crc = EMBBADCRC;
static const int rigshift_modbus_bad_unit = EMBBADSLAVE;
static const int rigshift_modbus_bad_data = EMBBADDATA;
static const int rigshift_modbus_too_much = EMBMDATA;

// A pseudo-terminal with both ends open; `name`, of at least 64 bytes, is the path of the second one.
static inline int rigshift_open_terminal(int *first, int *second, char *name) {
  return openpty(first, second, name, NULL, NULL);
}
