// The plugin as RocksDB sees it.
#pragma once

#include <memory>

#include "rocksdb/advanced_compression.h"
#include "rocksdb/options.h"
#include "rocksdb_glue/options.h"

namespace gpu_zstd {

// The id in options strings, OPTIONS files and table properties.
inline constexpr const char* kCompressionManagerName = "GpuZstd";

// Makes a CompressionManager whose SST files any RocksDB with zstd can read:
// its blocks are kZSTD frames in the schema "BuiltinV2". It acts on files whose
// options ask for kZSTD; other algorithms and zstd with a dictionary go to
// RocksDB's own compressors. Decompression is RocksDB's own.
//
// Errors: InvalidArgument for an option that is out of range; *manager is then
// left as it was. The manager is thread-safe.
rocksdb::Status new_compression_manager(
    const GpuZstdOptions& options,
    std::shared_ptr<rocksdb::CompressionManager>* manager);

// The same with default options, as an options string begins with one.
std::unique_ptr<rocksdb::CompressionManager> new_default_compression_manager();

// The same for a whole set of options: zstd as compression, the manager, and a
// listener that writes the counters to the info log when the DB closes
// (event_listener.h). bottommost_compression and compression_per_level stay as
// they are.
rocksdb::Status enable_gpu_zstd(const GpuZstdOptions& gpu_zstd_options,
                                rocksdb::Options* options);

}  // namespace gpu_zstd
