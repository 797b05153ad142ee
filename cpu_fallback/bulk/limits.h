// Where one strategy ends and the next begins, and how much memory a call may
// take. The defaults come from the machine; a caller may set any of them, the
// environment overrides the defaults, and `zstd_parallel --calibrate` measures
// them and prints the settings.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "cpu_fallback/bulk/machine.h"
#include "cpu_fallback/bulk/types.h"

namespace gpu_zstd {

struct BulkLimits {
  // Threads that work at once, the caller's among them. At least 1. More than
  // the process's TBB allows are not got.
  unsigned workers = 1;
  // Inputs up to here run on the calling thread: waking others costs more than
  // it wins.
  size_t single_max_bytes = size_t{1} << 20;
  // Inputs up to here take work_stealing, larger ones the pipeline. Work
  // stealing holds all frames until they are delivered, which pays while input
  // and output lie in the last-level cache.
  size_t work_stealing_max_bytes = size_t{32} << 20;
  // Most bytes of buffers in one call; at least one frame is always in flight.
  size_t memory_bytes = size_t{1} << 30;
};

// Reads a variable; null when it is not set. std::getenv has this form.
using GetVariable = std::function<const char*(const char*)>;

// The environment's names for the fields of BulkLimits, in bytes or threads;
// suffixes K, M and G mean powers of 1024.
inline constexpr const char* kWorkersVariable = "GPU_ZSTD_CPU_WORKERS";
inline constexpr const char* kSingleMaxVariable = "GPU_ZSTD_CPU_SINGLE_MAX";
inline constexpr const char* kStealingMaxVariable = "GPU_ZSTD_CPU_STEALING_MAX";
inline constexpr const char* kMemoryVariable = "GPU_ZSTD_CPU_MEMORY";

// Limits that suit `machine`: all its cores, work stealing within its
// last-level cache, a quarter of its memory.
BulkLimits limits_for(const Machine& machine);

// Overrides the fields whose variables are set. kBadOption names the first
// variable that is not a number in range; `limits` is then unchanged.
BulkStatus apply_environment(const GetVariable& get, BulkLimits* limits);

// limits_for(read_machine()) with the process's environment. A variable that
// cannot be read is passed over; apply_environment() tells which.
BulkLimits default_bulk_limits();

// Parses "64", "64K", "64M" or "64G". False: not such a number, or too large.
bool parse_size(const std::string& text, size_t* bytes);

// The strategy for `bytes` of input in `frames` frames; `bytes` 0 with frames 0
// is an input of unknown size. A pure function; never kAutomatic.
BulkStrategy choose_strategy(size_t bytes, size_t frames, BulkStrategy wanted,
                             const BulkLimits& limits);

// Frames in flight at once when each needs `frame_memory_bytes`.
unsigned tokens_for(size_t frame_memory_bytes, const BulkLimits& limits);

}  // namespace gpu_zstd
