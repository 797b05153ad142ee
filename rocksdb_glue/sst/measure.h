// What a rewrite would give, without writing.
#pragma once

#include <cstdint>
#include <string>

#include "rocksdb/file_system.h"
#include "rocksdb_glue/sst/rewrite.h"

namespace gpu_zstd {

struct MeasureResult {
  uint64_t source_data_bytes = 0;  // stored data blocks with trailers
  uint64_t output_data_bytes = 0;  // as a rewrite would store them
  uint64_t tail_bytes = 0;  // of the source: indexes, filters and the rest
  StoreCounts data;
  double seconds = 0;  // reading, decompressing and compressing, wall clock
};

// Reads and recompresses all data blocks of `source` in memory. `options` as
// for rewrite_sst(); verify, overwrite and identity are not looked at. Errors
// likewise. Throws nothing.
rocksdb::Status measure_sst(rocksdb::FileSystem& fs, const std::string& source,
                            BlockEngine& engine, const RewriteOptions& options,
                            MeasureResult* result);

}  // namespace gpu_zstd
