// Gives the SST files of a closed database another compression, a few at a
// time, so that it can be stopped at any instant and lose nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "rocksdb_glue/offline/closed_database.h"
#include "rocksdb_glue/sst/block_engine.h"
#include "rocksdb_glue/sst/rewrite.h"

namespace gpu_zstd {

// What goes into one edit of the MANIFEST. Its files exist twice until then.
enum class CommitUnit { kFile, kLevel, kColumnFamily };

struct FileFilter {
  std::vector<std::string> column_families;  // empty: all
  std::vector<int> levels;                   // empty: all
  uint64_t min_file_bytes = 0;
  uint64_t created_before_s = UINT64_MAX;  // Unix time
  // Also files that say they were rewritten at this level before.
  bool even_if_done = false;
};

enum class FileOutcome { kDone, kSkipped, kRefused, kFailed, kWouldDo };

struct DatabaseFileReport {
  LiveFile file;
  FileOutcome outcome = FileOutcome::kDone;
  rocksdb::Status status;  // why refused or failed
  uint64_t output_bytes = 0;
  uint64_t new_number = 0;
  StoreCounts data;
  double seconds = 0;
};

struct DatabaseOptions {
  FileFilter filter;
  CommitUnit commit = CommitUnit::kLevel;
  // Only say what would be done, with sizes estimated from a sample of blocks.
  bool dry_run = false;
  // Files at once; they share rewrite.threads and rewrite.memory_bytes. 0: as
  // FileThreads::choose() thinks best.
  size_t files_at_once = 0;
  // identity, overwrite and temporary_suffix are not looked at. `progress` is
  // called for one file at a time.
  RewriteOptions rewrite;
  // Called for each file when it is in the MANIFEST, or is left as it was, by
  // one thread at a time. May be empty. Must not throw.
  std::function<void(const DatabaseFileReport&)> on_file;
};

// Rewrites, commits, and deletes the old files of each unit in turn. A file
// that fails or is refused stays as it was and the others go on. A filter with
// a column family that is not there is an InvalidArgument. Returns Aborted when
// rewrite.progress said so; files of the unit in hand then are as they were. A
// commit that fails ends everything with its error. Options, WAL, blob files
// and all else are not touched. Throws nothing.
rocksdb::Status recompress_database(ClosedDatabase& database,
                                    BlockEngine& engine,
                                    const DatabaseOptions& options);

// The files that pass the filter, in the order of ClosedDatabase::files().
// InvalidArgument when the database has no column family of a name that the
// filter has.
rocksdb::Status select_files(ClosedDatabase& database, const FileFilter& filter,
                             std::vector<LiveFile>* files);

// Holds every SST file to the MANIFEST: there, of the size that it says, its
// metadata whole, and with kChecksum or kFull every block's checksum right.
rocksdb::Status check_database(ClosedDatabase& database, VerifyMode mode,
                               const RewriteOptions& options);

}  // namespace gpu_zstd
