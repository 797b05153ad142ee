// Measures size × strategy in memory, with interleaved repeats: every round
// runs each strategy once, so that what disturbs the machine disturbs all.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "cpu_fallback/bulk/bulk_codec.h"

namespace gpu_zstd {

// Seconds of repeated runs.
struct Timing {
  std::vector<double> seconds;

  double median() const;  // 0 without runs
  // Half the distance between the quartiles over the median: the noise.
  double spread() const;
};

struct StrategyResult {
  BulkStrategy strategy = BulkStrategy::kSingle;
  Timing encode;
  Timing decode;
};

// One size of one input at one level.
struct BenchmarkCell {
  std::string input;
  int level = 0;
  size_t raw_bytes = 0;
  size_t coded_bytes = 0;
  std::vector<StrategyResult> results;  // single, stealing, pipeline, automatic
  std::string error;                    // a run failed or came back wrong

  const StrategyResult& of(BulkStrategy strategy) const;
  double encode_mb_per_s(BulkStrategy strategy) const;
  double decode_mb_per_s(BulkStrategy strategy) const;
  // Speed-up over one thread for each of `cores`; 0 when single did not run.
  double efficiency(BulkStrategy strategy, unsigned cores) const;
  // Automatic's time over that of the best of the three.
  double automatic_over_best() const;
};

struct BenchmarkPlan {
  double seconds = 1;           // for each cell, at least kMinRounds rounds
  size_t single_max_bytes = 0;  // single is left out above; 0: never
  const std::atomic<bool>* cancel = nullptr;
};

inline constexpr int kMinRounds = 3;
inline constexpr int kMaxRounds = 101;

// `data` repeated or cut to `bytes`.
std::string sized_input(const std::string& data, size_t bytes);

// Measures one cell. Checks that what was encoded decodes to `raw`.
BenchmarkCell run_cell(BulkCodec& codec, const std::string& name, int level,
                       const std::string& raw, const BenchmarkPlan& plan);

}  // namespace gpu_zstd
