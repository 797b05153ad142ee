// The properties of a rewritten table.
#pragma once

#include <cstdint>
#include <string>

#include "rocksdb_glue/sst/properties.h"
#include "rocksdb_glue/sst/rewrite.h"

namespace gpu_zstd {

// How the new file differs from its source.
struct TableChanges {
  uint64_t data_bytes = 0;   // of data blocks with trailers
  int64_t index_growth = 0;  // of uncompressed index blocks, in bytes
  int64_t filter_growth = 0;
  bool two_level = false;
  uint64_t top_level_index_bytes = 0;  // if two_level
  StoreCounts data;
  bool any_compressed = false;  // at least one block is kZSTD
  int level = 0;
  TableIdentity identity;
};

// The source's properties with what changed. All else is copied, user-collected
// properties too (names and meanings: RocksDB table_properties.h).
PropertySet new_properties(const PropertySet& source, uint32_t format_version,
                           const TableChanges& changes);

// What the property "rocksdb.compression_options" of a rewritten file says.
// Equal text means: rewritten by us at this level before.
std::string compression_options_text(int level);

}  // namespace gpu_zstd
