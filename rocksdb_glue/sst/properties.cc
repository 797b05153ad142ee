#include "rocksdb_glue/sst/properties.h"

#include <algorithm>

namespace gpu_zstd {

KeyValues::iterator PropertySet::lower_bound(const std::string& name) {
  return std::lower_bound(entries_.begin(), entries_.end(), name,
                          [](const auto& entry, const std::string& key) {
                            return entry.first < key;
                          });
}

const std::string* PropertySet::find(const std::string& name) const {
  const auto at = const_cast<PropertySet*>(this)->lower_bound(name);
  return at != entries_.end() && at->first == name ? &at->second : nullptr;
}

uint64_t PropertySet::number(const std::string& name, uint64_t missing) const {
  const std::string* value = find(name);
  uint64_t number = 0;
  return value != nullptr && ByteReader(*value).varint64(&number) ? number
                                                                  : missing;
}

void PropertySet::set(const std::string& name, std::string value) {
  const auto at = lower_bound(name);
  if (at != entries_.end() && at->first == name) {
    at->second = std::move(value);
  } else {
    entries_.emplace(at, name, std::move(value));
  }
}

void PropertySet::set_number(const std::string& name, uint64_t value) {
  std::string encoded;
  put_varint64(value, &encoded);
  set(name, std::move(encoded));
}

void PropertySet::erase(const std::string& name) {
  const auto at = lower_bound(name);
  if (at != entries_.end() && at->first == name) {
    entries_.erase(at);
  }
}

}  // namespace gpu_zstd
