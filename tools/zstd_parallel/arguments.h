// The command line of zstd_parallel, in the habits of the zstd command: short
// flags bundle (-19kf), a number is the level, files and flags mix.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "cpu_fallback/bulk/types.h"

namespace gpu_zstd {

enum class Mode {
  kCompress,
  kDecompress,
  kTest,
  kBenchmark,
  kCalibrate,
  kHelp,
  kVersion,
};

struct Arguments {
  Mode mode = Mode::kCompress;
  int level = 3;
  int last_level = 0;       // -e#: benchmark up to here; 0: `level` alone
  unsigned threads = 0;     // 0: what the machine grants
  size_t memory_bytes = 0;  // 0: the default
  BulkStrategy strategy = BulkStrategy::kAutomatic;
  bool seekable = false;
  bool checksum = true;
  int window_log = 0;      // --long
  size_t frame_bytes = 0;  // -B#
  bool force = false;
  bool remove_source = false;
  bool to_stdout = false;
  bool sync = true;
  int verbosity = 2;   // 0 nothing, 1 errors, 2 results, 3 more, 4 all
  std::string output;  // -o
  std::vector<std::string> inputs;  // none: standard input
  // Benchmark.
  double seconds = 1;           // -i#: for each size and level
  std::vector<size_t> sizes;    // --sizes=; none: the whole file
  size_t single_max_bytes = 0;  // --skip-single-above=; 0: no limit
  std::string json;             // --json=: file to write
  std::string plot;             // --plot=: gnuplot script to write
};

struct ArgumentError {
  std::string message;
};

// `words` are argv without the program's name.
std::variant<Arguments, ArgumentError> parse_arguments(
    const std::vector<std::string>& words);

}  // namespace gpu_zstd
