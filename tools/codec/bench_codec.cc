// bench_codec: engines side by side on blocks of files: ratio, speed with all
// blocks at once, latency by batch size.
#include <gflags/gflags.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "gpu_codec/params.h"
#include "tools/codec/codec_benchmark.h"
#include "tools/codec/codec_report.h"
#include "tools/codec/input.h"

DEFINE_string(
    engine, "host,cpu",
    "engines, which take turns. host: the GPU encoder's algorithms "
    "on the CPU, same bytes as gpu; cpu: libzstd; gpu: the kernel, "
    "with data on the device; nvcomp: nvCOMP's batched zstd, likewise, "
    "beside the first level, for it has none; stream, "
    "stream_pinned: the streaming pipeline, from ordinary or pinned "
    "host memory to host memory");
DEFINE_string(nvcomp_library, "",
              "file of nvCOMP 5 or 6 for engine nvcomp; empty: libnvcomp.so "
              "where the loader looks");
DEFINE_string(levels, "1,3,9,12,19", "zstd levels, 1 to 22");
DEFINE_string(block_sizes, "16384", "bytes of a block, 1 to 1073741824");
DEFINE_string(
    batches, "1",
    "blocks at once that latencies are taken of; more than an input has "
    "are left out");
DEFINE_string(repeats, "5",
              "rounds of all blocks; a latency has four times "
              "as many");
DEFINE_string(threads, "0", "threads of host and cpu; 0: all there are");
DEFINE_string(max_bytes, "0", "bytes taken of the front of each file; 0: all");
DEFINE_string(bulk_bytes, "0",
              "repeat a shorter input to so many bytes, to fill a device");
DEFINE_bool(checksum, false, "append each frame's XXH64");
DEFINE_string(json, "", "write all figures to this file");

namespace gpu_zstd::tools {
namespace {

constexpr uint64_t kMaxNumber = uint64_t{1} << 40;

// A file's content, repeated to at least `bytes`.
std::vector<uint8_t> bench_input(const std::string& path, uint64_t max_bytes,
                                 uint64_t bytes) {
  std::vector<uint8_t> content = read_input(path, max_bytes);
  if (content.empty()) throw std::runtime_error(path + " is empty");
  const size_t once = content.size();
  while (content.size() < bytes) {
    content.resize(content.size() + once);
    std::copy_n(content.end() - 2 * static_cast<ptrdiff_t>(once), once,
                content.end() - static_cast<ptrdiff_t>(once));
  }
  return content;
}

// Those that measure at a level: one without levels is measured once.
std::vector<std::string> engines_of(bool first_level) {
  std::vector<std::string> engines = split_list(FLAGS_engine);
  std::erase_if(engines, [&](const std::string& engine) {
    return !first_level && !has_levels(engine);
  });
  return engines;
}

BenchmarkPlan plan_of_flags() {
  BenchmarkPlan plan;
  plan.options.checksum = FLAGS_checksum;
  plan.options.nvcomp_library = FLAGS_nvcomp_library;
  plan.options.threads =
      static_cast<unsigned>(parse_number("threads", FLAGS_threads, 0, 1024));
  if (plan.options.threads == 0) {
    plan.options.threads = std::max(1u, std::thread::hardware_concurrency());
  }
  plan.batches = parse_numbers("batches", FLAGS_batches, 1, 1 << 20);
  plan.repeats = parse_number("repeats", FLAGS_repeats, 1, 1000);
  return plan;
}

void save(const std::string& path, const std::string& text) {
  std::ofstream out(path);
  out << text;
  out.close();
  if (!out) throw std::runtime_error("cannot write " + path);
}

std::vector<BenchmarkCell> measure(const std::vector<std::string>& paths) {
  BenchmarkPlan plan = plan_of_flags();
  const auto levels =
      parse_numbers("levels", FLAGS_levels, kMinLevel, kMaxLevel);
  const auto sizes =
      parse_numbers("block_sizes", FLAGS_block_sizes, 1, 1 << 30);
  const uint64_t max_bytes =
      parse_number("max_bytes", FLAGS_max_bytes, 0, kMaxNumber);
  const uint64_t bulk_bytes =
      parse_number("bulk_bytes", FLAGS_bulk_bytes, 0, kMaxNumber);
  std::vector<BenchmarkCell> cells;
  std::fputs(table_header().c_str(), stdout);
  for (const std::string& path : paths) {
    const auto input = bench_input(path, max_bytes, bulk_bytes);
    for (const uint64_t block_bytes : sizes) {
      for (const uint64_t level : levels) {
        plan.options.level = static_cast<int>(level);
        plan.engines = engines_of(level == levels.front());
        if (plan.engines.empty()) continue;
        cells.push_back(run_cell(plan, std::filesystem::path(path).filename(),
                                 BlockList{input, block_bytes}));
        std::fputs(table_lines(cells.back()).c_str(), stdout);
        std::fputs(device_lines(cells.back()).c_str(), stdout);
        std::fflush(stdout);
      }
    }
  }
  return cells;
}

}  // namespace
}  // namespace gpu_zstd::tools

int main(int argc, char** argv) {
  gflags::SetUsageMessage(
      "compares zstd encoders on blocks of files; every frame is decoded by "
      "libzstd and compared\n\n"
      "  bench_codec --engine=gpu,cpu --levels=1,3 --block_sizes=16384 "
      "FILE...");
  const std::vector<std::string> command(argv, argv + argc);
  gflags::ParseCommandLineFlags(&argc, &argv, true);
  try {
    if (argc < 2) throw std::runtime_error("expected files; see --help");
    using namespace gpu_zstd::tools;
    const auto cells = measure({argv + 1, argv + argc});
    std::fputs(summary_lines(cells).c_str(), stdout);
    std::string line;
    for (const std::string& word : command)
      line += (line.empty() ? "" : " ") + word;
    if (!FLAGS_json.empty()) save(FLAGS_json, json_report(cells, line));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_codec: %s\n", e.what());
    return 1;
  }
  return 0;
}
