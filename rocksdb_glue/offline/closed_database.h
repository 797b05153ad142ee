// A database that nobody has open, seen as the SST files its MANIFEST names.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "rocksdb/file_system.h"
#include "rocksdb/status.h"
#include "rocksdb_glue/sst/rewrite.h"

namespace gpu_zstd {

// An SST file that the MANIFEST names.
struct LiveFile {
  std::string column_family;
  uint32_t column_family_id = 0;
  int level = 0;
  uint64_t number = 0;
  std::string path;
  uint64_t file_bytes = 0;
  uint64_t creation_time_s = 0;        // Unix time, 0 if unknown
  std::string checksum_function_name;  // of the whole file; empty for none
};

// One file in the place of another, complete and synced.
struct Replacement {
  LiveFile old;
  uint64_t number = 0;
  RewriteResult file;
  std::string checksum;  // by old.checksum_function_name
};

// Holds the database's LOCK for as long as it lives. Not thread-safe. An
// interface, because the only implementation needs RocksDB's internal headers.
class ClosedDatabase {
 public:
  virtual ~ClosedDatabase() = default;

  virtual rocksdb::FileSystem& file_system() = 0;
  // By name, those without files among them.
  virtual std::vector<std::string> column_families() = 0;
  // As of the last commit, ordered by column family, level and number.
  virtual std::vector<LiveFile> files() = 0;
  // A number that no file of the database has or had.
  virtual uint64_t new_file_number() = 0;
  // Where a replacement of that number must be: beside the old file.
  virtual std::string path_for(const LiveFile& old, uint64_t number) = 0;
  // Puts the replacements, all of one column family, into the MANIFEST with one
  // atomic, synced edit. After an error the MANIFEST may have the old or the
  // new files: neither may be deleted, the next open does what is right.
  virtual rocksdb::Status commit(std::span<const Replacement> files) = 0;
};

}  // namespace gpu_zstd
