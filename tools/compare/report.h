// The comparison as JSON.
//
// One object, all sizes in bytes, all times in nanoseconds:
//   schema    "gpu_zstd.compare_compression/1"; the number grows when a member
//             changes its meaning or goes
//   date      when the comparison began, UTC
//   command   array of the words of the command line
//   machine   cpu, cpus, memory_bytes, kernel, load_average_1min,
//             file_system (of the databases)
//   versions  gpu_zstd, rocksdb, zstd
//   input     sources (array of paths), files, bytes, available_bytes (taken
//             and found), records ("fixed" or "lines"), value_size (if fixed),
//             keys, raw_bytes (keys and values: the input of every figure)
//   settings  repeats, write_buffer_size, gpu_zstd_options
//   cells     array of
//     level (null for the reference without compression), block_size,
//     parallel_threads, subcompactions
//     sides   array of: codec ("none", "builtin", "GpuZstd"), runs, and as
//             {median, min, max}: flush_mb_per_s, flush_cpu_ns_per_byte,
//             compaction_mb_per_s, compaction_cpu_ns_per_byte, ratio
//     gpu_zstd_over_builtin  quotients within pairs of runs, {median, min,
//             max}: flush_speed, flush_cpu, compaction_speed, compaction_cpu,
//             ratio; not in a reference cell
//   runs      array, in the order in which they were made, of
//     level, block_size, parallel_threads, subcompactions, codec, repeat
//     flush, compaction   {wall_ns, cpu_ns}
//     raw_bytes, flushed_sst_bytes, sst_bytes, sst_files
//     blocks  {cpu, gpu, does_not_fit, failed}: compressed by which engine,
//             stored as they are, failed (always 0); 0 unless GpuZstd
//     verified_keys  read back and compared without the plugin
#pragma once

#include <string>
#include <vector>

#include "tools/compare/input_files.h"
#include "tools/compare/machine.h"
#include "tools/compare/options.h"
#include "tools/compare/summary.h"

namespace gpu_zstd::compare {

struct Report {
  std::string date;
  std::vector<std::string> command;
  Machine machine;
  Versions versions;
  std::string file_system;
  InputSelection input;
  uint64_t keys = 0;
  uint64_t raw_bytes = 0;
  CompareOptions options;
  std::vector<RunResult> runs;
  std::vector<CellSummary> cells;
};

// Ends with a line feed.
std::string to_json(const Report& report);

}  // namespace gpu_zstd::compare
