// Rewrites an SST file with another compression and nothing else changed: the
// same keys, sequence numbers, value types, range tombstones, block cuts,
// filters and order. What the file says about itself follows: handles,
// checksums, sizes, the compression's name, and an identity of its own, so that
// no cache can take a block of the old file for one of the new.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "rocksdb/file_system.h"
#include "rocksdb/status.h"
#include "rocksdb_glue/sst/block_engine.h"
#include "rocksdb_glue/sst/block_store.h"
#include "rocksdb_glue/sst/identity.h"

namespace gpu_zstd {

// How a new file is judged before it takes its name.
enum class VerifyMode {
  kNone,
  kChecksum,  // every block is read back and its checksum verified
  kFull,      // and is decompressed and compared with the source's
};

// How far a rewrite has come.
struct RewriteProgress {
  std::string_view source;         // its path; valid during the call
  uint64_t source_bytes_done = 0;  // of the source's data blocks, as stored
  uint64_t source_bytes = 0;
  uint64_t output_bytes_done = 0;
  bool verifying = false;
};

struct RewriteOptions {
  VerifyMode verify = VerifyMode::kFull;
  int threads = 0;                     // 0: one for each hardware thread
  uint64_t memory_bytes = 256 << 20;   // of blocks in flight; indexes are extra
  uint64_t max_block_bytes = 1 << 30;  // a larger decompressed block is refused
  bool overwrite = false;              // replace a file of the output's name
  // What the file's name ends in while it grows; empty to write it under its
  // name at once, which is right where nothing reads it before it is announced.
  std::string temporary_suffix = ".tmp";
  TableIdentity identity;
  // Called now and then by one thread at a time; false cancels, and the result
  // is Aborted. Must not throw. May be empty.
  std::function<bool(const RewriteProgress&)> progress;
};

struct RewriteResult {
  uint64_t source_bytes = 0;
  uint64_t output_bytes = 0;
  uint64_t source_data_bytes = 0;  // stored, with trailers, without padding
  uint64_t output_data_bytes = 0;
  StoreCounts data;            // of the new file's data blocks
  uint64_t padding_bytes = 0;  // of the source's alignment, dropped
  uint64_t tail_start = 0;     // where the new file's data blocks end
  TableIdentity identity;      // of the new file
};

// Writes `output` from `source`. The new file grows beside its final name with
// options.temporary_suffix appended, in the place of what an earlier run may
// have left there; it is synced, verified, renamed, and its directory synced;
// on any error it is deleted and `output` is as it was. The source is only
// read. `fs` is used for all of it. Errors: Corruption with file and offset for
// a damaged source or a failed verification; NotSupported, naming the reason,
// for a table that cannot be kept exactly; InvalidArgument when `output`
// exists, or when one of the two names is the source's, by whatever path or
// link `fs` can tell; IOError; MemoryLimit; Aborted. Throws nothing.
// Thread-safe for different outputs. The bytes of `output` depend on the
// source, the engine with its level, and options.identity alone.
rocksdb::Status rewrite_sst(rocksdb::FileSystem& fs, const std::string& source,
                            const std::string& output, BlockEngine& engine,
                            const RewriteOptions& options,
                            RewriteResult* result);

}  // namespace gpu_zstd
