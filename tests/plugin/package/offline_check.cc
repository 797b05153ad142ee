// Recompresses a database through the installed library, as a backup program
// would, on a GPU if there is one: first a look at one file alone, then all of
// them in place. A second
// run is cancelled at once.
#include <cstdio>
#include <memory>
#include <string>

#include "rocksdb/db.h"
#include "rocksdb_glue/offline/recompress_database.h"
#include "rocksdb_glue/offline/rocksdb_internal_manifest.h"
#include "rocksdb_glue/sst/gpu_block_engine.h"
#include "rocksdb_glue/sst/measure.h"

namespace {

using gpu_zstd::ClosedDatabase;
using rocksdb::Status;

constexpr int kKeys = 5000;
constexpr int kLevel = 9;

std::string value_of(int i) {
  return "value " + std::to_string(i) + std::string(100, static_cast<char>(i));
}

Status make_database(const std::string& path) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kNoCompression;
  std::unique_ptr<rocksdb::DB> db;
  Status status = rocksdb::DB::Open(options, path, &db);
  for (int i = 0; i < kKeys && status.ok(); ++i) {
    status = db->Put({}, "key" + std::to_string(i), value_of(i));
  }
  return status.ok() ? db->Flush({}) : status;
}

Status read_database(const std::string& path) {
  std::unique_ptr<rocksdb::DB> db;
  Status status = rocksdb::DB::OpenForReadOnly(rocksdb::Options(), path, &db);
  if (status.ok()) {
    status = db->VerifyChecksum();
  }
  std::string value;
  for (int i = 0; i < kKeys && status.ok(); ++i) {
    status = db->Get({}, "key" + std::to_string(i), &value);
    if (status.ok() && value != value_of(i)) {
      status = Status::Corruption("a value came back another");
    }
  }
  return status;
}

Status open(const std::string& path,
            std::unique_ptr<ClosedDatabase>* database) {
  return gpu_zstd::open_closed_database(*rocksdb::Env::Default(), path,
                                        database);
}

// Every file of it becomes smaller, or it is an error.
Status recompress(const std::string& path) {
  std::unique_ptr<ClosedDatabase> database;
  Status status = open(path, &database);
  if (!status.ok()) {
    return status;
  }
  std::string why_not;
  std::unique_ptr<gpu_zstd::BlockEngine> chosen =
      gpu_zstd::make_gpu_block_engine(kLevel, nullptr, &why_not);
  if (chosen == nullptr) {
    std::printf("no GPU: %s\n", why_not.c_str());
    chosen = std::make_unique<gpu_zstd::CpuBlockEngine>(
        gpu_zstd::Scheduler::shared(), kLevel);
  }
  gpu_zstd::BlockEngine& engine = *chosen;
  gpu_zstd::MeasureResult measured;
  status = gpu_zstd::measure_sst(database->file_system(),
                                 database->files().front().path, engine, {},
                                 &measured);
  int smaller = 0;
  int calls = 0;
  gpu_zstd::DatabaseOptions options;
  options.on_file = [&](const gpu_zstd::DatabaseFileReport& file) {
    smaller += file.output_bytes < file.file.file_bytes ? 1 : 0;
  };
  options.rewrite.progress = [&](const gpu_zstd::RewriteProgress&) {
    ++calls;
    return true;
  };
  if (status.ok()) {
    status = gpu_zstd::recompress_database(*database, engine, options);
  }
  if (status.ok() && (smaller != 1 || calls == 0)) {
    status = Status::Aborted("nothing became smaller");
  }
  return status.ok() ? gpu_zstd::check_database(*database,
                                                gpu_zstd::VerifyMode::kFull, {})
                     : status;
}

Status cancel(const std::string& path) {
  std::unique_ptr<ClosedDatabase> database;
  Status status = open(path, &database);
  if (!status.ok()) {
    return status;
  }
  gpu_zstd::CpuBlockEngine engine(gpu_zstd::Scheduler::shared(), 1);
  gpu_zstd::DatabaseOptions options;
  options.rewrite.progress = [](const gpu_zstd::RewriteProgress&) {
    return false;
  };
  status = gpu_zstd::recompress_database(*database, engine, options);
  return status.IsAborted()
             ? Status::OK()
             : Status::Aborted("was not cancelled", status.ToString());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: offline_check DB_FOLDER\n");
    return 2;
  }
  const std::string path = argv[1];
  Status status = make_database(path);
  if (status.ok() && !gpu_zstd::has_database_mode()) {
    std::unique_ptr<ClosedDatabase> none;
    status = open(path, &none).IsNotSupported()
                 ? Status::OK()
                 : Status::Aborted("opened without RocksDB's source");
  } else {
    for (const auto step : {recompress, cancel, read_database}) {
      status = status.ok() ? step(path) : status;
    }
  }
  std::printf("%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
