// Opens a closed database through RocksDB's internal OfflineManifestWriter. The
// source file beside this header is the only one here that includes headers
// which RocksDB does not install; it is built when ROCKSDB_SOURCE_DIR names the
// tree of the very version that is linked.
#pragma once

#include <memory>
#include <string>

#include "rocksdb/env.h"
#include "rocksdb_glue/offline/closed_database.h"

namespace gpu_zstd {

// Whether this build can do it at all.
bool has_database_mode();

// Takes the LOCK of the database at `path`, which must exist, and reads its
// OPTIONS and MANIFEST. `env` must outlive the database; its file system does
// all reading and writing. Errors: IOError with "lock" when the database is
// open elsewhere; InvalidArgument when its options name comparators or other
// parts that this program does not have; NotSupported in a build without the
// mode.
rocksdb::Status open_closed_database(rocksdb::Env& env, const std::string& path,
                                     std::unique_ptr<ClosedDatabase>* database);

}  // namespace gpu_zstd
