#include "rocksdb_glue/offline/recompress_database.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

#include "rocksdb/table_properties.h"
#include "rocksdb_glue/offline/file_checksum.h"
#include "rocksdb_glue/sst/file_threads.h"
#include "rocksdb_glue/sst/measure.h"
#include "rocksdb_glue/sst/new_properties.h"
#include "rocksdb_glue/sst/table_layout.h"
#include "rocksdb_glue/sst/verify.h"

namespace gpu_zstd {
namespace {

using rocksdb::Status;

template <typename T>
bool is_wanted(const std::vector<T>& wanted, const T& value) {
  return wanted.empty() ||
         std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

bool passes(const FileFilter& filter, const LiveFile& file) {
  return is_wanted(filter.column_families, file.column_family) &&
         is_wanted(filter.levels, file.level) &&
         file.file_bytes >= filter.min_file_bytes &&
         file.creation_time_s < filter.created_before_s;
}

bool same_unit(CommitUnit unit, const LiveFile& a, const LiveFile& b) {
  return a.column_family_id == b.column_family_id &&
         (unit == CommitUnit::kColumnFamily ||
          (unit == CommitUnit::kLevel && a.level == b.level));
}

class DatabaseRun {
 public:
  DatabaseRun(ClosedDatabase& database, BlockEngine& engine,
              const DatabaseOptions& options)
      : database_(database),
        engine_(engine),
        progress_(options.rewrite.progress),
        options_(options) {
    if (options_.rewrite.progress) {
      options_.rewrite.progress = [this](const RewriteProgress& progress) {
        const std::lock_guard<std::mutex> lock(mutex_);
        return progress_(progress);
      };
    }
  }

  Status run();

 private:
  struct Finished {
    Replacement replacement;
    DatabaseFileReport report;
  };

  Status run_unit(const std::vector<LiveFile>& unit);
  Status commit(const std::vector<Finished>& finished);
  Finished do_file(const LiveFile& file);
  Status try_file(Finished* finished);
  Status already_done(const LiveFile& file, bool* done);
  // Its share of the memory, of those at once.
  RewriteOptions options_of_one_file() const {
    RewriteOptions options = options_.rewrite;
    options.memory_bytes = memory_bytes_;
    return options;
  }
  Status estimate(DatabaseFileReport* report);
  Status rewrite(Finished* finished);
  void discard(const std::vector<Finished>& finished);
  void tell(const DatabaseFileReport& report) const {
    if (options_.on_file) {
      options_.on_file(report);
    }
  }
  uint64_t new_file_number() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return database_.new_file_number();
  }

  ClosedDatabase& database_;
  BlockEngine& engine_;
  const std::function<bool(const RewriteProgress&)> progress_;
  DatabaseOptions options_;
  uint64_t memory_bytes_ = 0;  // of each file
  std::mutex mutex_;  // guards database_ and progress_ while files are written
};

Status DatabaseRun::run() {
  std::vector<LiveFile> files;
  Status status = select_files(database_, options_.filter, &files);
  if (!status.ok()) {
    return status;
  }
  std::vector<LiveFile> unit;
  for (const LiveFile& file : files) {
    if (!unit.empty() && !same_unit(options_.commit, unit.back(), file)) {
      status = run_unit(unit);
      if (!status.ok()) {
        return status;
      }
      unit.clear();
    }
    unit.push_back(file);
  }
  return run_unit(unit);
}

Status DatabaseRun::run_unit(const std::vector<LiveFile>& unit) {
  const FileThreads threads = FileThreads::choose(
      options_.rewrite.threads, options_.files_at_once, unit.size());
  memory_bytes_ = options_.rewrite.memory_bytes / threads.files_at_once;
  std::vector<Finished> all(unit.size());
  for_each_file(threads, unit.size(),
                [&](size_t i) { all[i] = do_file(unit[i]); });
  std::vector<Finished> finished;
  Status aborted;
  for (Finished& one : all) {
    if (one.report.status.IsAborted()) {
      aborted = one.report.status;
    } else if (one.report.outcome == FileOutcome::kDone) {
      finished.push_back(std::move(one));
    } else {
      tell(one.report);
    }
  }
  if (!aborted.ok()) {
    discard(finished);
    return aborted;
  }
  return finished.empty() ? Status::OK() : commit(finished);
}

Status DatabaseRun::commit(const std::vector<Finished>& finished) {
  std::vector<Replacement> replacements;
  for (const Finished& one : finished) {
    replacements.push_back(one.replacement);
  }
  const Status status = database_.commit(replacements);
  if (!status.ok()) {
    return status;
  }
  for (const Finished& one : finished) {
    // One that stays is removed by the next open.
    database_.file_system()
        .DeleteFile(one.replacement.old.path, rocksdb::IOOptions(), nullptr)
        .PermitUncheckedError();
    tell(one.report);
  }
  return Status::OK();
}

DatabaseRun::Finished DatabaseRun::do_file(const LiveFile& file) {
  Finished one;
  one.replacement.old = file;
  one.report.file = file;
  const auto start = std::chrono::steady_clock::now();
  try {
    one.report.status = try_file(&one);
  } catch (const std::bad_alloc&) {
    one.report.status = Status::MemoryLimit(file.path + ": out of memory");
  }
  one.report.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  if (!one.report.status.ok()) {
    one.report.outcome = one.report.status.IsNotSupported()
                             ? FileOutcome::kRefused
                             : FileOutcome::kFailed;
  }
  return one;
}

Status DatabaseRun::try_file(Finished* finished) {
  DatabaseFileReport& report = finished->report;
  bool done = false;
  Status status = already_done(report.file, &done);
  if (!status.ok()) {
    return status;
  }
  if (done && !options_.filter.even_if_done) {
    report.outcome = FileOutcome::kSkipped;
    return Status::OK();
  }
  if (options_.dry_run) {
    report.outcome = FileOutcome::kWouldDo;
    return estimate(&report);
  }
  report.outcome = FileOutcome::kDone;
  status = rewrite(finished);
  report.output_bytes = finished->replacement.file.output_bytes;
  report.new_number = finished->replacement.number;
  report.data = finished->replacement.file.data;
  return status;
}

// By what the file says of itself, so that a second run goes on where the first
// one ended.
Status DatabaseRun::already_done(const LiveFile& file, bool* done) {
  std::unique_ptr<TableFile> table;
  TableLayout layout;
  Status status = TableFile::open(database_.file_system(), file.path, &table);
  if (status.ok()) {
    status = read_layout(*table, options_.rewrite.max_block_bytes, &layout);
  }
  if (status.ok()) {
    const std::string* said = layout.properties.find(
        rocksdb::TablePropertiesNames::kCompressionOptions);
    *done =
        said != nullptr && *said == compression_options_text(engine_.level());
  }
  return status;
}

Status DatabaseRun::estimate(DatabaseFileReport* report) {
  constexpr size_t kSampleBatches = 8;
  MeasureResult measured;
  const Status status =
      measure_sst(database_.file_system(), report->file.path, engine_,
                  options_of_one_file(), &measured, kSampleBatches);
  if (status.ok()) {
    report->output_bytes = measured.estimated_output_bytes();
    report->data = measured.data;
  }
  return status;
}

Status DatabaseRun::rewrite(Finished* finished) {
  Replacement& made = finished->replacement;
  const LiveFile& file = made.old;
  made.number = new_file_number();
  const std::string path = database_.path_for(file, made.number);
  RewriteOptions options = options_of_one_file();
  options.identity.file_number = made.number;
  // No name of its own while it grows: until the commit it is an orphan, and
  // RocksDB removes orphans with such names at the next open.
  options.temporary_suffix.clear();
  Status status = rewrite_sst(database_.file_system(), file.path, path, engine_,
                              options, &made.file);
  if (status.ok()) {
    status = compute_file_checksum(database_.file_system(), path,
                                   file.checksum_function_name, &made.checksum);
    if (!status.ok()) {
      database_.file_system()
          .DeleteFile(path, rocksdb::IOOptions(), nullptr)
          .PermitUncheckedError();
    }
  }
  return status;
}

// Must not be called while files are being written.
void DatabaseRun::discard(const std::vector<Finished>& finished) {
  for (const Finished& one : finished) {
    const std::string path =
        database_.path_for(one.replacement.old, one.replacement.number);
    database_.file_system()
        .DeleteFile(path, rocksdb::IOOptions(), nullptr)
        .PermitUncheckedError();
  }
}

}  // namespace

Status recompress_database(ClosedDatabase& database, BlockEngine& engine,
                           const DatabaseOptions& options) {
  try {
    return DatabaseRun(database, engine, options).run();
  } catch (const std::bad_alloc&) {
    return Status::MemoryLimit("out of memory");
  }
}

Status select_files(ClosedDatabase& database, const FileFilter& filter,
                    std::vector<LiveFile>* files) {
  const std::vector<std::string> families = database.column_families();
  for (const std::string& name : filter.column_families) {
    if (std::find(families.begin(), families.end(), name) == families.end()) {
      return Status::InvalidArgument("has no column family '" + name + "'");
    }
  }
  *files = database.files();
  std::erase_if(*files,
                [&](const LiveFile& file) { return !passes(filter, file); });
  return Status::OK();
}

Status check_database(ClosedDatabase& database, VerifyMode mode,
                      const RewriteOptions& options) {
  for (const LiveFile& file : database.files()) {
    uint64_t bytes = 0;
    Status status = database.file_system().GetFileSize(
        file.path, rocksdb::IOOptions(), &bytes, nullptr);
    if (status.ok() && bytes != file.file_bytes) {
      status = corrupt_at(file.path, bytes,
                          "file ends, the MANIFEST says " +
                              std::to_string(file.file_bytes) + " bytes");
    }
    if (status.ok() && mode != VerifyMode::kNone) {
      status = compare_tables(database.file_system(), file.path, file.path,
                              VerifyMode::kChecksum, options);
      // Tables of other kinds were left alone.
      if (status.IsNotSupported()) {
        status = Status::OK();
      }
    }
    if (!status.ok()) {
      return status;
    }
  }
  return Status::OK();
}

}  // namespace gpu_zstd
