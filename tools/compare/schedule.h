// In which order the runs of a comparison happen, and how long they may take.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/compare/cell.h"

namespace gpu_zstd::compare {

// One database: filled, flushed, compacted, read back.
struct RunSpec {
  Cell cell;
  Variant variant = Variant::kBuiltin;
  int repeat = 0;  // from 0; builtin and GpuZstd of one repeat are a pair
};

// The sides of a pair follow each other directly, and take turns in being
// first, so that a machine that slows down or speeds up does it to both.
std::vector<RunSpec> make_schedule(const std::vector<Cell>& cells, int repeats);

// A guess for a CPU of these years, for the first estimate and for weighing
// progress; nothing is judged by it.
double estimated_seconds(const RunSpec& run, uint64_t raw_bytes);

// "level 3, 16 KB blocks, GpuZstd, repeat 2".
std::string describe(const RunSpec& run);

}  // namespace gpu_zstd::compare
