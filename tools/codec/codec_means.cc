#include "tools/codec/codec_means.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace gpu_zstd::tools {
namespace {

const EngineResult* cpu_of(const BenchmarkCell& cell) {
  const auto found =
      std::ranges::find(cell.engines, "cpu", &EngineResult::engine);
  return found == cell.engines.end() ? nullptr : &*found;
}

// Until finish(), the means are sums of logarithms.
void add(const BenchmarkCell& cell, const EngineResult& r, EngineMean* mean) {
  ++mean->inputs;
  mean->ratio += std::log(r.ratio());
  mean->gigabytes_per_second += std::log(r.gigabytes_per_second());
  if (const Samples* one_block = r.one_block()) {
    ++mean->timed_alone;
    mean->block_seconds += std::log(one_block->median());
  }
  const EngineResult* cpu = cpu_of(cell);
  if (cpu == nullptr || cpu == &r || !r.has_level) return;
  const double gain = r.ratio() / cpu->ratio();
  if (mean->compared == 0 || gain < mean->worst_gain) {
    mean->worst_gain = gain;
    mean->worst_input = cell.input;
  }
  ++mean->compared;
  mean->gain += std::log(gain);
  mean->speed_up +=
      std::log(r.gigabytes_per_second() / cpu->gigabytes_per_second());
}

void finish(EngineMean* mean) {
  const auto geometric = [](double* value, size_t count) {
    if (count > 0) *value = std::exp(*value / static_cast<double>(count));
  };
  geometric(&mean->ratio, mean->inputs);
  geometric(&mean->gigabytes_per_second, mean->inputs);
  geometric(&mean->block_seconds, mean->timed_alone);
  geometric(&mean->gain, mean->compared);
  geometric(&mean->speed_up, mean->compared);
}

}  // namespace

std::vector<EngineMean> engine_means(const std::vector<BenchmarkCell>& cells) {
  std::map<std::tuple<int, size_t, std::string>, EngineMean> means;
  for (const BenchmarkCell& cell : cells) {
    for (const EngineResult& r : cell.engines) {
      const int level = r.has_level ? cell.level : kNoLevel;
      EngineMean& mean = means[{level, cell.block_bytes, r.engine}];
      mean.level = level;
      mean.block_bytes = cell.block_bytes;
      mean.engine = r.engine;
      mean.measures = r.measures;
      add(cell, r, &mean);
    }
  }
  std::vector<EngineMean> list;
  for (auto& [key, mean] : means) {
    finish(&mean);
    list.push_back(std::move(mean));
  }
  return list;
}

}  // namespace gpu_zstd::tools
