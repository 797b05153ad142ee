// Decompression of any built-in type, with or without dictionary, by RocksDB's
// own decompressors, with limits for untrusted sizes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "rocksdb/advanced_compression.h"
#include "rocksdb/status.h"
#include "rocksdb_glue/sst/coding.h"

namespace gpu_zstd {

// Thread-safe after create(); each thread brings its own Scratch.
class BlockDecompressor {
 public:
  // Working memory of one thread at a time. Must not outlive its decompressor.
  class Scratch {
   public:
    explicit Scratch(BlockDecompressor& owner)
        : area_(owner.decompressor_->ObtainWorkingArea(rocksdb::kZSTD)) {}

   private:
    friend class BlockDecompressor;
    rocksdb::Decompressor::ManagedWorkingArea area_;
  };

  // `dictionary` is empty for none. A block that would be larger than
  // `max_block_bytes` is refused before memory is taken for it.
  static rocksdb::Status create(std::string dictionary,
                                uint64_t max_block_bytes,
                                std::unique_ptr<BlockDecompressor>* out);

  // What `payload` of `type` was made from. Not thread-safe for one Scratch.
  // Corruption when the payload is damaged, NotSupported for a type that no
  // built-in compressor has; messages name neither file nor offset.
  rocksdb::Status decompress(rocksdb::CompressionType type, Bytes payload,
                             Scratch& scratch, std::string* block);

 private:
  BlockDecompressor(std::string dictionary, uint64_t max_block_bytes)
      : dictionary_(std::move(dictionary)), max_block_bytes_(max_block_bytes) {}

  const std::string dictionary_;
  const uint64_t max_block_bytes_;
  std::shared_ptr<rocksdb::Decompressor> decompressor_;
};

}  // namespace gpu_zstd
