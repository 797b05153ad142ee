// How much more time inputs take than text does, which tells whether an encoder
// can be stalled by what it is given.
#pragma once

#include <string>
#include <vector>

#include "tools/codec/codec_benchmark.h"

namespace gpu_zstd::tools {

// Time of one input, of the baseline's at the same level, block size and
// engine. A block of the same size takes so many times as long.
struct RelativeTime {
  std::string input;
  std::string engine;
  int level = 0;
  size_t block_bytes = 0;
  double bulk = 0;
  double block = 0;  // of one that is alone; 0 where that was not timed
};

// Of all cells but the baseline's, in their order. Cells without a baseline are
// left out.
std::vector<RelativeTime> relative_times(
    const std::vector<BenchmarkCell>& cells, const std::string& baseline);

// For each engine, level and block size the slowest inputs both ways, and how
// many exceed `limit` times the baseline's time.
std::string relative_lines(const std::vector<RelativeTime>& times,
                           const std::string& baseline, double limit);

}  // namespace gpu_zstd::tools
