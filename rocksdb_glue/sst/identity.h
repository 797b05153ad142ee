// Who a new file says it is: made from what is in it, so that the same source
// gives the same bytes on every machine and in every run, and no two files of
// different bytes are taken for one by a cache.
#pragma once

#include <cstdint>
#include <string>

#include "rocksdb_glue/sst/coding.h"
#include "rocksdb_glue/sst/footer.h"
#include "rocksdb_glue/sst/properties.h"

namespace gpu_zstd {

// Which file a table says it is (rocksdb/unique_id.h).
struct TableIdentity {
  std::string db_id;         // empty: the source's
  std::string session_id;    // empty: made from the contents
  uint64_t file_number = 0;  // 0: the source's, or 1 if it has none
};

// A hash of all bytes given so far (XXH3, 128 bits). Not thread-safe.
class ContentHash {
 public:
  ContentHash();
  ~ContentHash();
  ContentHash(const ContentHash&) = delete;
  ContentHash& operator=(const ContentHash&) = delete;

  void add(Bytes bytes);
  // 20 digits of base 36, the form of RocksDB's session ids.
  std::string as_session_id() const;
  // Never 0.
  uint32_t as_context() const;

 private:
  void* const state_;  // XXH3_state_t, whose header stays in the source file
};

// Fills in what is missing in `wanted`. `hash` has the new data blocks; what
// else makes the new file differ from its source, the level, is added.
TableIdentity complete_identity(const TableIdentity& wanted,
                                const PropertySet& source, int level,
                                ContentHash& hash);

// The base context checksum of a new file: its own, so that a block of another
// file in the place of one of this one is seen. 0, which means none, before
// format_version 6.
uint32_t new_context_checksum(const Footer& source,
                              const PropertySet& properties, int level);

}  // namespace gpu_zstd
