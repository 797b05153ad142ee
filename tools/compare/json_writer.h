// Writes JSON (RFC 8259), indented, piece by piece.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gpu_zstd::compare {

// Calls must nest as JSON does: inside an object every value or begin_ has a
// key() before it, inside an array none has.
class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view text);  // bytes above 127 pass unchanged
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(double number);  // null if it is not finite
  JsonWriter& value(uint64_t number);
  JsonWriter& value(int64_t number);
  JsonWriter& value(uint32_t number) { return value(uint64_t{number}); }
  JsonWriter& value(int number) { return value(int64_t{number}); }

  JsonWriter& null();

  template <typename T>
  JsonWriter& member(std::string_view name, const T& content) {
    return key(name).value(content);
  }

  // The text so far; whole once everything is closed.
  const std::string& text() const { return text_; }

 private:
  void separate();
  void indent();
  void append_string(std::string_view text);
  JsonWriter& begin(char bracket);
  JsonWriter& end(char bracket);

  std::string text_;
  size_t depth_ = 0;
  bool first_ = true;  // nothing is in the innermost bracket yet
  bool after_key_ = false;
};

}  // namespace gpu_zstd::compare
