// What rocksdb_internal_manifest.cc is in a build without RocksDB's source.

#include "rocksdb_glue/offline/rocksdb_internal_manifest.h"

namespace gpu_zstd {

bool has_database_mode() { return false; }

rocksdb::Status open_closed_database(rocksdb::Env&, const std::string& path,
                                     std::unique_ptr<ClosedDatabase>*) {
  return rocksdb::Status::NotSupported(
      path +
      ": this build cannot change databases, it was made without RocksDB's "
      "source tree (-DROCKSDB_SOURCE_DIR)");
}

}  // namespace gpu_zstd
