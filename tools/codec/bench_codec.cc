// bench_codec: engines side by side on blocks of files: ratio, speed with all
// blocks at once, latency by batch size.
#include <gflags/gflags.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "gpu_codec/params.h"
#include "tools/codec/codec_benchmark.h"
#include "tools/codec/codec_report.h"
#include "tools/codec/generated_input.h"
#include "tools/codec/input.h"
#include "tools/codec/relative_time.h"
#include "tools/process/interrupt.h"
#include "tools/process/output_file.h"

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
DEFINE_bool(
    generated, false,
    "after the files, measure generated inputs (constant, periods 1 to "
    "300, runs, noise, long chains and others) and how much longer each "
    "takes than the first file, which should be text");
DEFINE_bool(checksum, false, "append each frame's XXH64");
DEFINE_string(json, "",
              "write all figures to this file; after an error those that there "
              "are");

namespace gpu_zstd::tools {
namespace {

constexpr uint64_t kMaxNumber = uint64_t{1} << 40;

// A file or generated input of this many times the time of the first file's is
// called slow.
constexpr double kSlow = 3;

// `content` repeated to at least `bytes`.
std::vector<uint8_t> repeated(std::vector<uint8_t> content, uint64_t bytes) {
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

// All that was asked to be measured, cell by cell.
class Sweep {
 public:
  Sweep()
      : plan_(plan_of_flags()),
        levels_(parse_numbers("levels", FLAGS_levels, kMinLevel, kMaxLevel)),
        block_sizes_(
            parse_numbers("block_sizes", FLAGS_block_sizes, 1, 1 << 30)),
        max_bytes_(parse_number("max_bytes", FLAGS_max_bytes, 0, kMaxNumber)),
        bulk_bytes_(
            parse_number("bulk_bytes", FLAGS_bulk_bytes, 0, kMaxNumber)) {
    std::fputs(table_header().c_str(), stdout);
  }

  void measure_file(const std::string& path) {
    const auto input = repeated(read_input(path, max_bytes_), bulk_bytes_);
    for (const uint64_t block_bytes : block_sizes_) {
      measure(std::filesystem::path(path).filename(),
              BlockList{input, block_bytes}, false);
    }
  }

  void measure_generated() {
    for (const uint64_t block_bytes : block_sizes_) {
      for (inputs::NamedChunk& shape : generated_inputs(block_bytes)) {
        const auto input = repeated(std::move(shape.bytes), bulk_bytes_);
        measure(shape.name, BlockList{input, block_bytes}, true);
      }
    }
  }

  const std::vector<BenchmarkCell>& cells() const { return cells_; }

 private:
  void measure(const std::string& name, const BlockList& blocks,
               bool generated) {
    for (const uint64_t level : levels_) {
      plan_.options.level = static_cast<int>(level);
      plan_.engines = engines_of(level == levels_.front());
      if (plan_.engines.empty()) continue;
      cells_.push_back(run_cell(plan_, name, blocks));
      cells_.back().generated = generated;
      std::fputs(table_lines(cells_.back()).c_str(), stdout);
      if (!generated) {
        std::fputs(device_lines(cells_.back()).c_str(), stdout);
      }
      std::fflush(stdout);
    }
  }

  BenchmarkPlan plan_;
  std::vector<uint64_t> levels_;
  std::vector<uint64_t> block_sizes_;
  uint64_t max_bytes_;
  uint64_t bulk_bytes_;
  std::vector<BenchmarkCell> cells_;
};

std::vector<RelativeTime> measure_all(const std::vector<std::string>& paths,
                                      Sweep* sweep) {
  for (const std::string& path : paths) sweep->measure_file(path);
  std::string summary = summary_lines(sweep->cells());
  std::vector<RelativeTime> times;
  if (FLAGS_generated) {
    sweep->measure_generated();
    const std::string text = std::filesystem::path(paths[0]).filename();
    times = relative_times(sweep->cells(), text);
    summary += relative_lines(times, text, kSlow);
  }
  std::fputs(summary.c_str(), stdout);
  return times;
}

void run(const std::vector<std::string>& paths, const std::string& command) {
  for (const std::string& path : paths) require_content(path);
  if (!FLAGS_json.empty()) require_writable(FLAGS_json);
  Sweep sweep;
  const auto write_json = [&](const std::vector<RelativeTime>& times,
                              const std::string& error) {
    if (FLAGS_json.empty() || sweep.cells().empty()) return;
    write_output(FLAGS_json, json_report(sweep.cells(), times, command, error));
  };
  try {
    write_json(measure_all(paths, &sweep), "");
  } catch (const std::exception& e) {
    write_json({}, e.what());
    throw;
  }
}

}  // namespace
}  // namespace gpu_zstd::tools

int main(int argc, char** argv) {
  gflags::SetUsageMessage(
      "compares zstd encoders on blocks of files; every frame is decoded by "
      "libzstd and compared\n\n"
      "  bench_codec --engine=gpu,cpu --levels=1,3 --block_sizes=16384 "
      "FILE...");
  const std::string command = gpu_zstd::tools::command_line(argc, argv);
  gflags::ParseCommandLineFlags(&argc, &argv, true);
  gpu_zstd::end_on_signals();
  try {
    if (argc < 2) throw std::runtime_error("expected files; see --help");
    gpu_zstd::tools::run({argv + 1, argv + argc}, command);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_codec: %s\n", e.what());
    return 1;
  }
  return 0;
}
