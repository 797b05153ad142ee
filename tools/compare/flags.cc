#include "tools/compare/flags.h"

#include <gflags/gflags.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "tools/compare/error.h"
#include "tools/process/parse_flags.h"

DEFINE_string(records, "fixed",
              "How input becomes values: 'fixed' (--value_size bytes each) or "
              "'lines'");
DEFINE_int32(value_size, 400, "Bytes of a value, with --records=fixed");
DEFINE_int32(max_input_mb, 64,
             "Use at most this much input (10^6 bytes), shared evenly among "
             "the paths. More input gives steadier figures and takes longer");
DEFINE_string(rocksdb_source, GPU_ZSTD_ROCKSDB_SOURCE,
              "A RocksDB source tree, part of the input if no paths are given");
DEFINE_string(levels, "1,3,9", "zstd levels, 1 to 22 or negative");
DEFINE_string(block_sizes, "4096,16384,65536",
              "Sizes of uncompressed data blocks in bytes");
DEFINE_string(parallel_threads, "1",
              "Threads that compress one SST file (compression_opts)");
DEFINE_string(subcompactions, "1", "Ranges that a compaction is split into");
DEFINE_int32(repeats, 3, "Pairs of runs of each setting");
DEFINE_int64(write_buffer_size, 8 << 20,
             "Bytes of keys and values (with overhead) that one flush writes");
DEFINE_string(gpu_zstd_options, "",
              "Options of the plugin, such as 'mode=cpu_only'");
DEFINE_string(db, "",
              "Working directory, new or empty, for instance on a RAM file "
              "system; default: a new one under $TMPDIR or /tmp. It is emptied "
              "again at the end");
DEFINE_string(json, "", "Write all figures and circumstances to this file");
DEFINE_string(plot, "",
              "Draw speed against ratio into this file (.svg or .png), 'none' "
              "for no picture; default: compare_compression.svg, beside the "
              "JSON file or in --out");
DEFINE_string(out, "",
              "Directory for compare_compression.json and .svg, made if "
              "missing; --json and --plot name others");
DEFINE_bool(quiet, false, "No progress and no heading, only the result");
DEFINE_bool(v, false, "A line on stderr for every run");

DECLARE_bool(help);
DECLARE_bool(helpshort);
DECLARE_bool(version);

namespace gpu_zstd::compare {
namespace {

namespace fs = std::filesystem;

constexpr char kUsage[] =
    "compares RocksDB's built-in zstd with GpuZstd on your data.\n\n"
    "  compare_compression\n"
    "      on files of this machine: system libraries, headers, sources\n"
    "  compare_compression --levels=3 --block_sizes=16384 --records=lines \\\n"
    "      --max_input_mb=500 --db=/dev/shm/compare /var/log/events.json\n"
    "      one setting, on lines of your file, databases in memory\n"
    "  compare_compression --parallel_threads=1,4 --subcompactions=1,4 \\\n"
    "      --out=results /data/samples\n"
    "      on all files of a directory; JSON and picture go to results/\n\n"
    "For each setting a database is filled, flushed, compacted and read back\n"
    "without the plugin, by both in turn. Nothing remains but the results.\n"
    "Exit status: 0 all runs good; 1 a run or the input was bad; 2 a flag\n"
    "cannot be used; 128 + n ended by signal n.";

template <typename T>
std::vector<T> narrow(const std::vector<int64_t>& numbers) {
  return {numbers.begin(), numbers.end()};
}

std::string plot_path() {
  if (FLAGS_plot == "none") {
    return "";
  }
  if (FLAGS_plot.empty()) {
    const fs::path directory = FLAGS_out.empty()
                                   ? fs::path(FLAGS_json).parent_path()
                                   : fs::path(FLAGS_out);
    return (directory / "compare_compression.svg").string();
  }
  if (!FLAGS_plot.ends_with(".svg") && !FLAGS_plot.ends_with(".png")) {
    throw usage_error("plot", FLAGS_plot,
                      "expected a name that ends in .svg or .png, or 'none'");
  }
  return FLAGS_plot;
}

std::string json_path() {
  if (FLAGS_json.empty() && !FLAGS_out.empty()) {
    return (fs::path(FLAGS_out) / "compare_compression.json").string();
  }
  return FLAGS_json;
}

// The compiled-in tree may have gone; one that was asked for must be there.
std::string rocksdb_source() {
  const auto info = gflags::GetCommandLineFlagInfoOrDie("rocksdb_source");
  if (!info.is_default && !FLAGS_rocksdb_source.empty() &&
      !fs::is_directory(FLAGS_rocksdb_source)) {
    throw usage_error("rocksdb_source", FLAGS_rocksdb_source,
                      "expected a directory");
  }
  return FLAGS_rocksdb_source;
}

CompareOptions options_from_flags() {
  constexpr int64_t kMaxThreads = 64;
  CompareOptions options;
  options.rocksdb_source = rocksdb_source();
  options.records = parse_record_rule("records", FLAGS_records);
  options.value_size = static_cast<uint32_t>(
      checked("value_size", FLAGS_value_size, 1, 1 << 20));
  options.max_input_bytes =
      static_cast<uint64_t>(
          checked("max_input_mb", FLAGS_max_input_mb, 1, 1'000'000)) *
      1'000'000;
  options.levels = parse_levels("levels", FLAGS_levels);
  options.block_sizes = narrow<uint32_t>(
      parse_numbers("block_sizes", FLAGS_block_sizes, 1024, 16 << 20));
  options.parallel_threads = narrow<uint32_t>(parse_numbers(
      "parallel_threads", FLAGS_parallel_threads, 1, kMaxThreads));
  options.subcompactions = narrow<uint32_t>(
      parse_numbers("subcompactions", FLAGS_subcompactions, 1, kMaxThreads));
  options.repeats =
      static_cast<int>(checked("repeats", FLAGS_repeats, 1, 1000));
  options.write_buffer_size = static_cast<uint64_t>(checked(
      "write_buffer_size", FLAGS_write_buffer_size, 64 << 10, 4LL << 30));
  check_gpu_zstd_options("gpu_zstd_options", FLAGS_gpu_zstd_options);
  options.gpu_zstd_options = FLAGS_gpu_zstd_options;
  options.db = FLAGS_db;
  options.out = FLAGS_out;
  options.json_path = json_path();
  options.plot_path = plot_path();
  options.quiet = FLAGS_quiet;
  options.verbose = FLAGS_v;
  return options;
}

}  // namespace

CompareOptions parse_command_line(int argc, char** argv) {
  gflags::SetUsageMessage(kUsage);
  gflags::SetVersionString(GPU_ZSTD_VERSION);
  parse_flags(&argc, &argv);
  if (FLAGS_help || FLAGS_helpshort) {
    gflags::ShowUsageWithFlagsRestrict(gflags::ProgramInvocationShortName(),
                                       "compare/flags");
    std::exit(0);
  }
  if (FLAGS_version) {
    std::printf("compare_compression %s\n", GPU_ZSTD_VERSION);
    std::exit(0);
  }
  gflags::HandleCommandLineHelpFlags();
  CompareOptions options = options_from_flags();
  options.paths.assign(argv + 1, argv + argc);
  return options;
}

}  // namespace gpu_zstd::compare
