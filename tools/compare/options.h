// What a comparison is asked to do, checked.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/compare/cell.h"

namespace gpu_zstd::compare {

enum class RecordRule : uint8_t { kFixed, kLines };

struct CompareOptions {
  // Input.
  std::vector<std::string> paths;  // empty: files of this machine
  std::string rocksdb_source;      // one of those; may be empty
  RecordRule records = RecordRule::kFixed;
  uint32_t value_size = 400;  // bytes; with kFixed
  uint64_t max_input_bytes = 0;

  // What is compared.
  std::vector<int> levels;
  std::vector<uint32_t> block_sizes;
  std::vector<uint32_t> parallel_threads;
  std::vector<uint32_t> subcompactions;
  int repeats = 3;
  uint64_t write_buffer_size = 0;  // raw bytes of one flush
  std::string gpu_zstd_options;    // options string without id, may be empty

  // Where things go. Empty: see main.cc.
  std::string db;
  std::string out;  // made if it is missing
  std::string json_path;
  std::string plot_path;  // empty: no picture
  bool quiet = false;
  bool verbose = false;
};

// Reads "1,3,9". Throws a usage error that names `flag` unless each part is a
// whole number from `low` to `high` and none occurs twice.
std::vector<int64_t> parse_numbers(const std::string& flag,
                                   const std::string& text, int64_t low,
                                   int64_t high);

// The same for zstd levels: -131072 to -1 and 1 to 22.
std::vector<int> parse_levels(const std::string& flag, const std::string& text);

// Returns `value`; a usage error unless it lies from `low` to `high`.
int64_t checked(const std::string& flag, int64_t value, int64_t low,
                int64_t high);

RecordRule parse_record_rule(const std::string& flag, const std::string& text);

// A usage error for options that would make the two sides unequal (level,
// parallel_threads: the cells set them) or that GpuZstd does not know.
void check_gpu_zstd_options(const std::string& flag, const std::string& text);

// The cells of a comparison: every combination, block size outermost, the
// uncompressed reference of a block size before its levels.
std::vector<Cell> cells_of(const CompareOptions& options);

}  // namespace gpu_zstd::compare
