#include "tools/zstd_parallel/calibrate.h"

#include <algorithm>
#include <cstdio>

namespace gpu_zstd {
namespace {

// Measures `small` against `large` on sizes that double from `from` to `to`.
std::vector<Duel> measure(BulkCodec& codec, int level, const std::string& data,
                          size_t from, size_t to, BulkStrategy small,
                          BulkStrategy large, const std::atomic<bool>& cancel) {
  std::vector<Duel> duels;
  BenchmarkPlan plan;
  plan.seconds = 0.5;
  plan.cancel = &cancel;
  for (size_t bytes = from; bytes <= to && !cancel.load(); bytes *= 2) {
    const BenchmarkCell cell =
        run_cell(codec, "", level, sized_input(data, bytes), plan);
    duels.push_back({bytes, cell.of(small).encode.median(),
                     cell.of(large).encode.median()});
    std::printf("%10zu bytes: %9.3f ms, %9.3f ms\n", bytes,
                1e3 * duels.back().small_s, 1e3 * duels.back().large_s);
    std::fflush(stdout);
  }
  return duels;
}

}  // namespace

size_t best_threshold(const std::vector<Duel>& duels) {
  size_t best = 0;
  double best_cost = -1;
  // The threshold lies below the first size, or at one of them.
  for (size_t taken = 0; taken <= duels.size(); ++taken) {
    double cost = 0;
    for (size_t i = 0; i < duels.size(); ++i) {
      const double time = i < taken ? duels[i].small_s : duels[i].large_s;
      cost += time / std::min(duels[i].small_s, duels[i].large_s);
    }
    if (best_cost < 0 || cost < best_cost) {
      best_cost = cost;
      best = taken == 0 ? 0 : duels[taken - 1].bytes;
    }
  }
  return best;
}

BulkLimits calibrate(const BulkLimits& start, const Machine& machine, int level,
                     const std::string& data, const std::atomic<bool>& cancel) {
  constexpr size_t kSmallest = size_t{256} << 10;
  constexpr size_t kSingleEnd = size_t{8} << 20;
  constexpr size_t kLargest = size_t{512} << 20;
  BulkLimits limits = start;
  BulkCodec codec(start);
  std::printf("single, work stealing (level %d, %u threads)\n", level,
              start.workers);
  limits.single_max_bytes = best_threshold(
      measure(codec, level, data, kSmallest, kSingleEnd, BulkStrategy::kSingle,
              BulkStrategy::kWorkStealing, cancel));
  std::printf("work stealing, pipeline\n");
  const size_t largest =
      std::clamp(4 * machine.llc_bytes, 2 * kSingleEnd, kLargest);
  limits.work_stealing_max_bytes = best_threshold(
      measure(codec, level, data, kSingleEnd, largest,
              BulkStrategy::kWorkStealing, BulkStrategy::kPipeline, cancel));
  return limits;
}

std::string settings_text(const BulkLimits& limits) {
  return std::string("export ") + kWorkersVariable + "=" +
         std::to_string(limits.workers) + "\nexport " + kSingleMaxVariable +
         "=" + std::to_string(limits.single_max_bytes) + "\nexport " +
         kStealingMaxVariable + "=" +
         std::to_string(limits.work_stealing_max_bytes) + "\n";
}

}  // namespace gpu_zstd
