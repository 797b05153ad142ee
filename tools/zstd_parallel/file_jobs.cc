#include "tools/zstd_parallel/file_jobs.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "cpu_fallback/bulk/file_streaming.h"
#include "tools/zstd_parallel/progress_meter.h"

namespace gpu_zstd {
namespace {

bool ends_with_and_more(const std::string& name, const std::string& ending) {
  return name.size() > ending.size() && name.ends_with(ending);
}

void report_error(const Arguments& arguments, const std::string& text) {
  if (arguments.verbosity >= 1) {
    std::fprintf(stderr, "zstd_parallel: %s\n", text.c_str());
  }
}

// Where the file goes, or what forbids it.
bool choose_output(const Arguments& arguments, const std::string& input,
                   std::string* output, std::string* refusal) {
  if (arguments.mode == Mode::kTest) {
    output->clear();
    return true;
  }
  if (!arguments.output.empty()) {
    *output = arguments.output;
  } else if (arguments.to_stdout || input == "-") {
    *output = "-";
  } else if (const auto name = output_name(arguments.mode, input)) {
    *output = *name;
  } else {
    *refusal = input +
               ": unknown ending (.zst expected); name the output "
               "with -o or -c";
    return false;
  }
  if (*output == "-" && arguments.mode == Mode::kCompress && !arguments.force &&
      isatty(STDOUT_FILENO) == 1) {
    *refusal = "compressed data is not written to a terminal (-f forces it)";
    return false;
  }
  return true;
}

FileResult run_one(const Arguments& arguments, BulkCodec& codec,
                   const FileCall& call, const std::atomic<bool>& cancel) {
  ProgressMeter meter(call.input, arguments.verbosity >= 2);
  const auto progress = [&](const BulkProgress& now) { meter.update(now); };
  if (arguments.mode == Mode::kCompress) {
    BulkEncodeOptions options;
    options.level = arguments.level;
    options.checksum = arguments.checksum;
    options.window_log = arguments.window_log;
    options.frame_bytes = arguments.frame_bytes;
    options.seekable = arguments.seekable;
    options.strategy = arguments.strategy;
    options.progress = progress;
    options.cancel = &cancel;
    return encode_file_streaming(codec, call, options);
  }
  BulkDecodeOptions options;
  options.max_window_log =
      std::max(options.max_window_log, arguments.window_log);
  options.strategy = arguments.strategy;
  options.progress = progress;
  options.cancel = &cancel;
  return decode_file_streaming(codec, call, options);
}

void report_result(const Arguments& arguments, const FileCall& call,
                   const FileResult& result, double seconds) {
  if (arguments.verbosity < 2) {
    return;
  }
  const double raw = static_cast<double>(
      arguments.mode == Mode::kCompress ? result.bytes_in : result.bytes_out);
  const double coded = static_cast<double>(
      arguments.mode == Mode::kCompress ? result.bytes_out : result.bytes_in);
  const char* const target =
      call.output.empty() ? "tested" : call.output.c_str();
  std::fprintf(stderr, "%s : %.2f%% (%s => %s, %s)\n", call.input.c_str(),
               raw > 0 ? 100 * coded / raw : 0,
               human_bytes(result.bytes_in).c_str(),
               human_bytes(result.bytes_out).c_str(), target);
  if (arguments.verbosity >= 3) {
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    std::fprintf(stderr, "  %.3f s, %.1f MB/s, peak memory %.1f MiB\n", seconds,
                 raw / 1e6 / std::max(seconds, 1e-9),
                 static_cast<double>(usage.ru_maxrss) / 1024);
  }
}

bool run_file(const Arguments& arguments, BulkCodec& codec,
              const std::string& input, const std::atomic<bool>& cancel) {
  FileCall call;
  call.input = input;
  std::string refusal;
  if (!choose_output(arguments, input, &call.output, &refusal)) {
    report_error(arguments, refusal);
    return false;
  }
  call.overwrite = arguments.force;
  call.sync = arguments.sync;
  // As with the zstd command, a source that went to standard output stays.
  call.remove_source = arguments.remove_source && call.output != "-" &&
                       input != "-" && arguments.mode != Mode::kTest;
  const auto start = std::chrono::steady_clock::now();
  const FileResult result = run_one(arguments, codec, call, cancel);
  const std::chrono::duration<double> took =
      std::chrono::steady_clock::now() - start;
  if (!result.ok()) {
    report_error(arguments, result.describe());
    return false;
  }
  report_result(arguments, call, result, took.count());
  return true;
}

}  // namespace

BulkStatus limits_from(const Arguments& arguments, BulkLimits* limits) {
  *limits = limits_for(read_machine());
  BulkStatus status = apply_environment(&std::getenv, limits);
  if (arguments.threads > 0) {
    limits->workers = arguments.threads;
  }
  if (arguments.memory_bytes > 0) {
    limits->memory_bytes = arguments.memory_bytes;
  }
  return status;
}

std::optional<std::string> output_name(Mode mode, const std::string& input) {
  if (mode == Mode::kCompress) {
    return input + ".zst";
  }
  if (ends_with_and_more(input, ".zst")) {
    return input.substr(0, input.size() - 4);
  }
  if (ends_with_and_more(input, ".tzst")) {
    return input.substr(0, input.size() - 5) + ".tar";
  }
  return std::nullopt;
}

int run_files(const Arguments& arguments, BulkCodec& codec,
              const std::atomic<bool>& cancel) {
  std::vector<std::string> inputs = arguments.inputs;
  if (inputs.empty()) {
    inputs.push_back("-");
  }
  int failures = 0;
  for (const std::string& input : inputs) {
    if (!cancel.load() && !run_file(arguments, codec, input, cancel)) {
      ++failures;
    }
  }
  return failures;
}

}  // namespace gpu_zstd
