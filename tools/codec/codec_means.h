// What engines achieve over all inputs of a run.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tools/codec/codec_benchmark.h"

namespace gpu_zstd::tools {

// The level of an engine that has none.
inline constexpr int kNoLevel = 0;

// Geometric means of one engine over the inputs, at one level and block size.
struct EngineMean {
  int level = kNoLevel;
  size_t block_bytes = 0;
  std::string engine;
  std::string measures;
  size_t inputs = 0;
  double ratio = 0;
  double gigabytes_per_second = 0;
  // Of a block that is alone, over the inputs where that was timed.
  size_t timed_alone = 0;
  double block_seconds = 0;
  // Against cpu, over the `compared` inputs where that ran: both quotients, and
  // the lowest of the ratios' with its input.
  size_t compared = 0;
  double gain = 0;
  double speed_up = 0;
  double worst_gain = 0;
  std::string worst_input;
};

// Sorted by level, block size and engine.
std::vector<EngineMean> engine_means(const std::vector<BenchmarkCell>& cells);

}  // namespace gpu_zstd::tools
