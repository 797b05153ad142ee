// What a rewrite would give, without writing.
#pragma once

#include <cstdint>
#include <string>

#include "rocksdb/file_system.h"
#include "rocksdb_glue/sst/rewrite.h"

namespace gpu_zstd {

struct MeasureResult {
  uint64_t source_data_bytes = 0;   // stored data blocks with trailers
  uint64_t sampled_data_bytes = 0;  // those of them that were measured
  uint64_t output_data_bytes = 0;   // these, as a rewrite would store them
  uint64_t tail_bytes = 0;  // of the source: indexes, filters and the rest
  StoreCounts data;
  double seconds = 0;  // reading, decompressing and compressing, wall clock

  // Of the whole file. Exact but for the tail when nothing was left out.
  uint64_t estimated_output_bytes() const;
};

// Reads and recompresses data blocks of `source` in memory: all, or of a large
// file `max_batches` runs of about a megabyte, evenly spread. `options` as
// for rewrite_sst(); verify, overwrite and identity are not looked at. Errors
// likewise. Throws nothing.
rocksdb::Status measure_sst(rocksdb::FileSystem& fs, const std::string& source,
                            BlockEngine& engine, const RewriteOptions& options,
                            MeasureResult* result,
                            size_t max_batches = SIZE_MAX);

}  // namespace gpu_zstd
