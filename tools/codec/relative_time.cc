#include "tools/codec/relative_time.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <tuple>

namespace gpu_zstd::tools {
namespace {

using Key = std::tuple<int, size_t, std::string>;  // level, block size, engine

constexpr size_t kShown = 4;

double bulk_seconds_per_byte(const EngineResult& r) {
  return r.bulk.median() / static_cast<double>(r.raw_bytes);
}

double block_quotient(const EngineResult& r, const EngineResult& base) {
  const Samples* own = r.one_block();
  const Samples* other = base.one_block();
  if (own == nullptr || other == nullptr) return 0;
  return own->median() / other->median();
}

// Such as "bulk: 0 of 315 above 3; runs 2.10, period 7 1.95".
std::string slowest_line(std::vector<RelativeTime> times,
                         double RelativeTime::*time, double limit) {
  std::ranges::sort(times, std::ranges::greater(), time);
  const auto above = std::ranges::count_if(
      times, [&](const RelativeTime& t) { return t.*time > limit; });
  char number[64];
  std::snprintf(number, sizeof(number),
                "%td of %zu above %.1f; slowest:", above, times.size(), limit);
  std::string line = number;
  for (size_t i = 0; i < std::min(kShown, times.size()); ++i) {
    std::snprintf(number, sizeof(number), " %.2f", times[i].*time);
    line += (i == 0 ? " " : ", ") + times[i].input + number;
  }
  return line + '\n';
}

}  // namespace

std::vector<RelativeTime> relative_times(
    const std::vector<BenchmarkCell>& cells, const std::string& baseline) {
  std::map<Key, const EngineResult*> bases;
  for (const BenchmarkCell& cell : cells) {
    if (cell.input != baseline) continue;
    for (const EngineResult& r : cell.engines) {
      bases[{cell.level, cell.block_bytes, r.engine}] = &r;
    }
  }
  std::vector<RelativeTime> times;
  for (const BenchmarkCell& cell : cells) {
    if (cell.input == baseline) continue;
    for (const EngineResult& r : cell.engines) {
      const auto base = bases.find({cell.level, cell.block_bytes, r.engine});
      if (base == bases.end()) continue;
      times.push_back(
          {cell.input, r.engine, cell.level, cell.block_bytes,
           bulk_seconds_per_byte(r) / bulk_seconds_per_byte(*base->second),
           block_quotient(r, *base->second)});
    }
  }
  return times;
}

std::string relative_lines(const std::vector<RelativeTime>& times,
                           const std::string& baseline, double limit) {
  std::map<Key, std::vector<RelativeTime>> groups;
  for (const RelativeTime& t : times) {
    groups[{t.level, t.block_bytes, t.engine}].push_back(t);
  }
  std::string lines = "time of an input, in times of " + baseline + "\n";
  for (const auto& [key, group] : groups) {
    const auto& [level, block_bytes, engine] = key;
    const std::string name = "level " + std::to_string(level) + ", blocks of " +
                             std::to_string(block_bytes) + ", " + engine;
    lines +=
        name + ", bulk: " + slowest_line(group, &RelativeTime::bulk, limit);
    if (group[0].block > 0) {
      lines += name + ", one block: " +
               slowest_line(group, &RelativeTime::block, limit);
    }
  }
  return lines;
}

}  // namespace gpu_zstd::tools
