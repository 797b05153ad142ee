// Finds where one strategy overtakes the next on this machine.
#pragma once

#include <string>
#include <vector>

#include "tools/zstd_parallel/benchmark.h"

namespace gpu_zstd {

// Times of two strategies on one size of input.
struct Duel {
  size_t bytes = 0;
  double small_s = 0;  // of the strategy for smaller inputs
  double large_s = 0;  // of the one for larger inputs
};

// The threshold up to which the small strategy should be taken: the size that
// makes the sum of all times, each relative to the better of its size, least.
// `duels` are in ascending order of size. 0: never take it.
size_t best_threshold(const std::vector<Duel>& duels);

// Measures both thresholds on `data` at `level`, reporting on standard output,
// and gives the settings.
BulkLimits calibrate(const BulkLimits& start, const Machine& machine, int level,
                     const std::string& data, const std::atomic<bool>& cancel);

// The settings as lines for a shell.
std::string settings_text(const BulkLimits& limits);

}  // namespace gpu_zstd
