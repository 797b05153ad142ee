// Holds a rewritten table to its source.
#pragma once

#include <string>

#include "rocksdb/file_system.h"
#include "rocksdb_glue/sst/rewrite.h"

namespace gpu_zstd {

// Reads both files and compares what must be equal: keys, restart points and
// structure of every index, filters, range tombstones, all properties but those
// that new_properties() changes, and, with kFull, every data block after
// decompression. With kChecksum the new file's data blocks are read and their
// checksums verified, and of the source only the tail is read. Corruption says
// which file differs where. `options.verify` is not looked at; threads, memory
// and progress are. Throws nothing.
rocksdb::Status compare_tables(rocksdb::FileSystem& fs,
                               const std::string& source,
                               const std::string& output, VerifyMode mode,
                               const RewriteOptions& options);

}  // namespace gpu_zstd
