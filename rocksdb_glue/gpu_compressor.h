// One CompressBlock to one Scheduler::compress, and RocksDB's own compressors
// for what the plugin leaves to them.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "rocksdb/advanced_compression.h"
#include "scheduler/scheduler.h"

namespace gpu_zstd {

// How the blocks of one SST file are compressed.
struct FileSettings {
  int level = 3;                // a libzstd level, not 0
  bool frame_checksum = false;  // CompressionOptions::checksum
  Mode mode = Mode::kOffload;
  uint32_t verify_one_in = 1;       // see CompressRequest
  uint32_t min_block_bytes = 1024;  // likewise
  uint32_t parallel_threads = 1;    // advice, 0 for none
};

// Emits `varint32(raw size)` and a standard zstd frame for each block, which is
// RocksDB's layout of kZSTD in the schema "BuiltinV2" (util/compression.cc,
// StartCompressBlockV2). Thread-safe. Never returns a non-OK status: RocksDB
// makes a DB read-only for one (see CompressBlock); a block that no engine
// could compress is stored as it is.
class GpuCompressor final : public rocksdb::Compressor {
 public:
  // `builtin` is RocksDB's own zstd compressor for the same file. It answers
  // for dictionaries and gives the decompressor. `scheduler` must outlive this.
  GpuCompressor(const FileSettings& settings,
                std::unique_ptr<rocksdb::Compressor> builtin,
                Scheduler& scheduler);

  const char* Name() const override { return "GpuZstdCompressor"; }
  std::string GetId() const override;
  DictConfig GetDictGuidance(rocksdb::CacheEntryRole block_type) const override;
  rocksdb::CompressionType GetPreferredCompressionType() const override {
    return rocksdb::kZSTD;
  }
  uint32_t GetRecommendedParallelThreads() const override {
    return settings_.parallel_threads;
  }
  std::unique_ptr<rocksdb::Compressor> Clone() const override;
  // With a dictionary the clone is RocksDB's own compressor, its blocks counted
  // as SkipReason::kDictionary.
  std::unique_ptr<rocksdb::Compressor> MaybeCloneSpecialized(
      rocksdb::CacheEntryRole block_type,
      DictConfigArgs&& dict_config) const override;
  // A Scheduler::Session for a thread. RocksDB asks for all of a file's before
  // the file's first block.
  ManagedWorkingArea ObtainWorkingArea() override;
  void ReleaseWorkingArea(WorkingArea* area) override;
  rocksdb::Status CompressBlock(rocksdb::Slice uncompressed_data,
                                char* compressed_output,
                                size_t* compressed_output_size,
                                rocksdb::CompressionType* out_compression_type,
                                ManagedWorkingArea* working_area) override;
  std::shared_ptr<rocksdb::Decompressor> GetOptimizedDecompressor()
      const override {
    return builtin_->GetOptimizedDecompressor();
  }

  // How many threads compress the file's blocks, by the working areas that are
  // handed out: what RocksDB does, which is not always what it was advised.
  uint32_t overlap() const;

 private:
  const FileSettings settings_;
  const std::unique_ptr<rocksdb::Compressor> builtin_;
  Scheduler& scheduler_;
  std::atomic<uint32_t> areas_{0};  // that are handed out
};

// A compressor of RocksDB's whose blocks are counted as skipped by us. Adds
// nothing else.
class CountingCompressor final : public rocksdb::CompressorWrapper {
 public:
  CountingCompressor(std::unique_ptr<rocksdb::Compressor> wrapped,
                     SkipReason reason, Scheduler& scheduler);

  const char* Name() const override { return wrapped_->Name(); }
  std::string GetId() const override { return wrapped_->GetId(); }
  std::unique_ptr<rocksdb::Compressor> Clone() const override;
  std::unique_ptr<rocksdb::Compressor> MaybeCloneSpecialized(
      rocksdb::CacheEntryRole block_type,
      DictConfigArgs&& dict_config) const override;
  rocksdb::Status CompressBlock(rocksdb::Slice uncompressed_data,
                                char* compressed_output,
                                size_t* compressed_output_size,
                                rocksdb::CompressionType* out_compression_type,
                                ManagedWorkingArea* working_area) override;

 private:
  const SkipReason reason_;
  Scheduler& scheduler_;
};

}  // namespace gpu_zstd
