// zstd_parallel: the zstd command's habits over the bulk CPU library.
#include <tbb/global_control.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tools/process/output_file.h"
#include "tools/process/signals.h"
#include "tools/process/standard_output.h"
#include "tools/zstd_parallel/arguments.h"
#include "tools/zstd_parallel/bench_report.h"
#include "tools/zstd_parallel/calibrate.h"
#include "tools/zstd_parallel/file_jobs.h"
#include "tools/zstd_parallel/help.h"

namespace gpu_zstd {
namespace {

std::atomic<bool> cancel_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

// The first signal ends the file in hand in good order, the second at once.
void on_signal(int signal_number) {
  cancel_requested.store(true);
  std::signal(signal_number, SIG_DFL);
}

int fail(const std::string& message) {
  std::fprintf(stderr, "zstd_parallel: %s\n", message.c_str());
  return 1;
}

bool read_file(const std::string& path, std::string* data) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  *data = content.str();
  return file.good() && !data->empty();
}

// Words and numbers of a fixed seed, for who has no file at hand.
std::string made_up_data() {
  std::string text;
  uint64_t random = 88172645463325252u;
  while (text.size() < (size_t{16} << 20)) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    text += random % 3 == 0 ? std::to_string(random % 100000)
                            : "word" + std::to_string(random % 700);
    text += ' ';
  }
  return text;
}

void benchmark_input(BulkCodec& codec, const Arguments& arguments,
                     const std::string& path, const std::string& data,
                     BenchmarkRun* run) {
  BenchmarkPlan plan;
  plan.seconds = arguments.seconds;
  plan.single_max_bytes = arguments.single_max_bytes;
  plan.cancel = &cancel_requested;
  std::vector<size_t> sizes = arguments.sizes;
  if (sizes.empty()) {
    sizes.push_back(data.size());
  }
  const std::string name = std::filesystem::path(path).filename().string();
  const int last = std::max(arguments.level, arguments.last_level);
  for (int level = arguments.level; level <= last; ++level) {
    for (const size_t bytes : sizes) {
      const std::string raw = sized_input(data, bytes);
      run->cells.push_back(run_cell(codec, name, level, raw, plan));
      if (cancel_requested.load()) {
        return;
      }
      std::fputs(table_line(run->cells.back(), run->limits.workers).c_str(),
                 stdout);
      std::fflush(stdout);
    }
  }
}

int run_benchmark(const Arguments& arguments, const BulkLimits& limits,
                  const std::string& command) {
  for (const std::string& path : {arguments.json, arguments.plot}) {
    if (!path.empty()) require_writable(path);
  }
  BenchmarkRun run{read_machine(), limits, command, {}};
  BulkCodec codec(limits);
  std::printf("%u cores, L2 %zu KiB, last-level cache %zu MiB, %u threads\n%s",
              run.machine.cores, run.machine.l2_bytes >> 10,
              run.machine.llc_bytes >> 20, limits.workers,
              table_header().c_str());
  for (const std::string& path : arguments.inputs) {
    std::string data;
    if (!read_file(path, &data)) {
      return fail(path + ": cannot be read, or is empty");
    }
    benchmark_input(codec, arguments, path, data, &run);
  }
  const std::string svg =
      std::filesystem::path(arguments.plot).replace_extension("svg").string();
  if (!arguments.json.empty()) write_output(arguments.json, to_json(run));
  if (!arguments.plot.empty()) {
    write_output(arguments.plot, to_gnuplot(run, svg));
  }
  bool all_right = !cancel_requested.load();
  for (const BenchmarkCell& cell : run.cells) {
    all_right = all_right && cell.error.empty();
  }
  return all_right ? 0 : 1;
}

int run_calibration(const Arguments& arguments, const BulkLimits& limits) {
  std::string data;
  if (arguments.inputs.empty()) {
    data = made_up_data();
  } else if (!read_file(arguments.inputs[0], &data)) {
    return fail(arguments.inputs[0] + ": cannot be read, or is empty");
  }
  const BulkLimits found = calibrate(limits, read_machine(), arguments.level,
                                     data, cancel_requested);
  if (cancel_requested.load()) {
    return 1;
  }
  std::fputs(settings_text(found).c_str(), stdout);
  return 0;
}

int run(const Arguments& arguments, const std::string& command) {
  if (arguments.mode == Mode::kHelp || arguments.mode == Mode::kVersion) {
    std::fputs(
        (arguments.mode == Mode::kHelp ? help_text() : version_text()).c_str(),
        stdout);
    return 0;
  }
  BulkLimits limits;
  if (const BulkStatus status = limits_from(arguments, &limits); !status.ok()) {
    return fail(status.message);
  }
  // This process is ours: oneTBB may have the threads that were asked for.
  const tbb::global_control threads(
      tbb::global_control::max_allowed_parallelism, limits.workers);
  if (arguments.mode == Mode::kBenchmark) {
    try {
      return run_benchmark(arguments, limits, command);
    } catch (const std::exception& error) {
      return fail(error.what());
    }
  }
  if (arguments.mode == Mode::kCalibrate) {
    return run_calibration(arguments, limits);
  }
  BulkCodec codec(limits);
  return run_files(arguments, codec, cancel_requested) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace gpu_zstd

int main(int argc, char** argv) {
  using namespace gpu_zstd;
  for (const int signal_number : {SIGINT, SIGTERM}) {
    if (!is_ignored(signal_number)) {
      std::signal(signal_number, on_signal);
    }
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto parsed = parse_arguments(words);
  if (const auto* error = std::get_if<ArgumentError>(&parsed)) {
    return fail(error->message + " (-h tells the flags)");
  }
  std::string command = "zstd_parallel";
  for (const std::string& word : words) {
    command += ' ' + word;
  }
  const int exit_status = run(std::get<Arguments>(parsed), command);
  return flush_standard_output() ? exit_status
                                 : fail("standard output: cannot be written");
}
