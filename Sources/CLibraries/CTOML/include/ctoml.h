#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A place in a document, both counted from 1.
typedef struct {
  uint32_t line;
  uint32_t column;
} ctoml_position;

/// What the walk over a document reports. Texts are UTF-8, not terminated, and valid during the call only.
typedef struct {
  void *context;
  void (*key)(void *context, ctoml_position at, const char *text, size_t length);
  void (*begin_table)(void *context, ctoml_position at);
  void (*begin_array)(void *context, ctoml_position at);
  void (*end)(void *context);
  void (*string)(void *context, ctoml_position at, const char *text, size_t length);
  void (*integer)(void *context, ctoml_position at, int64_t value);
  void (*number)(void *context, ctoml_position at, double value);
  void (*boolean)(void *context, ctoml_position at, int value);
  /// A date or a time.
  void (*temporal)(void *context, ctoml_position at);
  /// The document is not TOML; called once, alone.
  void (*failed)(void *context, ctoml_position at, const char *text, size_t length);
} ctoml_visitor;

/// Parses a document and walks it: a key before each value of a table, in no particular order of keys.
void ctoml_visit(const char *text, size_t length, const ctoml_visitor *visitor);

#ifdef __cplusplus
}
#endif
