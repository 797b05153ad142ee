// Measures engines on the blocks of an input, in turns: every round runs each
// engine once, so that what disturbs the machine disturbs all.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tools/codec/encode_engine.h"

namespace gpu_zstd::tools {

// Repeated measurements of one thing.
struct Samples {
  std::vector<double> seconds;

  // The value that a share of them, 0 to 1, do not exceed; 0 without samples.
  double quantile(double share) const;
  double median() const { return quantile(0.5); }
};

// Blocks encoded in one call, and the time until all of them are done.
struct BatchLatency {
  size_t blocks = 0;
  Samples samples;
};

// One engine on one input at one level and block size.
struct EngineResult {
  std::string engine;
  bool has_level = true;  // whether the cell's level says anything of it
  std::string measures;   // what its seconds are
  uint64_t raw_bytes = 0;
  uint64_t frame_bytes = 0;
  Samples bulk;  // all blocks
  std::vector<BatchLatency> latencies;
  Figures resources;
  Figures block_cycles;  // by stage, of blocks that are alone
  Figures bulk_cycles;   // by stage, of blocks of a full device

  // The latency of blocks that are alone; null where it was not taken.
  const Samples* one_block() const;
  double ratio() const;
  double gigabytes_per_second() const;
};

struct BenchmarkCell {
  std::string input;
  int level = 0;
  size_t block_bytes = 0;
  std::vector<EngineResult> engines;
  bool generated = false;  // an input that was made to be hard, not a file
};

struct BenchmarkPlan {
  std::vector<std::string> engines;
  EngineOptions options;
  std::vector<uint64_t> batches;  // sizes to take latencies of
  uint64_t repeats = 5;
};

// Measures one cell. Each frame of each run is decoded by libzstd and compared
// with its block, and those of the host model's kind with each other. Throws
// std::runtime_error when an engine fails or a frame is wrong.
BenchmarkCell run_cell(const BenchmarkPlan& plan, const std::string& name,
                       const BlockList& blocks);

}  // namespace gpu_zstd::tools
