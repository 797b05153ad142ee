#include "tools/sst_recompress/run_database.h"

#include <chrono>
#include <cstdio>
#include <memory>

#include "rocksdb/env.h"
#include "rocksdb_glue/offline/rocksdb_internal_manifest.h"
#include "tools/sst_recompress/engine.h"
#include "tools/sst_recompress/error.h"
#include "tools/sst_recompress/file_list.h"
#include "tools/sst_recompress/interrupt.h"
#include "tools/sst_recompress/progress.h"
#include "tools/sst_recompress/report.h"
#include "tools/sst_recompress/run.h"

namespace gpu_zstd::recompress {
namespace {

uint64_t total_bytes(const std::vector<LiveFile>& files) {
  uint64_t bytes = 0;
  for (const LiveFile& file : files) {
    bytes += 2 * file.file_bytes;  // written from, and verified with
  }
  return bytes;
}

class DatabaseRunner {
 public:
  // `files` are those that pass the command's filter.
  DatabaseRunner(const Command& command, ClosedDatabase& database,
                 const std::vector<LiveFile>& files, BlockEngine& engine,
                 std::vector<FileReport>* reports)
      : command_(command),
        database_(database),
        engine_(engine),
        progress_(!command.quiet, total_bytes(files)),
        reports_(*reports) {}

  rocksdb::Status run() {
    rocksdb::Status status = recompress_database(database_, engine_, options());
    if (status.ok() && !command_.dry_run) {
      RewriteOptions checking = options().rewrite;
      checking.progress = [](const RewriteProgress&) {
        return signal_received() == 0;
      };
      status = check_database(database_, command_.verify, checking);
    }
    progress_.clear();
    return status;
  }

 private:
  DatabaseOptions options() {
    DatabaseOptions options;
    options.filter = command_.filter;
    options.commit = command_.commit;
    options.dry_run = command_.dry_run;
    options.files_at_once = command_.files_at_once;
    options.rewrite.verify = command_.verify;
    options.rewrite.threads = command_.threads;
    options.rewrite.memory_bytes = command_.memory_bytes;
    options.rewrite.progress = [this](const RewriteProgress& progress) {
      progress_.update(progress);
      return signal_received() == 0;
    };
    options.on_file = [this](const DatabaseFileReport& file) { note(file); };
    return options;
  }

  void note(const DatabaseFileReport& file) {
    progress_.finish_file(file.file.path, file.file.file_bytes, 2);
    FileReport report;
    report.source = file.file.path;
    report.output = file.new_number != 0
                        ? database_.path_for(file.file, file.new_number)
                        : "";
    report.column_family = file.file.column_family;
    report.lsm_level = file.file.level;
    report.engine = engine_.name();
    report.level = engine_.level();
    report.status = file.status;
    report.skipped = file.outcome == FileOutcome::kSkipped;
    report.source_bytes = file.file.file_bytes;
    report.output_bytes = file.output_bytes;
    report.data = file.data;
    report.seconds = file.seconds;
    progress_.clear();
    print_file(command_, report);
    reports_.push_back(std::move(report));
  }

  const Command& command_;
  ClosedDatabase& database_;
  BlockEngine& engine_;
  Progress progress_;
  std::vector<FileReport>& reports_;
};

// Adds what went wrong with the whole of it to the files' reports.
void do_database(const Command& command, const std::string& path,
                 std::vector<FileReport>* reports) {
  std::unique_ptr<ClosedDatabase> database;
  rocksdb::Status status =
      open_closed_database(*rocksdb::Env::Default(), path, &database);
  std::vector<LiveFile> files;
  if (status.ok()) {
    status = select_files(*database, command.filter, &files);
  }
  if (status.ok()) {
    const std::unique_ptr<BlockEngine> engine =
        make_engine(command.engines.front(), command.levels.front());
    status = DatabaseRunner(command, *database, files, *engine, reports).run();
  }
  if (!status.ok()) {
    FileReport report;
    report.source = path;
    report.engine = command.engines.front();
    report.level = command.levels.front();
    // Not 'refused': nothing of it was done.
    report.status = status.IsNotSupported()
                        ? rocksdb::Status::InvalidArgument(status.ToString())
                        : status;
    print_file(command, report);
    reports->push_back(std::move(report));
  }
}

// Their locks are held until all is measured.
int measure_databases(const Command& command) {
  std::vector<std::unique_ptr<ClosedDatabase>> databases;
  std::vector<FilePair> files;
  for (const std::string& path : command.databases) {
    databases.emplace_back();
    rocksdb::Status status =
        open_closed_database(*rocksdb::Env::Default(), path, &databases.back());
    std::vector<LiveFile> chosen;
    if (status.ok()) {
      status = select_files(*databases.back(), command.filter, &chosen);
    }
    if (!status.ok()) {
      throw UsageError(error_text(path, status));
    }
    for (const LiveFile& file : chosen) {
      files.push_back({file.path, ""});
    }
  }
  return run(command, files);
}

}  // namespace

int run_databases(const Command& command) {
  if (command.measure) {
    return measure_databases(command);
  }
  const auto start = std::chrono::steady_clock::now();
  std::vector<FileReport> reports;
  for (const std::string& path : command.databases) {
    if (signal_received() == 0) {
      do_database(command, path, &reports);
    }
  }
  const std::chrono::duration<double> taken =
      std::chrono::steady_clock::now() - start;
  const bool written =
      write_report(command, reports, taken.count(),
                   command.dry_run ? "dry run, sizes estimated\n" : "");
  return written ? exit_status_of(reports) : kExitFailed;
}

}  // namespace gpu_zstd::recompress
