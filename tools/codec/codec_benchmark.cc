#include "tools/codec/codec_benchmark.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "tools/codec/frame_check.h"

namespace gpu_zstd::tools {
namespace {

// A single batch takes little time and differs by its place in the input.
constexpr uint64_t kLatencyRounds = 4;

// An engine at work, and what it has shown.
struct Contender {
  std::unique_ptr<EncodeEngine> engine;
  EngineResult result;
};

class Cell {
 public:
  Cell(const BenchmarkPlan& plan, const BlockList& blocks)
      : plan_(plan), blocks_(blocks) {
    for (const std::string& name : plan.engines) {
      Contender c{make_engine(name, plan.options), {}};
      c.engine->load(blocks);
      c.result.engine = name;
      c.result.has_level = has_levels(name);
      c.result.measures = c.engine->measures();
      c.result.raw_bytes = blocks.input.size();
      contenders_.push_back(std::move(c));
    }
  }

  std::vector<EngineResult> run() {
    for (Contender& c : contenders_) warm_up(c);
    compare_models();
    measure_bulk();
    for (const uint64_t batch : plan_.batches) {
      if (batch <= blocks_.count()) measure_batch(batch);
    }
    std::vector<EngineResult> results;
    for (Contender& c : contenders_) {
      c.result.resources = c.engine->resources();
      results.push_back(std::move(c.result));
    }
    return results;
  }

 private:
  double checked_encode(Contender& c, size_t first, size_t count) {
    const double seconds = c.engine->encode(first, count);
    const auto wrong = wrong_block(blocks_, first, count, c.engine->frames());
    if (wrong.has_value()) {
      throw std::runtime_error(
          "engine " + c.result.engine + ", level " +
          std::to_string(plan_.options.level) + ": the frame of block " +
          std::to_string(*wrong) + " does not decode to it");
    }
    return seconds;
  }

  void warm_up(Contender& c) {
    checked_encode(c, 0, blocks_.count());
    const std::vector<size_t>& sizes = c.engine->frames().sizes;
    c.result.frame_bytes =
        std::accumulate(sizes.begin(), sizes.end(), uint64_t{0});
    c.engine->take_stage_cycles();
  }

  void compare_models() {
    Contender* first = nullptr;
    for (Contender& c : contenders_) {
      if (!makes_model_frames(c.result.engine)) continue;
      if (first == nullptr) {
        first = &c;
      } else {
        compare_frames(*first, c);
      }
    }
  }

  void compare_frames(Contender& a, Contender& b) {
    for (size_t k = 0; k < blocks_.count(); ++k) {
      if (!std::ranges::equal(a.engine->frames().frame(k),
                              b.engine->frames().frame(k))) {
        throw std::runtime_error(
            "level " + std::to_string(plan_.options.level) +
            ": the frames of block " + std::to_string(k) + " from engines " +
            a.result.engine + " and " + b.result.engine + " differ");
      }
    }
  }

  void measure_bulk() {
    for (uint64_t round = 0; round < plan_.repeats; ++round) {
      for (Contender& c : contenders_) {
        c.result.bulk.seconds.push_back(checked_encode(c, 0, blocks_.count()));
      }
    }
    for (Contender& c : contenders_) {
      c.result.bulk_cycles = c.engine->take_stage_cycles();
    }
  }

  // Batches from all over the input, for blocks differ.
  void measure_batch(size_t batch) {
    for (Contender& c : contenders_) c.result.latencies.push_back({batch, {}});
    const uint64_t rounds = kLatencyRounds * plan_.repeats;
    for (uint64_t round = 0; round < rounds; ++round) {
      const size_t first = (blocks_.count() - batch) * round / rounds;
      for (Contender& c : contenders_) {
        c.result.latencies.back().samples.seconds.push_back(
            checked_encode(c, first, batch));
      }
    }
    for (Contender& c : contenders_) {
      const Figures cycles = c.engine->take_stage_cycles();
      if (batch == 1) c.result.block_cycles = cycles;
    }
  }

  const BenchmarkPlan& plan_;
  const BlockList& blocks_;
  std::vector<Contender> contenders_;
};

}  // namespace

double Samples::quantile(double share) const {
  if (seconds.empty()) return 0;
  std::vector<double> sorted = seconds;
  std::sort(sorted.begin(), sorted.end());
  return sorted[static_cast<size_t>(
      share * static_cast<double>(sorted.size() - 1) + 0.5)];
}

const Samples* EngineResult::one_block() const {
  const auto found = std::ranges::find(latencies, 1u, &BatchLatency::blocks);
  return found == latencies.end() ? nullptr : &found->samples;
}

double EngineResult::ratio() const {
  return static_cast<double>(raw_bytes) / static_cast<double>(frame_bytes);
}

double EngineResult::gigabytes_per_second() const {
  const double seconds = bulk.median();
  return seconds > 0 ? static_cast<double>(raw_bytes) / seconds / 1e9 : 0;
}

BenchmarkCell run_cell(const BenchmarkPlan& plan, const std::string& name,
                       const BlockList& blocks) {
  return {name, plan.options.level, blocks.block_bytes,
          Cell(plan, blocks).run()};
}

}  // namespace gpu_zstd::tools
