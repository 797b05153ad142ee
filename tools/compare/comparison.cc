#include "tools/compare/comparison.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <system_error>

#include "tools/compare/dataset.h"
#include "tools/compare/error.h"
#include "tools/compare/human.h"
#include "tools/compare/plot.h"
#include "tools/compare/progress.h"
#include "tools/compare/report.h"
#include "tools/compare/runner.h"
#include "tools/compare/table.h"
#include "tools/compare/variant.h"
#include "tools/compare/workspace.h"
#include "tools/plot/gnuplot.h"
#include "tools/process/output_file.h"
#include "tools/process/standard_output.h"

namespace gpu_zstd::compare {
namespace {

// Calls `work`, which writes `path`; where that fails the flag is named.
void with_output(const std::string& flag, const std::string& path,
                 const std::function<void()>& work) {
  try {
    work();
  } catch (const std::system_error& error) {
    throw CompareError("--" + flag + "=" + path +
                       ": cannot be written: " + error.code().message());
  } catch (const std::runtime_error& error) {  // names the file
    throw CompareError("--" + flag + "=" + error.what());
  }
}

void require_place(const std::string& flag, const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::exists(path, error) && !fs::is_regular_file(path, error)) {
    throw CompareError("--" + flag + "=" + path +
                       ": exists and is not an ordinary file");
  }
  with_output(flag, path, [&] { require_writable(path); });
}

// A path that cannot be written is known before the work begins.
void require_places(const CompareOptions& options) {
  if (!options.out.empty() && mkdir(options.out.c_str(), 0777) != 0 &&
      errno != EEXIST) {
    throw CompareError("--out=" + options.out + ": " +
                       std::generic_category().message(errno));
  }
  if (!options.json_path.empty()) {
    require_place("json", options.json_path);
  }
  if (!options.plot_path.empty()) {
    require_gnuplot();
    require_place("plot", options.plot_path);
  }
}

InputSelection find_input(const CompareOptions& options) {
  return options.paths.empty()
             ? select_default_input(options.rocksdb_source,
                                    options.max_input_bytes)
             : select_input(options.paths, options.max_input_bytes);
}

// The snapshot, and while a compaction ends its input and its output, all of
// them perhaps incompressible.
uint64_t needed_bytes(uint64_t input_bytes, const CompareOptions& options) {
  constexpr uint64_t kLogs = 8 << 20;
  constexpr uint64_t kLineBytes = 32;  // short lines: the keys weigh more
  const uint64_t value_bytes =
      options.records == RecordRule::kFixed ? options.value_size : kLineBytes;
  const uint64_t entry_bytes = value_bytes + kKeyBytes + 12;
  return input_bytes + 2 * (input_bytes * entry_bytes / value_bytes) + kLogs;
}

void flush_stdout() {
  if (!flush_standard_output()) {
    throw CompareError("cannot write to standard output: " +
                       std::generic_category().message(errno));
  }
}

std::string value_text(const CompareOptions& options) {
  return options.records == RecordRule::kLines
             ? "lines"
             : std::to_string(options.value_size) + " bytes each";
}

void print_heading(const Report& report, const std::string& engines,
                   const std::string& directory, size_t runs, double seconds) {
  std::printf("compare_compression %s, RocksDB %s, zstd %s\n",
              report.versions.gpu_zstd.c_str(), report.versions.rocksdb.c_str(),
              report.versions.zstd.c_str());
  std::printf("machine:  %s, %u CPUs\n", report.machine.cpu.c_str(),
              report.machine.cpus);
  std::printf("engines:  %s (opened before the first run)\n", engines.c_str());
  std::printf("input:    %s of %s in %zu files",
              megabytes_text(report.input.taken_bytes).c_str(),
              megabytes_text(report.input.available_bytes).c_str(),
              report.input.files.size());
  std::printf(" (%s", report.input.sources.front().c_str());
  for (size_t i = 1; i < report.input.sources.size(); ++i) {
    std::printf(", %s", report.input.sources[i].c_str());
  }
  std::printf("),\n          as %llu values (%s)\n",
              static_cast<unsigned long long>(report.keys),
              value_text(report.options).c_str());
  std::printf("database: %s (%s)\n", directory.c_str(),
              report.file_system.c_str());
  std::printf("runs:     %zu, expected to take about %s\n", runs,
              duration_text(seconds).c_str());
  if (report.machine.load_average > 0.25 * report.machine.cpus) {
    std::printf(
        "note:     others are using this machine (load average %s): "
        "expect wide\n          spreads of MB/s; CPU ns/B is steadier\n",
        fixed_text(report.machine.load_average, 1).c_str());
  }
  std::printf("\n");
  flush_stdout();
}

std::string describe_result(const RunResult& run) {
  return describe(run.spec) + ": flush " +
         fixed_text(mb_per_s(run, run.flush), 1) + " MB/s, compaction " +
         fixed_text(mb_per_s(run, run.compaction), 1) + " MB/s, ratio " +
         fixed_text(ratio_of(run), 3) + ", read back";
}

std::vector<RunResult> run_all(const std::vector<RunSpec>& schedule,
                               const Dataset& dataset,
                               const CompareOptions& options,
                               const std::string& directory) {
  double total = 0;
  for (const RunSpec& spec : schedule) {
    total += estimated_seconds(spec, dataset.raw_bytes());
  }
  Progress progress(options.quiet     ? Progress::Detail::kNone
                    : options.verbose ? Progress::Detail::kRuns
                                      : Progress::Detail::kCells,
                    total);
  std::vector<RunResult> results;
  double done = 0;
  for (const RunSpec& spec : schedule) {
    const double cost = estimated_seconds(spec, dataset.raw_bytes());
    results.push_back(run_once(
        spec, dataset, options, directory, [&](const char* phase, double part) {
          progress.update(done + part * cost, describe(spec) + ", " + phase);
        }));
    done += cost;
    progress.run_finished(describe_result(results.back()));
    if (results.size() == schedule.size() ||
        !(schedule[results.size()].cell == spec.cell)) {
      progress.cell_finished(
          describe(spec.cell) + ": done (" + std::to_string(results.size()) +
          " of " + std::to_string(schedule.size()) + " runs, " +
          duration_text(progress.seconds_left(done)) + " left)");
    }
  }
  clear_progress_line();
  return results;
}

void print_result(const Report& report) {
  std::printf("%s\n%s", format_table(report.cells).c_str(),
              format_footer(report.cells).c_str());
  std::printf(
      "\nAll %zu databases were read back by a RocksDB without the "
      "plugin: %llu keys each,\nevery value as written, every block "
      "checksum good.\n",
      report.runs.size(), static_cast<unsigned long long>(report.keys));
  flush_stdout();
}

void write_files(const Report& report) {
  const std::string& json_path = report.options.json_path;
  if (!json_path.empty()) {
    with_output("json", json_path,
                [&] { write_output(json_path, to_json(report)); });
    std::printf("JSON:    %s\n", json_path.c_str());
  }
  const std::string& plot_path = report.options.plot_path;
  if (!plot_path.empty()) {
    const std::string title = megabytes_text(report.raw_bytes) +
                              " of input, RocksDB " + report.versions.rocksdb +
                              ", " + report.machine.cpu;
    with_output("plot", plot_path, [&] {
      plot::draw(gnuplot_program(report.cells, title), plot_path, 1200, 600);
    });
    std::printf("picture: %s\n", plot_path.c_str());
  }
  flush_stdout();
}

}  // namespace

