// What the person asked for, checked.
#pragma once

#include <string>
#include <vector>

#include "rocksdb_glue/offline/recompress_database.h"

namespace gpu_zstd::recompress {

// One of several processes that share a list; index counts from 1.
struct Shard {
  uint64_t index = 1;
  uint64_t count = 1;
};

struct Command {
  std::vector<std::string> sources;  // files or directories, as given
  std::string filelist;              // a file of more of them
  Shard shard;
  std::string journal;  // path, or empty
  std::string output;   // file or directory; empty if measure or db
  // Closed databases instead of sources, which this shard may have none of.
  bool in_place = false;
  std::vector<std::string> databases;
  FileFilter filter;  // with databases, as are these
  CommitUnit commit = CommitUnit::kLevel;
  bool dry_run = false;
  bool measure = false;
  std::string plot;                  // with measure: path, or empty
  std::vector<std::string> engines;  // one, or several to measure
  std::vector<int> levels;           // likewise
  VerifyMode verify = VerifyMode::kFull;
  int threads = 0;
  size_t files_at_once = 0;
  uint64_t memory_bytes = 0;
  bool overwrite = false;
  bool verbose = false;
  bool quiet = false;
  std::string json;  // path, "-" for standard output, or empty
};

}  // namespace gpu_zstd::recompress
