// SST files that RocksDB made, and RocksDB's own view of them.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "rocksdb/db.h"
#include "rocksdb/options.h"
#include "rocksdb/table.h"
#include "rocksdb_glue/sst/rewrite.h"
#include "tests/support/temp_dir.h"

namespace gpu_zstd::test {

// Options for files of a few dozen small blocks, compressed by `type`.
rocksdb::Options table_options(const rocksdb::BlockBasedTableOptions& table,
                               rocksdb::CompressionType type);

// Small blocks, so that small files have many.
rocksdb::BlockBasedTableOptions small_blocks(uint32_t format_version);

// Puts, overwrites, deletes, single deletes, merges, range tombstones and a
// snapshot that keeps old versions: what a flushed file can hold.
void write_varied(rocksdb::DB& db);

// Makes a database under `directory`, lets `write` fill it, flushes, and
// returns the paths of its SST files, oldest first. The database is closed
// again.
std::vector<std::string> make_sst_files(
    const std::string& directory, rocksdb::Options options,
    const std::function<void(rocksdb::DB&)>& write);

// What RocksDB reads from a file: every internal key with its value, including
// deleted and hidden ones, after verifying all checksums. Or an error message
// as the only entry.
using Entries = std::vector<std::pair<std::string, std::string>>;
Entries read_entries(const rocksdb::Options& options, const std::string& path);

// The range tombstones of a file as `sst_dump --command=raw` prints them.
std::string range_tombstones(const rocksdb::Options& options,
                             const std::string& path);

// Expects that RocksDB finds the same in both files by scanning, by seeking
// and by point lookups of keys that are there and keys that are not.
void expect_same_contents(const rocksdb::Options& options,
                          const std::string& source, const std::string& output);

// Rewrites with the CPU engine on two threads, fully verified.
rocksdb::Status rewrite_file(const std::string& source,
                             const std::string& output, int level,
                             RewriteResult* result);

}  // namespace gpu_zstd::test