void compare_compression(const CompareOptions& options,
                         const std::vector<std::string>& command) {
  Report report{.date = utc_time(),
                .command = command,
                .machine = this_machine(),
                .versions = linked_versions(),
                .file_system = {},
                .input = find_input(options),
                .options = options,
                .runs = {},
                .cells = {}};
  require_places(options);
  const Workspace workspace(options.db);
  workspace.require_free_bytes(needed_bytes(report.input.taken_bytes, options));
  const Dataset dataset(report.input, options, workspace.path());
  report.file_system = workspace.file_system();
  report.keys = dataset.records();
  report.raw_bytes = dataset.raw_bytes();

  const std::vector<RunSpec> schedule =
      make_schedule(cells_of(options), options.repeats);
  double seconds = 0;
  for (const RunSpec& spec : schedule) {
    seconds += estimated_seconds(spec, dataset.raw_bytes());
  }
  const std::string engines = open_devices(options.gpu_zstd_options);
  if (!options.quiet) {
    print_heading(report, engines, workspace.path(), schedule.size(), seconds);
  }
  report.runs = run_all(schedule, dataset, options, workspace.path());
  report.cells = summarize(report.runs);
  print_result(report);
  if (!options.quiet) {
    std::printf("\nengines in the end: %s\n", describe_engines().c_str());
    flush_stdout();
  }
  write_files(report);
}

}  // namespace gpu_zstd::compare
