// Callers that each wait for their block, and what the scheduler did for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "scheduler/scheduler.h"

namespace gpu_zstd {

// One setting: so many threads that each wait for their block.
struct Cell {
  int callers;
  int level;
  size_t block_bytes;
  Mode mode;
  uint32_t verify_one_in;  // see CompressRequest
  double seconds;          // how long the threads go on
};

// What came of it. Latency is from caller to frame, CPU that of the process.
struct Figures {
  double gigabytes_per_second = 0;
  double p50_us = 0;
  double p99_us = 0;
  double cpu_ns_per_byte = 0;
  double ratio = 0;
  double gpu_share = 0;       // of the blocks
  double blocks_a_batch = 0;  // 0 without batches
  double round_trip_p50_us = 0;
  double queue_wait_p50_us = 0;
  uint64_t wrong = 0;  // frames that do not decode to their block
};

// Lets the cell's threads compress blocks of `input`, which holds at least one,
// for the cell's time. Nobody else may use the scheduler meanwhile.
Figures measure(Scheduler& scheduler, const std::string& input,
                const Cell& cell);

}  // namespace gpu_zstd
