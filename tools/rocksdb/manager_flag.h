// The flag --compression_manager_uri, which RocksDB's own tools lack: names any
// compression manager by RocksDB's options string.
#pragma once

#include <memory>

#include "rocksdb/advanced_compression.h"

namespace gpu_zstd {

// Registers the plugin, reads the command line and makes the manager that
// --compression_manager_uri names, or none if the flag is not given. With one,
// --compression_type becomes zstd unless the command line says otherwise, since
// GpuZstd leaves other types to RocksDB. A bad value ends the program with a
// message and status 1. argc and argv stay as they are, for the tool to read.
std::shared_ptr<rocksdb::CompressionManager> manager_from_command_line(
    int argc, char** argv);

}  // namespace gpu_zstd
