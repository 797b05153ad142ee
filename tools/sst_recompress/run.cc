#include "tools/sst_recompress/run.h"

#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>

#include "rocksdb_glue/sst/file_threads.h"
#include "rocksdb_glue/sst/measure.h"
#include "tools/plot/gnuplot.h"
#include "tools/sst_recompress/engine.h"
#include "tools/sst_recompress/error.h"
#include "tools/sst_recompress/interrupt.h"
#include "tools/sst_recompress/journal.h"
#include "tools/sst_recompress/plot.h"
#include "tools/sst_recompress/progress.h"
#include "tools/sst_recompress/report.h"

namespace gpu_zstd::recompress {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

uint64_t size_of(const std::string& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? 0 : bytes;
}

class Runner {
 public:
  Runner(const Command& command, const std::vector<FilePair>& files)
      : command_(command),
        files_(files),
        // Times of files that disturb each other say nothing.
        limits_(FileThreads::choose(command.threads,
                                    command.measure ? 1 : command.files_at_once,
                                    files.size())),
        journal_(command.journal.empty()
                     ? nullptr
                     : std::make_unique<Journal>(command.journal)),
        progress_(!command.quiet, work_bytes()) {}

  int run() {
    const auto start = Clock::now();
    for (const std::string& name : command_.engines) {
      for (const int level : command_.levels) {
        const std::unique_ptr<BlockEngine> engine = make_engine(name, level);
        for_each_file(limits_, files_.size(), [&](size_t i) {
          if (signal_received() == 0) {
            do_file(files_[i], *engine);
          }
        });
      }
    }
    progress_.clear();
    const bool written =
        write_report(command_, reports_, seconds_since(start), "");
    if (!command_.plot.empty()) {
      // Where nothing was measured the files' own errors say why.
      const std::string program = plot_program(reports_);
      if (!program.empty()) plot::draw(program, command_.plot, 900, 600);
    }
    return written ? exit_status_of(reports_) : kExitFailed;
  }

 private:
  // A full verification reads each source once more.
  uint64_t passes() const {
    return !command_.measure && command_.verify != VerifyMode::kNone ? 2 : 1;
  }

  uint64_t work_bytes() const {
    uint64_t bytes = 0;
    for (const FilePair& file : files_) {
      bytes += size_of(file.source) * passes();
    }
    return bytes * command_.levels.size() * command_.engines.size();
  }

  RewriteOptions options() {
    RewriteOptions options;
    options.verify = command_.verify;
    options.threads = limits_.threads;
    options.memory_bytes = command_.memory_bytes / limits_.files_at_once;
    options.overwrite = command_.overwrite;
    options.progress = [this](const RewriteProgress& progress) {
      progress_.update(progress);
      return signal_received() == 0;
    };
    return options;
  }

  void rewrite(const FilePair& file, BlockEngine& engine, FileReport* report) {
    const Journal::Task task{file, engine.name(), engine.level()};
    RewriteOptions rewriting = options();
    if (journal_ != nullptr) {
      report->skipped = journal_->is_done(task);
      if (report->skipped) {
        return;
      }
      rewriting.overwrite |= journal_->was_begun(task);
      if (rewriting.overwrite ||
          !std::filesystem::exists(std::filesystem::path(file.output))) {
        journal_->note_begin(task);
      }
    }
    RewriteResult result;
    report->status = rewrite_sst(*rocksdb::FileSystem::Default(), file.source,
                                 file.output, engine, rewriting, &result);
    report->source_bytes = result.source_bytes;
    report->output_bytes = result.output_bytes;
    report->data = result.data;
    if (journal_ != nullptr && report->status.ok()) {
      journal_->note_done(task, result.output_bytes);
    }
  }

  void measure(const FilePair& file, BlockEngine& engine, FileReport* report) {
    MeasureResult result;
    report->status = measure_sst(*rocksdb::FileSystem::Default(), file.source,
                                 engine, options(), &result);
    report->source_bytes = result.source_data_bytes + result.tail_bytes;
    report->output_bytes = result.estimated_output_bytes();
    report->data = result.data;
  }

  void do_file(const FilePair& file, BlockEngine& engine) {
    FileReport report;
    report.source = file.source;
    report.output = file.output;
    report.engine = engine.name();
    report.level = engine.level();
    const auto start = Clock::now();
    try {
      if (command_.measure) {
        measure(file, engine, &report);
      } else {
        rewrite(file, engine, &report);
      }
    } catch (const std::exception& error) {
      report.status = rocksdb::Status::IOError(error.what());
    }
    report.seconds = seconds_since(start);
    progress_.finish_file(file.source, size_of(file.source), passes());
    progress_.clear();
    const std::lock_guard<std::mutex> lock(mutex_);
    print_file(command_, report);
    reports_.push_back(std::move(report));
  }

  const Command& command_;
  const std::vector<FilePair>& files_;
  const FileThreads limits_;
  const std::unique_ptr<Journal> journal_;
  Progress progress_;
  std::mutex mutex_;  // guards what follows, and standard output
  std::vector<FileReport> reports_;
};

}  // namespace

int run(const Command& command, const std::vector<FilePair>& files) {
  return Runner(command, files).run();
}

}  // namespace gpu_zstd::recompress
