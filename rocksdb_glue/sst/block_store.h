// From uncompressed blocks to blocks as they stand in a file.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rocksdb/compression_type.h"
#include "rocksdb/status.h"
#include "rocksdb/table.h"
#include "rocksdb_glue/sst/block_engine.h"

namespace gpu_zstd {

// What became of blocks, counted as RocksDB's table builder counts.
struct StoreCounts {
  uint64_t blocks = 0;
  uint64_t rejected = 0;   // compressed to more than 7/8, so stored as they are
  uint64_t bypassed = 0;   // too small or too large to be tried
  uint64_t raw_bytes = 0;  // uncompressed

  void add(const StoreCounts& other);
};

// Blocks in a row, each with its trailer. The checksums lack the modifier of
// their place in the file, which is not known yet.
struct StoredRun {
  std::string bytes;
  std::vector<uint64_t> block_bytes;  // of each block without its trailer
  StoreCounts counts;
};

// Room for compressed blocks, kept from call to call. For one thread at a time.
class CompressScratch {
 public:
  // At least `bytes` bytes, not initialized; what was there before is lost.
  std::span<char> room(size_t bytes);

 private:
  std::unique_ptr<char[]> bytes_;
  size_t capacity_ = 0;
};

// Compresses `blocks` with one call of the engine and appends them to the run:
// `varint32(raw size)` and a zstd frame, or as they are where that is not
// smaller than 7/8. MemoryLimit when the engine failed.
rocksdb::Status compress_blocks(BlockEngine& engine,
                                rocksdb::ChecksumType checksum_type,
                                std::span<const std::string> blocks,
                                CompressScratch& scratch, StoredRun* run);

}  // namespace gpu_zstd
