// Checksums of whole files as RocksDB keeps them in the MANIFEST.
#pragma once

#include <string>

#include "rocksdb/file_system.h"
#include "rocksdb/status.h"

namespace gpu_zstd {

// Reads the file and gives its checksum by the named function. Empty for an
// empty or unknown name (rocksdb/file_checksum.h), NotSupported for a function
// that RocksDB has not built in.
rocksdb::Status compute_file_checksum(rocksdb::FileSystem& fs,
                                      const std::string& path,
                                      const std::string& function_name,
                                      std::string* checksum);

}  // namespace gpu_zstd
