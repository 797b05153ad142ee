// Benchmark results as text, JSON and a script for gnuplot.
#pragma once

#include <string>
#include <vector>

#include "tools/zstd_parallel/benchmark.h"

namespace gpu_zstd {

struct BenchmarkRun {
  Machine machine;
  BulkLimits limits;
  std::string command;  // that made it
  std::vector<BenchmarkCell> cells;
};

std::string table_header();
// One line: MB/s and spread of each strategy, efficiency, automatic over best.
std::string table_line(const BenchmarkCell& cell, unsigned cores);

std::string to_json(const BenchmarkRun& run);

// `gnuplot FILE` draws MB/s over size, a panel for each input and level, into
// a file beside it with the ending .svg.
std::string to_gnuplot(const BenchmarkRun& run, const std::string& svg_path);

}  // namespace gpu_zstd
