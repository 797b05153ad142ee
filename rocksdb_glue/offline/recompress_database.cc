#include "rocksdb_glue/offline/recompress_database.h"

#include <algorithm>
#include <chrono>
#include <memory>

#include "rocksdb/table_properties.h"
#include "rocksdb_glue/offline/file_checksum.h"
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
        options_(options),
        session_id_(fresh_session_id()) {}

  Status run();

 private:
  struct Finished {
    Replacement replacement;
    DatabaseFileReport report;
  };

  Status run_unit(const std::vector<LiveFile>& unit);
  Status do_file(const LiveFile& file, DatabaseFileReport* report,
                 std::vector<Finished>* finished);
  Status already_done(const LiveFile& file, bool* done);
  Status estimate(const LiveFile& file, DatabaseFileReport* report);
  Status rewrite(const LiveFile& file, Finished* finished);
  void discard(const std::vector<Finished>& finished);
  void tell(const DatabaseFileReport& report) const {
    if (options_.on_file) {
      options_.on_file(report);
    }
  }

  ClosedDatabase& database_;
  BlockEngine& engine_;
  const DatabaseOptions& options_;
  const std::string session_id_;  // with the file numbers: new identities
};

Status DatabaseRun::run() {
  const std::vector<LiveFile> files = database_.files();
  std::vector<LiveFile> unit;
  for (const LiveFile& file : files) {
    if (!passes(options_.filter, file)) {
      continue;
    }
    if (!unit.empty() && !same_unit(options_.commit, unit.back(), file)) {
      const Status status = run_unit(unit);
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
  std::vector<Finished> finished;
  for (const LiveFile& file : unit) {
    DatabaseFileReport report;
    report.file = file;
    report.status = do_file(file, &report, &finished);
    if (report.status.IsAborted()) {
      discard(finished);
      return report.status;
    }
    if (!report.status.ok()) {
      report.outcome = report.status.IsNotSupported() ? FileOutcome::kRefused
                                                      : FileOutcome::kFailed;
    }
    if (report.outcome != FileOutcome::kDone) {
      tell(report);
    }
  }
  if (finished.empty()) {
    return Status::OK();
  }
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

Status DatabaseRun::do_file(const LiveFile& file, DatabaseFileReport* report,
                            std::vector<Finished>* finished) {
  bool done = false;
  Status status = already_done(file, &done);
  if (!status.ok()) {
    return status;
  }
  if (done && !options_.filter.even_if_done) {
    report->outcome = FileOutcome::kSkipped;
    return Status::OK();
  }
  const auto start = std::chrono::steady_clock::now();
  Finished one;
  status = options_.dry_run ? estimate(file, report) : rewrite(file, &one);
  report->seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  if (!status.ok() || options_.dry_run) {
    report->outcome = FileOutcome::kWouldDo;
    return status;
  }
  report->outcome = FileOutcome::kDone;
  report->output_bytes = one.replacement.file.output_bytes;
  report->new_number = one.replacement.number;
  report->data = one.replacement.file.data;
  one.report = *report;
  finished->push_back(std::move(one));
  return Status::OK();
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

Status DatabaseRun::estimate(const LiveFile& file, DatabaseFileReport* report) {
  constexpr size_t kSampleBatches = 8;
  MeasureResult measured;
  const Status status =
      measure_sst(database_.file_system(), file.path, engine_, options_.rewrite,
                  &measured, kSampleBatches);
  if (status.ok()) {
    report->output_bytes = measured.estimated_output_bytes();
    report->data = measured.data;
  }
  return status;
}

Status DatabaseRun::rewrite(const LiveFile& file, Finished* finished) {
  Replacement& made = finished->replacement;
  made.old = file;
  made.number = database_.new_file_number();
  const std::string path = database_.path_for(file, made.number);
  RewriteOptions options = options_.rewrite;
  options.identity.session_id = session_id_;
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
