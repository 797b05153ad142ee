// The properties of an SST file as they are stored: names and raw values, known
// to us or not (RocksDB table/meta_blocks.cc).
#pragma once

#include <cstdint>
#include <string>

#include "rocksdb_glue/sst/entry_block.h"

namespace gpu_zstd {

class PropertySet {
 public:
  PropertySet() = default;
  // `entries` must rise strictly by name.
  explicit PropertySet(KeyValues entries) : entries_(std::move(entries)) {}

  // Null when there is none. Valid until the next change.
  const std::string* find(const std::string& name) const;
  // The value of a number property; `missing` when absent or not a number.
  uint64_t number(const std::string& name, uint64_t missing) const;

  void set(const std::string& name, std::string value);
  void set_number(const std::string& name, uint64_t value);
  void erase(const std::string& name);

  const KeyValues& entries() const { return entries_; }
  bool operator==(const PropertySet&) const = default;

 private:
  KeyValues::iterator lower_bound(const std::string& name);

  KeyValues entries_;
};

// Names that RocksDB's public headers do not have.
inline constexpr char kIndexTypeProperty[] =
    "rocksdb.block.based.table.index.type";
inline constexpr char kGlobalSeqnoProperty[] =
    "rocksdb.external_sst_file.global_seqno";
inline constexpr char kEmbeddedBlobProperty[] = "rocksdb.embedded.blob.stats";

}  // namespace gpu_zstd
