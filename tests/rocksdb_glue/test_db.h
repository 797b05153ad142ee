// Databases that tests write through the plugin and judge from outside.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rocksdb/db.h"
#include "rocksdb/options.h"
#include "rocksdb/table_properties.h"

namespace gpu_zstd::test {

// Options that make small files: nothing cached, nothing compacted unasked.
rocksdb::Options small_db_options();

// Writes `keys` keys with values of text_like(), beginning at `first`.
void fill(rocksdb::DB& db, int first, int keys);

// What stock_reader must print for a DB that holds fill()'s keys [0, keys).
std::string expected_scan(int keys);

// Runs stock_reader, a RocksDB program without the plugin, on a closed DB and
// returns what it printed, or its error message.
std::string scan_with_stock_rocksdb(const std::string& db_path);

// The properties of each SST file of the default column family.
std::vector<std::shared_ptr<const rocksdb::TableProperties>> table_properties(
    rocksdb::DB& db);

// True when the properties say that GpuZstd wrote the file.
bool written_by_plugin(const rocksdb::TableProperties& properties);

// Whole info log of a DB.
std::string read_info_log(const std::string& db_path);

}  // namespace gpu_zstd::test
