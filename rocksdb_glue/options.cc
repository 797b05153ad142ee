#include "rocksdb_glue/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

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

struct ModeName {
  const char* name;
  Mode mode;
};
constexpr std::array<ModeName, 4> kModes = {{{"offload", Mode::kOffload},
                                             {"throughput", Mode::kThroughput},
                                             {"gpu_only", Mode::kGpuOnly},
                                             {"cpu_only", Mode::kCpuOnly}}};

std::optional<Mode> find_mode(const std::string& name) {
  for (const ModeName& known : kModes) {
    if (name == known.name) return known.mode;
  }
  return std::nullopt;
}

// A whole decimal number within the limits.
std::optional<uint32_t> find_number(std::string_view text, uint32_t least,
                                    uint32_t most) {
  uint32_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() ||
      number < least || number > most) {
    return std::nullopt;
  }
  return number;
}

// One in how many frames is verified, 0 for none.
std::optional<uint32_t> find_verify(const std::string& text) {
  constexpr std::string_view kSampled = "sampled:";
  if (text == "off") return 0;
  if (text == "full") return 1;
  if (!text.starts_with(kSampled)) return std::nullopt;
  return find_number(std::string_view(text).substr(kSampled.size()), 2,
                     1'000'000);
}

std::optional<std::vector<int>> find_devices(const std::string& text) {
  constexpr uint32_t kMaxOrdinal = 63;
  std::vector<int> ordinals;
  if (text == "all") return ordinals;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const auto ordinal = find_number(
        std::string_view(text).substr(begin, end - begin), 0, kMaxOrdinal);
    if (!ordinal) return std::nullopt;
    ordinals.push_back(static_cast<int>(*ordinal));
    begin = end + 1;
  }
  return ordinals;
}

rocksdb::Status check_range(const char* name, uint64_t value, uint64_t least,
                            uint64_t most) {
  if (value >= least && value <= most) return rocksdb::Status::OK();
  return invalid(name, std::to_string(value),
                 std::to_string(least) + " to " + std::to_string(most));
}

rocksdb::Status validate_gpu(const GpuZstdOptions& options) {
  constexpr uint64_t kTera = uint64_t{1} << 40;
  if (!find_mode(options.mode)) {
    return invalid("mode", options.mode,
                   "offload, throughput, gpu_only or cpu_only");
  }
  if (!find_verify(options.verify)) {
    return invalid("verify", options.verify,
                   "full, off, or sampled:N with N from 2 to 1000000");
  }
  if (!find_devices(options.devices)) {
    return invalid("devices", options.devices,
                   "all, or numbers from 0 to 63 with commas between them");
  }
  const rocksdb::Status checks[] = {
      check_range("min_block_bytes", options.min_block_bytes, 0,
                  kMaxGpuBlockBytes),
      check_range("max_lanes", options.max_lanes, 1, EngineOptions::kMaxLanes),
      check_range("max_device_memory", options.max_device_memory, 1, kTera),
      check_range("max_pinned_memory", options.max_pinned_memory, 1, kTera),
      check_range("deadline_ms", options.deadline_ms, 10, 60'000)};
  for (const rocksdb::Status& status : checks) {
    if (!status.ok()) return status;
  }
  return rocksdb::Status::OK();
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
  status = validate_gpu(options);
  if (!status.ok()) {
    return status;
  }
  if (options.parallel_threads > GpuZstdOptions::kMaxParallelThreads) {
    return invalid("parallel_threads", std::to_string(options.parallel_threads),
                   "0 to leave it to the plugin, or 1 to " +
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
  return find_mode(options.mode).value_or(Mode::kOffload);
}

uint32_t parse_verify(const GpuZstdOptions& options) {
  return find_verify(options.verify).value_or(1);
}

SchedulerOptions scheduler_options(const GpuZstdOptions& options) {
  constexpr uint64_t kMilli = 1'000'000;
  SchedulerOptions result;
  result.devices = find_devices(options.devices).value_or(std::vector<int>());
  result.engine.max_lanes = options.max_lanes;
  result.engine.max_device_memory = options.max_device_memory;
  result.engine.max_pinned_memory = options.max_pinned_memory;
  result.engine.deadline_ns = options.deadline_ms * kMilli;
  return result;
}

}  // namespace gpu_zstd
