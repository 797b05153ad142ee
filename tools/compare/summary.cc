#include "tools/compare/summary.h"

#include <algorithm>
#include <functional>

namespace gpu_zstd::compare {
namespace {

using Runs = std::vector<const RunResult*>;
using Figure = std::function<double(const RunResult&)>;

double flush_speed(const RunResult& run) { return mb_per_s(run, run.flush); }
double flush_cpu(const RunResult& run) {
  return cpu_ns_per_byte(run, run.flush);
}
double compaction_speed(const RunResult& run) {
  return mb_per_s(run, run.compaction);
}
double compaction_cpu(const RunResult& run) {
  return cpu_ns_per_byte(run, run.compaction);
}

Spread spread_over(const Runs& runs, const Figure& figure) {
  std::vector<double> values;
  for (const RunResult* run : runs) {
    values.push_back(figure(*run));
  }
  return spread_of(std::move(values));
}

SideSummary summarize_side(Variant variant, const Runs& runs) {
  return {.variant = variant,
          .runs = static_cast<int>(runs.size()),
          .flush_mb_per_s = spread_over(runs, flush_speed),
          .flush_cpu_ns_per_byte = spread_over(runs, flush_cpu),
          .compaction_mb_per_s = spread_over(runs, compaction_speed),
          .compaction_cpu_ns_per_byte = spread_over(runs, compaction_cpu),
          .ratio = spread_over(runs, ratio_of),
          .blocks = runs.back()->blocks};
}

Runs runs_of(const std::vector<RunResult>& all, const Cell& cell,
             Variant variant) {
  Runs runs;
  for (const RunResult& run : all) {
    if (run.spec.cell == cell && run.spec.variant == variant) {
      runs.push_back(&run);
    }
  }
  return runs;
}

// Runs of a side lie in the order of their repeats.
Spread pair_spread(const Runs& builtin, const Runs& gpu_zstd,
                   const Figure& figure) {
  std::vector<double> quotients;
  for (size_t i = 0; i < std::min(builtin.size(), gpu_zstd.size()); ++i) {
    quotients.push_back(figure(*gpu_zstd[i]) / figure(*builtin[i]));
  }
  return spread_of(std::move(quotients));
}

CellSummary summarize_cell(const std::vector<RunResult>& all,
                           const Cell& cell) {
  CellSummary summary{.cell = cell, .sides = {}, .pair = {}};
  for (const Variant variant :
       {Variant::kNone, Variant::kBuiltin, Variant::kGpuZstd}) {
    const Runs runs = runs_of(all, cell, variant);
    if (!runs.empty()) {
      summary.sides.push_back(summarize_side(variant, runs));
    }
  }
  const Runs builtin = runs_of(all, cell, Variant::kBuiltin);
  const Runs gpu_zstd = runs_of(all, cell, Variant::kGpuZstd);
  if (!builtin.empty() && !gpu_zstd.empty()) {
    summary.pair = {
        .flush_speed = pair_spread(builtin, gpu_zstd, flush_speed),
        .flush_cpu = pair_spread(builtin, gpu_zstd, flush_cpu),
        .compaction_speed = pair_spread(builtin, gpu_zstd, compaction_speed),
        .compaction_cpu = pair_spread(builtin, gpu_zstd, compaction_cpu),
        .ratio = pair_spread(builtin, gpu_zstd, ratio_of)};
  }
  return summary;
}

}  // namespace

Spread spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  const double median = values.size() % 2 == 1
                            ? values[middle]
                            : (values[middle - 1] + values[middle]) / 2;
  return {median, values.front(), values.back()};
}

double mb_per_s(const RunResult& run, const Phase& phase) {
  return static_cast<double>(run.raw_bytes) * 1e3 /
         static_cast<double>(std::max<uint64_t>(phase.wall_ns, 1));
}

double cpu_ns_per_byte(const RunResult& run, const Phase& phase) {
  return static_cast<double>(std::max<uint64_t>(phase.cpu_ns, 1)) /
         static_cast<double>(run.raw_bytes);
}

double ratio_of(const RunResult& run) {
  return static_cast<double>(run.raw_bytes) /
         static_cast<double>(run.sst_bytes);
}

std::vector<CellSummary> summarize(const std::vector<RunResult>& runs) {
  std::vector<CellSummary> cells;
  for (const RunResult& run : runs) {
    const bool known = std::any_of(
        cells.begin(), cells.end(),
        [&](const CellSummary& cell) { return cell.cell == run.spec.cell; });
    if (!known) {
      cells.push_back(summarize_cell(runs, run.spec.cell));
    }
  }
  return cells;
}

}  // namespace gpu_zstd::compare
