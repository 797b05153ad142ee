// Runs of neighbouring data blocks, read with one call and handled by one
// thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "rocksdb_glue/sst/table_file.h"

namespace gpu_zstd {

// Blocks [begin, end) of a list of handles.
struct BlockRange {
  size_t begin = 0;
  size_t end = 0;
};

// Cuts handles, which rise and do not overlap, into runs that span at most
// `batch_bytes` of the file, or hold a single block.
std::vector<BlockRange> plan_batches(std::span<const BlockHandle> handles,
                                     uint64_t batch_bytes);

// The stored blocks of one run, their checksums verified.
struct BlockBatch {
  struct Block {
    BlockHandle handle;
    Bytes payload;  // into bytes
    rocksdb::CompressionType type = rocksdb::kNoCompression;
  };
  std::string bytes;
  std::vector<Block> blocks;
};

// Reads the blocks with one call. The handles lie inside the file.
rocksdb::Status read_batch(const TableFile& file,
                           std::span<const BlockHandle> handles,
                           BlockBatch* batch);

}  // namespace gpu_zstd
