// Blocks of prefix-compressed entries: metaindex, properties, and the indexes
// of data blocks and filter partitions (format facts: RocksDB
// table/block_based/block_builder.cc, index_builder.h, data_block_footer.h).
//
//   entry: shared varint32 | unshared varint32 | [value bytes varint32]
//          | key suffix | value
//   then   offset fixed32 of each restart point | fixed32 packed count
//
// The value length is missing in index blocks with delta-encoded values: there
// a value is a handle, or after a shared key only the difference of its size to
// the previous one. Everything here checks its bounds: the bytes are untrusted.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "rocksdb_glue/sst/coding.h"
#include "rocksdb_glue/sst/footer.h"

namespace gpu_zstd {

// What is wrong with a block, and at which of its bytes. `what` is null when
// nothing is.
struct BlockFault {
  const char* what = nullptr;
  size_t at = 0;

  explicit operator bool() const { return what != nullptr; }
};

using KeyValues = std::vector<std::pair<std::string, std::string>>;

// Reads a metaindex or properties block into keys and values in block order.
// Keys must rise strictly, as RocksDB demands of both. `value_offsets`, if not
// null, receives where in the block each value begins.
BlockFault parse_key_values(Bytes block, KeyValues* entries,
                            std::vector<size_t>* value_offsets = nullptr);

// The reverse, with a restart point every `restart_interval` entries. Keys must
// already rise strictly.
std::string build_key_values(const KeyValues& entries, size_t restart_interval);

// How the values of an index block are written.
struct IndexStyle {
  bool delta_encoded = false;   // property index.value.is.delta.encoded
  bool with_first_key = false;  // index type kBinarySearchWithFirstKey
};

// An index block taken apart so far that its handles can be replaced and every
// other byte kept. Views point into the block that was parsed.
struct IndexBlock {
  struct Entry {
    uint32_t shared = 0;
    Bytes key_suffix;
    Bytes first_key;  // empty unless with_first_key
    BlockHandle handle;
  };
  std::vector<Entry> entries;
  std::vector<uint32_t> restarts;  // as indexes into entries
  uint32_t feature_bits = 0;       // of the packed restart count
};

BlockFault parse_index(Bytes block, const IndexStyle& style, IndexBlock* index);

// The block again, with `handles` instead of its own. With delta encoding each
// handle after a shared key must begin where the one before it ends; false if
// one does not.
bool build_index(const IndexBlock& index, const IndexStyle& style,
                 const std::vector<BlockHandle>& handles, std::string* block);

}  // namespace gpu_zstd
