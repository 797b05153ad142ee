#include "tools/sst_recompress/bench_flags.h"

#include "tools/compare/options.h"
#include "tools/sst_recompress/flag_values.h"

DEFINE_string(dir, "/dev/shm/bench_recompress",
              "Where databases are made; must not exist");
DEFINE_string(levels, "3,9", "zstd levels, separated by commas");
DEFINE_string(engine, "cpu", "Engine of the rewrite: cpu, gpu or auto");
DEFINE_string(source, "kLZ4Compression", "Compression of the source files");
DEFINE_string(verify, "checksum", "Of the rewrite: none, checksum or full");
DEFINE_int32(block_size, 16384, "Of the source files, bytes");
DEFINE_int32(value_size, 400, "Bytes of a value");
DEFINE_int32(copies, 1, "Times that the input is taken");
DEFINE_int32(threads, 2, "For each of the three");
DEFINE_int32(repeats, 5, "Rounds");
DEFINE_int32(memory_mb, 256, "As of sst_recompress");
DEFINE_bool(compact, true, "Measure CompactRange() too");

namespace gpu_zstd::recompress {

std::vector<int> check_bench_flags() {
  constexpr int64_t kMany = 1 << 30;
  constexpr int64_t kMostThreads = 1024;
  to_engines(FLAGS_engine, /*may_be_several=*/false);
  to_verify_mode(FLAGS_verify);
  compare::checked("block_size", FLAGS_block_size, 1, kMany);
  compare::checked("value_size", FLAGS_value_size, 1, kMany);
  compare::checked("copies", FLAGS_copies, 1, kMany);
  compare::checked("threads", FLAGS_threads, 1, kMostThreads);
  compare::checked("repeats", FLAGS_repeats, 1, kMany);
  compare::checked("memory_mb", FLAGS_memory_mb, 1, kMany);
  return compare::parse_levels("levels", FLAGS_levels);
}

}  // namespace gpu_zstd::recompress
