// What a user can set, from C++ or as a RocksDB options string:
//   id=GpuZstd;level=19;mode=offload;parallel_threads=4
#pragma once

#include <cstdint>
#include <string>

#include "rocksdb/status.h"
#include "scheduler/types.h"

namespace gpu_zstd {

struct SchedulerOptions;

// Each member is an option of the same name in an options string. All can be
// changed with DB::SetOptions({{"compression_manager", "{level=12}"}}), which
// leaves the others as they were; SST files being written keep theirs.
struct GpuZstdOptions {
  // "Follow CompressionOptions::level" (and there, "zstd's default, 3").
  static constexpr int kFollowCompressionOptions = 32767;
  static constexpr int kMaxParallelThreads = 64;
  // Blocks in flight are what a GPU lives from, and threads that wait for it
  // cost little. More than 16 gain nothing (RocksDB's ring has 32 slots).
  static constexpr uint32_t kGpuParallelThreads = 16;
  static constexpr uint32_t kMaxStatsIntervalSec = 7 * 24 * 3600;

  // A zstd level, -131072 to -1 or 1 to 22; overrides compression_opts.level
  // and bottommost_compression_opts.level of every file.
  int level = kFollowCompressionOptions;

  // "offload": the GPU wherever it is not slower, or takes less CPU time and
  // nobody waits for the block: several threads compress the file, and eight
  // or more of all files' are at it.
  // "throughput": both, the CPU as soon as the GPU has a queue.
  // "gpu_only": for measuring, the GPU for all that it serves.
  // "cpu_only": every block on the RocksDB thread that owns it.
  // What no GPU can take is compressed by the CPU in every mode.
  std::string mode = "offload";

  // Which frames of a GPU are decoded by libzstd and compared before RocksDB
  // gets them: "full", "sampled:N" (one in N, 2 to 1000000), "off".
  std::string verify = "full";

  // Blocks with fewer bytes are left to the CPU; up to 131072.
  uint32_t min_block_bytes = 1024;

  // Of all databases of the process together; what the first file finds when it
  // is begun holds until the process ends.
  // Ordinals of the GPUs to use, such as "0,2", or "all".
  std::string devices = "all";
  uint32_t max_lanes = 16;                          // of each GPU, 1 to 64
  uint64_t max_device_memory = uint64_t{1} << 30;   // bytes of each GPU
  uint64_t max_pinned_memory = uint64_t{64} << 20;  // bytes for each GPU
  // A batch that takes longer is given up, 10 to 60000.
  uint32_t deadline_ms = 250;

  // Threads that RocksDB is advised to compress one SST file with, 1 to 64;
  // 0 is compression_opts.parallel_threads, or kGpuParallelThreads if that is
  // more and a GPU is ready.
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

// What the options name in the scheduler's terms; they must be valid.
Mode parse_mode(const GpuZstdOptions& options);
uint32_t parse_verify(const GpuZstdOptions& options);
SchedulerOptions scheduler_options(const GpuZstdOptions& options);

}  // namespace gpu_zstd
