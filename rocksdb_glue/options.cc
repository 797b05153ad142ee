#include "rocksdb_glue/options.h"

#include "rocksdb/advanced_options.h"
#include "scheduler/scheduler.h"

namespace gpu_zstd {

static_assert(GpuZstdOptions::kFollowCompressionOptions ==
              rocksdb::CompressionOptions::kDefaultCompressionLevel);

namespace {

constexpr int kZstdDefaultLevel = 3;  // ZSTD_CLEVEL_DEFAULT

rocksdb::Status invalid(const std::string& name, const std::string& value,
                        const std::string& expected) {
  return rocksdb::Status::InvalidArgument("GpuZstd: " + name + "=" + value,
                                          "expected " + expected);
}

}  // namespace

rocksdb::Status validate_level(const std::string& name, int level) {
  const int lowest = Scheduler::min_level();
  const int highest = Scheduler::max_level();
  if (level == GpuZstdOptions::kFollowCompressionOptions ||
      (level != 0 && level >= lowest && level <= highest)) {
    return rocksdb::Status::OK();
  }
  return invalid(name, std::to_string(level),
                 "a zstd level, " + std::to_string(lowest) + " to -1 or 1 to " +
                     std::to_string(highest) +
                     ", or 32767 to follow the options above it");
}

rocksdb::Status validate(const GpuZstdOptions& options) {
  rocksdb::Status status = validate_level("level", options.level);
  if (!status.ok()) {
    return status;
  }
  if (options.mode != "offload" && options.mode != "cpu_only") {
    return invalid("mode", options.mode, "offload or cpu_only");
  }
  if (options.parallel_threads > GpuZstdOptions::kMaxParallelThreads) {
    return invalid("parallel_threads", std::to_string(options.parallel_threads),
                   "0 to follow compression_opts.parallel_threads, or 1 to " +
                       std::to_string(GpuZstdOptions::kMaxParallelThreads));
  }
  if (options.stats_interval_sec > GpuZstdOptions::kMaxStatsIntervalSec) {
    return invalid("stats_interval_sec",
                   std::to_string(options.stats_interval_sec),
                   "0 for never, or up to " +
                       std::to_string(GpuZstdOptions::kMaxStatsIntervalSec));
  }
  return rocksdb::Status::OK();
}

int effective_level(const GpuZstdOptions& options, int compression_opts_level) {
  if (options.level != GpuZstdOptions::kFollowCompressionOptions) {
    return options.level;
  }
  if (compression_opts_level ==
      rocksdb::CompressionOptions::kDefaultCompressionLevel) {
    return kZstdDefaultLevel;
  }
  return compression_opts_level == 0 ? -1 : compression_opts_level;
}

Mode parse_mode(const GpuZstdOptions& options) {
  return options.mode == "cpu_only" ? Mode::kCpuOnly : Mode::kOffload;
}

}  // namespace gpu_zstd
