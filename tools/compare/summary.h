// Medians and spreads of the runs of each cell.
#pragma once

#include <optional>
#include <vector>

#include "tools/compare/runner.h"

namespace gpu_zstd::compare {

struct Spread {
  double median = 0;
  double min = 0;
  double max = 0;
};

// The median of an even number is the mean of the middle two. `values` must
// not be empty.
Spread spread_of(std::vector<double> values);

// Per run: 10^6 raw bytes a second, ns of processor time per raw byte, raw
// bytes per byte of SST file after the compaction.
struct SideSummary {
  Variant variant = Variant::kNone;
  int runs = 0;
  Spread flush_mb_per_s;
  Spread flush_cpu_ns_per_byte;
  Spread compaction_mb_per_s;
  Spread compaction_cpu_ns_per_byte;
  Spread ratio;
  EngineBlocks blocks;  // of the last run
};

// GpuZstd over builtin, of the pairs of runs that followed each other: above 1
// means a higher number.
struct PairSummary {
  Spread flush_speed;
  Spread flush_cpu;
  Spread compaction_speed;
  Spread compaction_cpu;
  Spread ratio;
};

struct CellSummary {
  Cell cell;
  std::vector<SideSummary> sides;
  std::optional<PairSummary> pair;  // none in a reference cell
};

double mb_per_s(const RunResult& run, const Phase& phase);
double cpu_ns_per_byte(const RunResult& run, const Phase& phase);
double ratio_of(const RunResult& run);

// Cells in the order in which they first occur.
std::vector<CellSummary> summarize(const std::vector<RunResult>& runs);

}  // namespace gpu_zstd::compare
