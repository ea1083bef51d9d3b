#include "ctoml.h"

#include <string_view>

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_ENABLE_WINDOWS_COMPAT 0
// A site file nests four deep; the walk below and toml++'s own destructors recurse.
#define TOML_MAX_NESTED_VALUES 16
// toml++ 3.3 asserts what malformed input can break (`[=]`) and then handles it; with NDEBUG it would promise the
// assertion to the optimiser instead.
#undef NDEBUG
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>

namespace {

ctoml_position position(const toml::source_region &region) { return {region.begin.line, region.begin.column}; }

void walk(const toml::node &node, const ctoml_visitor &visitor) {
  const auto at = position(node.source());
  if (const auto *table = node.as_table()) {
    visitor.begin_table(visitor.context, at);
    for (const auto &[key, value] : *table) {
      visitor.key(visitor.context, position(key.source()), key.data(), key.length());
      walk(value, visitor);
    }
    visitor.end(visitor.context);
  } else if (const auto *array = node.as_array()) {
    visitor.begin_array(visitor.context, at);
    for (const auto &element : *array) walk(element, visitor);
    visitor.end(visitor.context);
  } else if (const auto *string = node.as_string()) {
    visitor.string(visitor.context, at, string->get().data(), string->get().size());
  } else if (const auto *integer = node.as_integer()) {
    visitor.integer(visitor.context, at, integer->get());
  } else if (const auto *number = node.as_floating_point()) {
    visitor.number(visitor.context, at, number->get());
  } else if (const auto *boolean = node.as_boolean()) {
    visitor.boolean(visitor.context, at, boolean->get());
  } else {
    visitor.temporal(visitor.context, at);
  }
}

}  // namespace

extern "C" void ctoml_visit(const char *text, size_t length, const ctoml_visitor *visitor) {
  const auto result = toml::parse(std::string_view{text, length});
  if (result) {
    walk(result.table(), *visitor);
  } else {
    const auto &error = result.error();
    visitor->failed(visitor->context, position(error.source()), error.description().data(), error.description().size());
  }
}
