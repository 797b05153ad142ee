// The command line of bench_recompress.
#pragma once

#include <gflags/gflags.h>

#include <vector>

DECLARE_string(dir);
DECLARE_string(levels);
DECLARE_string(engine);
DECLARE_string(source);
DECLARE_string(verify);
DECLARE_int32(block_size);
DECLARE_int32(value_size);
DECLARE_int32(copies);
DECLARE_int32(threads);
DECLARE_int32(repeats);
DECLARE_int32(memory_mb);
DECLARE_bool(compact);

namespace gpu_zstd::recompress {

// Throws a std::runtime_error with the flag and what was expected, unless each
// has a value that can be used. Returns --levels.
std::vector<int> check_bench_flags();

}  // namespace gpu_zstd::recompress
