// Writes a database through the installed plugin's C++ interface.
#include <cstdio>
#include <memory>
#include <string>

#include "rocksdb/db.h"
#include "rocksdb_glue/compression_manager.h"

namespace {

rocksdb::Status write_and_read(const std::string& path) {
  rocksdb::Options options;
  options.create_if_missing = true;
  gpu_zstd::GpuZstdOptions gpu_zstd_options;
  gpu_zstd_options.level = 5;
  rocksdb::Status status =
      gpu_zstd::enable_gpu_zstd(gpu_zstd_options, &options);
  std::unique_ptr<rocksdb::DB> db;
  if (status.ok()) {
    status = rocksdb::DB::Open(options, path, &db);
  }
  if (status.ok()) {
    status = db->Put({}, "key", std::string(10000, 'v'));
  }
  if (status.ok()) {
    status = db->Flush({});
  }
  std::string value;
  if (status.ok()) {
    status = db->Get({}, "key", &value);
  }
  if (status.ok() && value != std::string(10000, 'v')) {
    status = rocksdb::Status::Corruption("the value came back another");
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: package_check DB_FOLDER\n");
    return 2;
  }
  rocksdb::Status status = write_and_read(argv[1]);
  std::printf("%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
