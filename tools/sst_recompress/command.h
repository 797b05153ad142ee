// What the person asked for, checked.
#pragma once

#include <string>
#include <vector>

#include "rocksdb_glue/offline/recompress_database.h"

namespace gpu_zstd::recompress {

struct Command {
  std::vector<std::string> sources;  // files or directories, as given
  std::string output;  // file or directory; empty if measure or db
  std::string db;      // a closed database instead of sources
  FileFilter filter;   // with db, as are these
  CommitUnit commit = CommitUnit::kLevel;
  bool dry_run = false;
  bool measure = false;
  std::vector<int> levels;  // one, or several to measure
  VerifyMode verify = VerifyMode::kFull;
  int threads = 0;
  uint64_t memory_bytes = 0;
  bool overwrite = false;
  bool verbose = false;
  bool quiet = false;
  std::string json;  // path, "-" for standard output, or empty
};

}  // namespace gpu_zstd::recompress
