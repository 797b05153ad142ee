#include "tools/sst_recompress/run_database.h"

#include <cstdio>
#include <fstream>
#include <memory>

#include "rocksdb/env.h"
#include "tools/sst_recompress/error.h"
#include "tools/sst_recompress/interrupt.h"
#include "tools/sst_recompress/progress.h"
#include "tools/sst_recompress/report.h"
#include "tools/sst_recompress/rocksdb_internal_manifest.h"

namespace gpu_zstd::recompress {
namespace {

int fail(const rocksdb::Status& status) {
  std::fprintf(stderr, "sst_recompress: %s\n", status.ToString().c_str());
  return signal_received() != 0 ? kExitSignal + signal_received() : kExitFailed;
}

class DatabaseRunner {
 public:
  DatabaseRunner(const Command& command, ClosedDatabase& database)
      : command_(command),
        database_(database),
        progress_(!command.quiet, total_bytes(database)) {}

  int run() {
    CpuBlockEngine engine(Scheduler::shared(), command_.levels.front());
    const rocksdb::Status status =
        recompress_database(database_, engine, options());
    progress_.clear();
    if (!write_report() || !status.ok()) {
      return status.ok() ? kExitFailed : fail(status);
    }
    if (!command_.dry_run) {
      RewriteOptions checking = options().rewrite;
      checking.progress = nullptr;
      const rocksdb::Status whole =
          check_database(database_, command_.verify, checking);
      if (!whole.ok()) {
        return fail(whole);
      }
    }
    return exit_status_;
  }

 private:
  static uint64_t total_bytes(ClosedDatabase& database) {
    uint64_t bytes = 0;
    for (const LiveFile& file : database.files()) {
      bytes += 2 * file.file_bytes;  // written from, and verified with
    }
    return bytes;
  }

  DatabaseOptions options() {
    DatabaseOptions options;
    options.filter = command_.filter;
    options.commit = command_.commit;
    options.dry_run = command_.dry_run;
    options.rewrite.verify = command_.verify;
    options.rewrite.threads = command_.threads;
    options.rewrite.memory_bytes = command_.memory_bytes;
    options.rewrite.progress = [this](RewriteProgress progress) {
      if (progress.verifying) {
        progress.source_bytes_done += progress.source_bytes;
      }
      progress_.update(command_.db, progress);
      return signal_received() == 0;
    };
    options.on_file = [this](const DatabaseFileReport& file) { note(file); };
    return options;
  }

  void note(const DatabaseFileReport& file) {
    progress_.finish_file(2 * file.file.file_bytes);
    if (file.outcome == FileOutcome::kSkipped) {
      ++skipped_;
      return;
    }
    FileReport report;
    report.source = file.file.path;
    report.output = file.new_number != 0
                        ? database_.path_for(file.file, file.new_number)
                        : "";
    report.level = command_.levels.front();
    report.status = file.status;
    report.source_bytes = file.file.file_bytes;
    report.output_bytes = file.output_bytes;
    report.data = file.data;
    report.seconds = file.seconds;
    progress_.clear();
    if (!file.status.ok()) {
      std::fprintf(stderr, "sst_recompress: %s\n",
                   file.status.ToString().c_str());
      if (file.outcome == FileOutcome::kFailed) {
        exit_status_ = kExitFailed;
      } else if (exit_status_ == kExitOk) {
        exit_status_ = kExitRefused;
      }
    } else if (command_.verbose && !command_.quiet && command_.json != "-") {
      std::printf("%s  %s L%d\n", file_line(report).c_str(),
                  file.file.column_family.c_str(), file.file.level);
    }
    reports_.push_back(std::move(report));
  }

  bool write_report() {
    if (command_.json == "-") {
      std::fputs(json_text(command_, reports_).c_str(), stdout);
      return true;
    }
    if (!command_.quiet) {
      std::printf("%s%s", command_.dry_run ? "dry run, sizes estimated\n" : "",
                  summary_text(reports_).c_str());
      if (skipped_ > 0) {
        std::printf("%d at this level already\n", skipped_);
      }
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

  const Command& command_;
  ClosedDatabase& database_;
  Progress progress_;
  std::vector<FileReport> reports_;
  int skipped_ = 0;
  int exit_status_ = kExitOk;
};

}  // namespace

int run_database(const Command& command) {
  std::unique_ptr<ClosedDatabase> database;
  const rocksdb::Status status =
      open_closed_database(*rocksdb::Env::Default(), command.db, &database);
  return status.ok() ? DatabaseRunner(command, *database).run() : fail(status);
}

}  // namespace gpu_zstd::recompress
