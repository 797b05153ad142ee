// The database whose files bench_recompress rewrites, as its flags have it.
#pragma once

#include <string>
#include <vector>

#include "rocksdb/options.h"
#include "rocksdb/status.h"

namespace gpu_zstd::recompress {

// Throws std::runtime_error unless the status is OK. All others here throw it
// too.
void require(const rocksdb::Status& status);

rocksdb::Options source_options();
rocksdb::CompactRangeOptions compact_all();

// The files' bytes; none may be empty.
std::vector<std::string> read_inputs(const std::vector<std::string>& paths);

// Makes a database of the inputs cut into values, compacted into one level.
void make_database(const std::string& path,
                   const std::vector<std::string>& inputs);

}  // namespace gpu_zstd::recompress
