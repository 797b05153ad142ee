#include "tools/sst_recompress/run.h"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "rocksdb_glue/sst/measure.h"
#include "tools/sst_recompress/error.h"
#include "tools/sst_recompress/file_list.h"
#include "tools/sst_recompress/interrupt.h"
#include "tools/sst_recompress/progress.h"
#include "tools/sst_recompress/report.h"

namespace gpu_zstd::recompress {
namespace {

uint64_t size_of(const std::string& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? 0 : bytes;
}

class Runner {
 public:
  explicit Runner(const Command& command)
      : command_(command),
        pairs_(list_files(command)),
        progress_(!command.quiet, work_bytes()) {}

  int run() {
    for (const int level : command_.levels) {
      CpuBlockEngine engine(Scheduler::shared(), level);
      for (const FilePair& pair : pairs_) {
        if (signal_received() == 0) {
          do_file(pair, engine);
        }
      }
    }
    progress_.clear();
    return write_json() ? exit_status() : kExitFailed;
  }

 private:
  // A full verification reads each source once more.
  uint64_t passes() const {
    return !command_.measure && command_.verify != VerifyMode::kNone ? 2 : 1;
  }

  uint64_t work_bytes() const {
    uint64_t bytes = 0;
    for (const FilePair& pair : pairs_) {
      bytes += size_of(pair.source) * passes() * command_.levels.size();
    }
    return bytes;
  }

  RewriteOptions options_for(const FilePair& pair) {
    RewriteOptions options;
    options.verify = command_.verify;
    options.threads = command_.threads;
    options.memory_bytes = command_.memory_bytes;
    options.overwrite = command_.overwrite;
    options.progress = [this, &pair](RewriteProgress progress) {
      if (progress.verifying) {
        progress.source_bytes_done += progress.source_bytes;
      }
      progress_.update(pair.source, progress);
      return signal_received() == 0;
    };
    return options;
  }

  void rewrite(const FilePair& pair, BlockEngine& engine, FileReport* report) {
    RewriteResult result;
    report->status =
        rewrite_sst(*rocksdb::FileSystem::Default(), pair.source, pair.output,
                    engine, options_for(pair), &result);
    report->source_bytes = result.source_bytes;
    report->output_bytes = result.output_bytes;
    report->data = result.data;
  }

  void measure(const FilePair& pair, BlockEngine& engine, FileReport* report) {
    MeasureResult result;
    report->status = measure_sst(*rocksdb::FileSystem::Default(), pair.source,
                                 engine, options_for(pair), &result);
    report->source_bytes = result.source_data_bytes + result.tail_bytes;
    report->output_bytes = result.estimated_output_bytes();
    report->data = result.data;
  }

  void do_file(const FilePair& pair, BlockEngine& engine) {
    FileReport report;
    report.source = pair.source;
    report.output = pair.output;
    report.level = engine.level();
    const auto start = std::chrono::steady_clock::now();
    if (command_.measure) {
      measure(pair, engine, &report);
    } else {
      rewrite(pair, engine, &report);
    }
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
            .count();
    progress_.finish_file(size_of(pair.source) * passes());
    progress_.clear();
    if (!report.status.ok()) {
      std::fprintf(stderr, "sst_recompress: %s\n",
                   report.status.ToString().c_str());
    } else if (command_.verbose && !command_.quiet && command_.json != "-") {
      std::printf("%s\n", file_line(report).c_str());
    }
    reports_.push_back(std::move(report));
  }

  // And the summary, where text is wanted.
  bool write_json() {
    if (command_.json == "-") {
      std::fputs(json_text(command_, reports_).c_str(), stdout);
      return true;
    }
    if (!command_.quiet) {
      std::fputs(summary_text(reports_).c_str(), stdout);
    }
    if (command_.json.empty()) {
      return true;
    }
    std::ofstream file(command_.json);
    file << json_text(command_, reports_);
    file.close();
    if (!file) {
      std::fprintf(stderr, "sst_recompress: %s: cannot be written\n",
                   command_.json.c_str());
    }
    return static_cast<bool>(file);
  }

  int exit_status() const {
    if (signal_received() != 0) {
      return kExitSignal + signal_received();
    }
    int exit_status = kExitOk;
    for (const FileReport& report : reports_) {
      if (!report.status.ok() && !report.status.IsNotSupported()) {
        return kExitFailed;
      }
      if (!report.status.ok()) {
        exit_status = kExitRefused;
      }
    }
    return exit_status;
  }

  const Command& command_;
  const std::vector<FilePair> pairs_;
  Progress progress_;
  std::vector<FileReport> reports_;
};

}  // namespace

int run(const Command& command) { return Runner(command).run(); }

}  // namespace gpu_zstd::recompress
