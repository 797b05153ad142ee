#include "tools/compare/schedule.h"

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

namespace gpu_zstd::compare {
namespace {

// libzstd's time for a byte in 16 KB blocks, one thread.
double zstd_ns_per_byte(int level) {
  struct Point {
    int level;
    double ns;
  };
  static constexpr std::array<Point, 8> kPoints{{{0, 3},
                                                 {1, 5},
                                                 {3, 7},
                                                 {6, 15},
                                                 {9, 28},
                                                 {12, 90},
                                                 {15, 190},
                                                 {22, 400}}};
  for (size_t i = 1; i < kPoints.size(); ++i) {
    const Point& low = kPoints[i - 1];
    const Point& high = kPoints[i];
    if (level <= high.level) {
      const int above = std::max(level, low.level) - low.level;
      return low.ns + (high.ns - low.ns) * above / (high.level - low.level);
    }
  }
  return kPoints.back().ns;
}

}  // namespace

std::vector<RunSpec> make_schedule(const std::vector<Cell>& cells,
                                   int repeats) {
  std::vector<RunSpec> runs;
  bool builtin_first = true;
  for (const Cell& cell : cells) {
    if (cell.reference) {
      runs.push_back({cell, Variant::kNone, 0});
      continue;
    }
    for (int repeat = 0; repeat < repeats; ++repeat) {
      RunSpec first{cell, Variant::kBuiltin, repeat};
      RunSpec second{cell, Variant::kGpuZstd, repeat};
      if (!builtin_first) {
        std::swap(first.variant, second.variant);
      }
      runs.push_back(first);
      runs.push_back(second);
      builtin_first = !builtin_first;
    }
  }
  return runs;
}

double estimated_seconds(const RunSpec& run, uint64_t raw_bytes) {
  constexpr double kFillNs = 4;
  constexpr double kFlushNs = 2;
  constexpr double kCompactNs = 2;
  constexpr double kVerifyNs = 2;
  const double compress_ns =
      run.cell.reference ? 0 : zstd_ns_per_byte(run.cell.level);
  const double cpus = std::max(1U, std::thread::hardware_concurrency());
  const double threads = run.cell.parallel_threads;
  const double flush_ways = std::min(cpus, threads);
  const double compact_ways = std::min(cpus, threads * run.cell.subcompactions);
  const double ns = kFillNs + kVerifyNs +
                    (kFlushNs + compress_ns) / flush_ways +
                    (kCompactNs + compress_ns) / compact_ways;
  return ns * static_cast<double>(raw_bytes) * 1e-9;
}

std::string describe(const RunSpec& run) {
  return describe(run.cell) + ", " + name_of(run.variant) + ", repeat " +
         std::to_string(run.repeat + 1);
}

}  // namespace gpu_zstd::compare
