// What a user can set, from C++ or as a RocksDB options string:
//   id=GpuZstd;level=19;mode=offload;parallel_threads=4
#pragma once

#include <cstdint>
#include <string>

#include "rocksdb/status.h"
#include "scheduler/types.h"

namespace gpu_zstd {

// Each member is an option of the same name in an options string. All can be
// changed with DB::SetOptions({{"compression_manager", "{level=12}"}}), which
// leaves the others as they were; SST files being written keep theirs.
struct GpuZstdOptions {
  // "Follow CompressionOptions::level" (and there, "zstd's default, 3").
  static constexpr int kFollowCompressionOptions = 32767;
  static constexpr int kMaxParallelThreads = 64;
  static constexpr uint32_t kMaxStatsIntervalSec = 7 * 24 * 3600;

  // A zstd level, -131072 to -1 or 1 to 22; overrides compression_opts.level
  // and bottommost_compression_opts.level of every file.
  int level = kFollowCompressionOptions;

  // "offload": the GPU wherever it serves a block, else the CPU.
  // "cpu_only": every block on the RocksDB thread that owns it.
  std::string mode = "offload";

  // Threads that RocksDB is advised to compress one SST file with, 1 to 64;
  // 0 follows compression_opts.parallel_threads.
  uint32_t parallel_threads = 0;

  // Counters go to the info log when an SST file is begun and this many seconds
  // have passed since the last time; 0 never, at most a week.
  uint32_t stats_interval_sec = 600;
};

// InvalidArgument that names the option, its value and what was expected.
rocksdb::Status validate(const GpuZstdOptions& options);

// InvalidArgument unless `level` is a level of the linked libzstd, or 32767.
// `name` is what the message calls the option.
rocksdb::Status validate_level(const std::string& name, int level);

// The level libzstd gets for an SST file: the option, or else
// CompressionOptions::level read as RocksDB reads it (util/compression.h,
// SanitizeZSTDCompressionLevel): 32767 is 3, 0 is -1.
int effective_level(const GpuZstdOptions& options, int compression_opts_level);

// The mode that `options.mode` names; the options must be valid.
Mode parse_mode(const GpuZstdOptions& options);

}  // namespace gpu_zstd
